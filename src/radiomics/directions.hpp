// SPDX-License-Identifier: Apache-2.0
// The directions of the co-occurrence and run length matrices, and grey levels laid out to walk along them.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "radfuse/radiomics/extract.hpp"

namespace radfuse::radiomics {

/// Half of the 26 neighbours; the first four lie in the slice. The dense counter names them in this order.
inline constexpr std::array<std::array<int, 3>, 13> kDirections{{{1, 0, 0},
                                                                 {0, 1, 0},
                                                                 {1, 1, 0},
                                                                 {-1, 1, 0},
                                                                 {0, 0, 1},
                                                                 {1, 0, 1},
                                                                 {-1, 0, 1},
                                                                 {0, 1, 1},
                                                                 {0, -1, 1},
                                                                 {1, 1, 1},
                                                                 {-1, 1, 1},
                                                                 {1, -1, 1},
                                                                 {-1, -1, 1}}};
inline constexpr std::size_t kInPlane = 4;

/// Squared length of each direction at `distance` voxels under a norm: a matrix weighs exp(-that). 0 without weighting.
std::array<double, 13> weight_exponents(DistanceWeighting norm, int distance);

/// The grey levels that occur, ranked from 1: matrices need no room for those that do not.
struct LevelTable {
  std::vector<int> level;              ///< of each rank; level[0] is unused
  std::vector<std::uint16_t> rank_of;  ///< of each level; 0 for those that do not occur
  std::size_t voxels = 0;              ///< with a grey level
  std::size_t side() const { return level.size(); }
};
LevelTable level_table(const GreyLevels& grey);

/// Ranks (0 outside) with a margin, so that a step in any direction from any voxel stays within the array.
template <class T>
struct Ranks {
  static constexpr std::size_t kSlack = 8;  ///< elements behind the end that may be read along with the last voxel
  std::vector<T> rank;
  std::array<std::int64_t, 3> size{};
  std::array<std::ptrdiff_t, 3> step{};   ///< between neighbours in memory
  std::array<std::ptrdiff_t, 3> reach{};  ///< the step taken along each axis, in voxels
  std::ptrdiff_t start = 0;               ///< of voxel (0, 0, 0)

  /// A step longer than the region leaves it, however much longer it is: the margin ends there. Rows and slices share
  /// their margin with the next.
  Ranks(const Prepared& prepared, const LevelTable& levels, int distance) : size(prepared.image.grid.size) {
    for (std::size_t a = 0; a < 3; ++a)
      reach[a] = static_cast<std::ptrdiff_t>(std::min<std::int64_t>(distance, size[a]));
    step = {1, static_cast<std::ptrdiff_t>(size[0]) + reach[0], 0};
    step[2] = step[1] * (static_cast<std::ptrdiff_t>(size[1]) + reach[1]);
    start = reach[0] + reach[1] * step[1] + reach[2] * step[2];
    const std::ptrdiff_t all = start + static_cast<std::ptrdiff_t>(size[2]) * step[2] + start;
    rank.assign(static_cast<std::size_t>(all) + kSlack, 0);
    const std::uint16_t* level = prepared.grey->levels.data();
    for (std::int64_t z = 0; z < size[2]; ++z)
      for (std::int64_t y = 0; y < size[1]; ++y) {
        T* to = rank.data() + start + y * step[1] + z * step[2];
        for (std::int64_t x = 0; x < size[0]; ++x) *to++ = static_cast<T>(levels.rank_of[*level++]);
      }
  }
  const T* row(std::int64_t y, std::int64_t z) const { return rank.data() + start + y * step[1] + z * step[2]; }
  std::ptrdiff_t offset(std::size_t direction) const {
    std::ptrdiff_t sum = 0;
    for (std::size_t a = 0; a < 3; ++a) sum += kDirections[direction][a] * reach[a] * step[a];
    return sum;
  }
};

}  // namespace radfuse::radiomics
