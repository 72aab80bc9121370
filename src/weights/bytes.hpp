// SPDX-License-Identifier: Apache-2.0
// Reading a hostile file: a cursor that cannot leave its bytes, and the number formats that weights come in.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "radfuse/base/error.hpp"

namespace radfuse::weights {

static_assert(std::endian::native == std::endian::little, "weights files are little-endian and are copied as they are");

/// Little-endian numbers and stretches of bytes, front to back; InputError at the end of the file.
class Cursor {
 public:
  explicit Cursor(std::string_view bytes, std::size_t at = 0) : bytes_(bytes), at_(at) {
    if (at > bytes.size()) cut_short();
  }
  template <class T>
  T number() {
    T value;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }
  std::string_view take(std::uint64_t count) {
    if (count > bytes_.size() - at_) cut_short();
    const std::string_view part = bytes_.substr(at_, static_cast<std::size_t>(count));
    at_ += static_cast<std::size_t>(count);
    return part;
  }
  /// Up to the next `end`, which is skipped.
  std::string_view until(char end) {
    const std::size_t found = bytes_.find(end, at_);
    if (found == std::string_view::npos) cut_short();
    const std::string_view part = bytes_.substr(at_, found - at_);
    at_ = found + 1;
    return part;
  }
  std::size_t at() const { return at_; }

 private:
  [[noreturn]] void cut_short() const {
    throw InputError("cut short or damaged: it ends at byte " + std::to_string(bytes_.size()) + ", more was announced");
  }
  std::string_view bytes_;
  std::size_t at_;
};

enum class Dtype { float32, float64, float16, bfloat16, other };

/// Bytes of one value; 0 for other.
std::size_t size_of(Dtype dtype);
/// Value `i` of raw bytes, as float.
float value_at(std::string_view raw, Dtype dtype, std::size_t i);

/// Product of the sizes; InputError for a negative size, more than 8 dimensions or more than 2^40 values.
std::uint64_t count_of(const std::vector<std::int64_t>& shape);

}  // namespace radfuse::weights
