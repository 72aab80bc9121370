// SPDX-License-Identifier: Apache-2.0
// Which families share a pass, and the way that counts by sorting.
#include "directional.hpp"

#include <algorithm>
#include <memory>

#include "radfuse/base/error.hpp"
#include "radfuse/base/stop.hpp"

namespace radfuse::radiomics {
namespace {

template <class FamilyAggregate>
void join(const FamilyAggregate& family, DirectionalWish& wish) {
  wish.slices = wish.slices || family.wants_slices();
  wish.directions = wish.directions || family.wants_plane() || family.wants_depth();
  wish.depth = wish.depth || family.wants_depth();
}

void count_into(const Prepared& prepared, const LevelTable& levels, DirectionalWish wish, GlcmAggregate* glcm,
                GlrlmAggregate* glrlm) {
  wish.pairs = glcm != nullptr;
  wish.runs = glrlm != nullptr;
  wish.directions = false;
  if (wish.pairs) join(*glcm, wish);
  if (wish.runs) join(*glrlm, wish);
  DirectionalSink sink;
  sink.on_slice = [&](const std::vector<PairList>& pairs, const std::vector<RunList>& runs, std::size_t voxels) {
    if (wish.pairs) glcm->add_slice(pairs, voxels);
    if (wish.runs) glrlm->add_slice(runs, voxels);
  };
  sink.on_direction = [&](std::size_t direction, const PairList& pairs, const RunList& runs) {
    if (wish.pairs) glcm->add_direction(direction, pairs, levels.voxels);
    if (wish.runs) glrlm->add_direction(direction, runs, levels.voxels);
  };
  count_directional(prepared, levels, wish, sink);
}

std::size_t voxels_in_slice(const Ranks<std::uint16_t>& ranks, std::int64_t z) {
  std::size_t voxels = 0;
  for (std::int64_t y = 0; y < ranks.size[1]; ++y) {
    const std::uint16_t* row = ranks.row(y, z);
    for (std::int64_t x = 0; x < ranks.size[0]; ++x) voxels += row[x] != 0;
  }
  return voxels;
}

}  // namespace

void count_sparse(const Prepared& prepared, const LevelTable& levels, const DirectionalWish& wish,
                  const DirectionalSink& sink) {
  const Ranks<std::uint16_t> ranks(prepared, levels, wish.distance);
  const auto pairs = [&](std::size_t d, std::int64_t first, std::int64_t last) {
    return wish.pairs ? count_pairs(ranks, levels, d, first, last, wish.symmetric) : PairList();
  };
  const auto runs = [&](std::size_t d, std::int64_t first, std::int64_t last) {
    return wish.runs ? count_runs(ranks, levels, d, first, last) : RunList();
  };
  for (std::int64_t z = 0; wish.slices && z < ranks.size[2]; ++z) {
    throw_if_stopped();
    const std::size_t voxels = voxels_in_slice(ranks, z);
    if (voxels == 0) continue;
    std::vector<PairList> slice_pairs;
    std::vector<RunList> slice_runs;
    for (std::size_t d = 0; d < kInPlane; ++d) {
      slice_pairs.push_back(pairs(d, z, z + 1));
      slice_runs.push_back(runs(d, z, z + 1));
    }
    sink.on_slice(slice_pairs, slice_runs, voxels);
  }
  const std::size_t count = !wish.directions ? 0 : wish.depth ? kDirections.size() : kInPlane;
  for (std::size_t d = 0; d < count; ++d) {
    throw_if_stopped();
    sink.on_direction(d, pairs(d, 0, ranks.size[2]), runs(d, 0, ranks.size[2]));
  }
}

bool dense_pays(const Prepared& prepared, const LevelTable& levels, const DirectionalWish& wish) {
  const auto& size = prepared.image.grid.size;
  if (levels.side() > 256 || size[0] > 60000) return false;
  // Tables are cleared and read once for each slice, or once in all.
  const std::size_t tables = wish.slices ? static_cast<std::size_t>(size[2]) : 1;
  return levels.voxels * 16 >= tables * levels.side() * levels.side();
}

void count_directional(const Prepared& prepared, const LevelTable& levels, const DirectionalWish& wish,
                       const DirectionalSink& sink) {
  if (dense_pays(prepared, levels, wish))
    count_dense(prepared, levels, wish, sink);
  else
    count_sparse(prepared, levels, wish, sink);
}

const DirectionalFeatures& directional_features(const Context& context) {
  if (context.shared.directional) return *context.shared.directional;
  if (!context.prepared.grey) throw StudyError("radiomics.discretise is missing: glcm and glrlm need it");
  const auto asked = [&context](FeatureGroup group) {
    const auto& families = context.params.families;
    return std::find(families.begin(), families.end(), group) != families.end();
  };
  const auto made = std::make_shared<DirectionalFeatures>();
  const LevelTable levels = level_table(*context.prepared.grey);
  made->levels_present = levels.side() - 1;
  if (asked(FeatureGroup::glcm)) made->glcm.emplace(glcm_aggregate(context));
  if (asked(FeatureGroup::glrlm)) made->glrlm.emplace(glrlm_aggregate(context));
  GlcmAggregate* glcm = made->glcm ? &*made->glcm : nullptr;
  GlrlmAggregate* glrlm = made->glrlm ? &*made->glrlm : nullptr;
  DirectionalWish wish;
  wish.distance = glcm != nullptr ? context.params.glcm.distance : 1;
  wish.symmetric = context.params.glcm.symmetric;
  if (wish.distance == 1) {
    count_into(context.prepared, levels, wish, glcm, glrlm);
  } else {  // a run has steps of one voxel: pairs further apart are another pass
    count_into(context.prepared, levels, wish, glcm, nullptr);
    wish.distance = 1;
    if (glrlm != nullptr) count_into(context.prepared, levels, wish, nullptr, glrlm);
  }
  if (glcm != nullptr) glcm->finish();
  if (glrlm != nullptr) glrlm->finish();
  context.shared.directional = made;
  return *context.shared.directional;
}

}  // namespace radfuse::radiomics
