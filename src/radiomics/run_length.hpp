// SPDX-License-Identifier: Apache-2.0
// Sparse run length matrices: how many rows of one grey level are how long, counted for one direction at a time.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "directions.hpp"

namespace radfuse::radiomics {

/// `count` runs of `length` voxels.
struct Run {
  int level, length;
  double count;
  std::uint64_t key() const {
    return std::uint64_t(static_cast<unsigned>(level)) << 32 | static_cast<unsigned>(length);
  }
};
using RunList = std::vector<Run>;  ///< ascending in (level, length)

/// Runs of at least two voxels in one direction. Those of one voxel follow from the number of voxels, and are never
/// counted: in noise they are nearly all. Long runs are rare, and kept sparse.
class RunCounter {
 public:
  explicit RunCounter(std::size_t side) : few_(side * kFew, 0) {}
  void add(std::size_t rank, std::size_t length) {
    if (length < kFew)
      ++few_[rank * kFew + length];
    else
      ++many_[std::uint64_t(rank) << 32 | length];
  }
  /// All runs, when `voxels` have each rank.
  RunList list(const LevelTable& levels, std::span<const std::uint32_t> voxels) const;
  /// Moves another's counts here.
  void take(RunCounter& other);

 private:
  static constexpr std::size_t kFew = 16;
  std::vector<std::uint32_t> few_;               ///< [rank][length]
  std::map<std::uint64_t, std::uint32_t> many_;  ///< by rank (upper half) and length
};

/// Runs within slices [first, last), which must not be left by the direction: a slice and one of the first four
/// directions, or all slices.
RunList count_runs(const Ranks<std::uint16_t>& ranks, const LevelTable& levels, std::size_t direction,
                   std::int64_t first, std::int64_t last);

}  // namespace radfuse::radiomics
