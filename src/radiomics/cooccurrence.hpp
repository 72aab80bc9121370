// SPDX-License-Identifier: Apache-2.0
// Sparse co-occurrence matrices: which grey levels lie beside each other, counted for one direction at a time.
#pragma once

#include <cstdint>
#include <vector>

#include "directions.hpp"

namespace radfuse::radiomics {

/// `count` pairs of the two grey levels: in either order and i <= j when symmetric, else i first.
struct Pair {
  int i, j;
  double count;
  std::uint64_t key() const { return std::uint64_t(static_cast<unsigned>(i)) << 32 | static_cast<unsigned>(j); }
};
using PairList = std::vector<Pair>;  ///< ascending in (i, j)

/// The pairs that start in slices [first, last), by sorting: for small regions and many grey levels.
PairList count_pairs(const Ranks<std::uint16_t>& ranks, const LevelTable& levels, std::size_t direction,
                     std::int64_t first, std::int64_t last, bool symmetric);

}  // namespace radfuse::radiomics
