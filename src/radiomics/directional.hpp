// SPDX-License-Identifier: Apache-2.0
// Co-occurrence and run length matrices of all directions, counted together in one pass over the region.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include "aggregate.hpp"
#include "cooccurrence.hpp"
#include "run_length.hpp"

namespace radfuse::radiomics {

struct DirectionalWish {
  bool pairs = false, runs = false;
  int distance = 1;        ///< of pairs; runs need 1
  bool symmetric = true;   ///< pairs count in both orders
  bool slices = false;     ///< call on_slice
  bool directions = true;  ///< call on_direction
  bool depth = false;      ///< all 13 directions; otherwise the 4 within slices
};
/// Where the matrices go as soon as they are counted; lists not wished for are empty.
struct DirectionalSink {
  /// A slice that holds voxels: lists of its four directions.
  std::function<void(const std::vector<PairList>&, const std::vector<RunList>&, std::size_t voxels)> on_slice;
  /// A direction in the whole region, in the order of kDirections.
  std::function<void(std::size_t direction, const PairList&, const RunList&)> on_direction;
};
/// Dense counters where they pay, sorting where there are many grey levels or few voxels: the same lists.
void count_directional(const Prepared& prepared, const LevelTable& levels, const DirectionalWish& wish,
                       const DirectionalSink& sink);
/// The two ways. Dense: at most 255 grey levels, rows of at most 60,000 voxels.
bool dense_pays(const Prepared& prepared, const LevelTable& levels, const DirectionalWish& wish);
void count_dense(const Prepared& prepared, const LevelTable& levels, const DirectionalWish& wish,
                 const DirectionalSink& sink);
void count_sparse(const Prepared& prepared, const LevelTable& levels, const DirectionalWish& wish,
                  const DirectionalSink& sink);

using GlcmAggregate = Aggregate<PairList, 25>;
using GlrlmAggregate = Aggregate<RunList, 16>;
GlcmAggregate glcm_aggregate(const Context& context);
GlrlmAggregate glrlm_aggregate(const Context& context);

/// What the families that are asked for make of one pass.
struct DirectionalFeatures {
  std::size_t levels_present = 0;
  std::optional<GlcmAggregate> glcm;
  std::optional<GlrlmAggregate> glrlm;
};
/// Counted when the first of the two families asks.
const DirectionalFeatures& directional_features(const Context& context);

}  // namespace radfuse::radiomics
