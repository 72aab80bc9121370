// SPDX-License-Identifier: Apache-2.0
// The rows around a row, each with a margin of zeros: kernels compare whole rows without tests at the edges.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "radfuse/base/clones.hpp"

namespace radfuse::radiomics {

/// Sixteen grey levels at once; compilers turn it into whatever the processor has.
using Lanes = std::uint16_t __attribute__((vector_size(32)));
inline constexpr std::int64_t kLanes = 16;

/// Whether the next kLanes grey levels are all 0.
inline bool none(const std::uint16_t* levels) {
  std::array<std::uint64_t, 4> words;
  std::memcpy(&words, levels, sizeof words);
  return (words[0] | words[1] | words[2] | words[3]) == 0;
}

/// Copies of the rows (y - reach ... y + reach) of the slices (z + first ... z + last). Rows outside the box are zero,
/// and so are `reach` values before and at least reach + kLanes - 1 behind every row.
class RowWindow {
 public:
  RowWindow(const std::uint16_t* levels, const std::array<std::int64_t, 3>& size, int reach, int first, int last)
      : levels_(levels), size_(size), reach_(reach), first_(first), last_(last), ring_(2 * reach + 1) {
    stride_ = static_cast<std::size_t>((size[0] + kLanes - 1) / kLanes * kLanes + 2 * reach);
    rows_.assign(stride_ * static_cast<std::size_t>(ring_ * (last - first + 1)) + kLanes, 0);
  }
  /// Moving by one row within a slice copies one row of each slice.
  void move_to(std::int64_t y, std::int64_t z) {
    std::int64_t from = y - reach_, to = y + reach_;
    if (z == z_ && y == y_ + 1) from = to;
    if (z == z_ && y == y_ - 1) to = from;
    y_ = y;
    z_ = z;
    for (int dz = first_; dz <= last_; ++dz)
      for (std::int64_t row = from; row <= to; ++row) copy(row, z + dz, dz);
  }
  /// Row y + dy of slice z + dz; may be read from -reach to the next multiple of kLanes, + reach.
  const std::uint16_t* row(int dy, int dz) const { return rows_.data() + place(y_ + dy, dz); }

 private:
  std::size_t place(std::int64_t y, int dz) const {
    const std::int64_t slot = (y + ring_) % ring_ + (dz - first_) * ring_;
    return static_cast<std::size_t>(slot) * stride_ + static_cast<std::size_t>(reach_);
  }
  void copy(std::int64_t y, std::int64_t z, int dz) {
    std::uint16_t* to = rows_.data() + place(y, dz);
    if (y < 0 || z < 0 || y >= size_[1] || z >= size_[2])
      std::fill_n(to, size_[0], std::uint16_t{0});
    else
      std::copy_n(levels_ + (z * size_[1] + y) * size_[0], size_[0], to);
  }

  const std::uint16_t* levels_;
  std::array<std::int64_t, 3> size_;
  int reach_, first_, last_;
  std::int64_t ring_;
  std::size_t stride_ = 0;
  std::vector<std::uint16_t> rows_;
  std::int64_t y_ = -4, z_ = -4;
};

}  // namespace radfuse::radiomics
