// SPDX-License-Identifier: Apache-2.0
// Counting which grey levels lie beside each other: all slices and directions in one pass.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "radfuse/radiomics/extract.hpp"

namespace radfuse::radiomics {

/// A symmetric matrix, sparse: i <= j, `count` pairs of the two grey levels in either order.
struct Pair {
  int i, j;
  double count;
};
using PairList = std::vector<Pair>;  ///< ascending in (i, j)

/// What is wanted of the pass.
struct CooccurrenceWish {
  bool by_slice = false;      ///< call on_slice
  bool by_direction = false;  ///< keep the directions apart in the result
  bool in_depth = false;      ///< all 13 directions; otherwise the 4 within slices
};
struct Cooccurrence {
  bool too_large = false;           ///< the matrices would not fit in memory; nothing was counted
  std::vector<PairList> in_plane;   ///< of all slices: one for each of the 4 directions, or one for all
  std::vector<PairList> in_volume;  ///< all 13 directions, or one for all; empty unless in_depth
};
/// `on_slice` gets the lists of the four directions of each slice, in order.
Cooccurrence count_pairs(const Prepared& prepared, int distance, const CooccurrenceWish& wish,
                         const std::function<void(const std::vector<PairList>&)>& on_slice);

/// The sum of several lists.
PairList merged(const std::vector<PairList>& lists);

}  // namespace radfuse::radiomics
