// SPDX-License-Identifier: Apache-2.0
// Number formats of weights.
#include "bytes.hpp"

#include <cmath>

namespace radfuse::weights {
namespace {

float from_half(std::uint16_t bits) {
  const int exponent = (bits >> 10) & 31, fraction = bits & 1023;
  float value = 0;
  if (exponent == 31)
    value = fraction != 0 ? std::nanf("") : INFINITY;
  else if (exponent == 0)
    value = std::ldexp(static_cast<float>(fraction), -24);
  else
    value = std::ldexp(static_cast<float>(fraction + 1024), exponent - 25);
  return (bits & 0x8000) != 0 ? -value : value;
}

template <class T>
T raw_at(std::string_view raw, std::size_t i) {
  T value;
  std::memcpy(&value, raw.data() + i * sizeof value, sizeof value);
  return value;
}

}  // namespace

std::size_t size_of(Dtype dtype) {
  switch (dtype) {
    case Dtype::float32:
      return 4;
    case Dtype::float64:
      return 8;
    case Dtype::float16:
    case Dtype::bfloat16:
      return 2;
    case Dtype::other:
      return 0;
  }
  return 0;
}

float value_at(std::string_view raw, Dtype dtype, std::size_t i) {
  switch (dtype) {
    case Dtype::float32:
      return raw_at<float>(raw, i);
    case Dtype::float64:
      return static_cast<float>(raw_at<double>(raw, i));
    case Dtype::float16:
      return from_half(raw_at<std::uint16_t>(raw, i));
    case Dtype::bfloat16:
      return std::bit_cast<float>(static_cast<std::uint32_t>(raw_at<std::uint16_t>(raw, i)) << 16);
    case Dtype::other:
      break;
  }
  throw Error(ExitCode::bug, "value_at: not a floating-point type");
}

std::uint64_t count_of(const std::vector<std::int64_t>& shape) {
  constexpr std::uint64_t kMost = 1ULL << 40;
  if (shape.size() > 8) throw InputError("a tensor has " + std::to_string(shape.size()) + " dimensions");
  std::uint64_t count = 1;
  for (const std::int64_t n : shape) {
    if (n < 0 || static_cast<std::uint64_t>(n) > kMost) throw InputError("a tensor has an impossible size");
    count *= static_cast<std::uint64_t>(n);
    if (count > kMost) throw InputError("a tensor has an impossible size");
  }
  return count;
}

}  // namespace radfuse::weights
