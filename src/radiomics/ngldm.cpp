// SPDX-License-Identifier: Apache-2.0
// Neighbouring grey level dependence matrix (IBSI REK0): 17 features of how many neighbours are like the centre.
#include <algorithm>

#include "family.hpp"
#include "neighbourhood.hpp"
#include "radfuse/base/error.hpp"
#include "zone_features.hpp"

namespace radfuse::radiomics {
namespace {

constexpr FeatureDef kFeatures[] = {
    {"low_dependence_emphasis", "SODN", "ngl_lde", "high when few neighbours are alike: fine texture"},
    {"high_dependence_emphasis", "IMOQ", "ngl_hde", "high when many neighbours are alike: coarse texture"},
    {"low_grey_level_count_emphasis", "TL9H", "ngl_lgce", "high when voxels are dark"},
    {"high_grey_level_count_emphasis", "OAE7", "ngl_hgce", "high when voxels are bright"},
    {"low_dependence_low_grey_level_emphasis", "EQ3F", "ngl_ldlge", "high when dark voxels stand alone"},
    {"low_dependence_high_grey_level_emphasis", "JA6D", "ngl_ldhge", "high when bright voxels stand alone"},
    {"high_dependence_low_grey_level_emphasis", "NBZI", "ngl_hdlge", "high when dark voxels lie together"},
    {"high_dependence_high_grey_level_emphasis", "9QMG", "ngl_hdhge", "high when bright voxels lie together"},
    {"grey_level_non_uniformity", "FP8K", "ngl_glnu", "low when voxels spread evenly over the grey levels"},
    {"normalised_grey_level_non_uniformity", "5SPA", "ngl_glnu_norm", "the same, relative to the number of voxels"},
    {"dependence_count_non_uniformity", "Z87G", "ngl_dcnu", "low when voxels spread evenly over the counts"},
    {"normalised_dependence_count_non_uniformity", "OKJI", "ngl_dcnu_norm",
     "the same, relative to the number of voxels"},
    {"dependence_count_percentage", "6XV8", "ngl_dc_perc", "neighbourhoods for each voxel: always 1"},
    {"grey_level_variance", "1PFV", "ngl_gl_var", "variance of the grey levels"},
    {"dependence_count_variance", "DNX2", "ngl_dc_var", "variance of how many neighbours are alike"},
    {"dependence_count_entropy", "FCBV", "ngl_dc_entr", "disorder of grey levels and counts, in bits"},
    {"dependence_count_energy", "CAS9", "ngl_dc_energy", "sum of squared shares: high when few combinations dominate"},
};
constexpr std::size_t kCount = std::size(kFeatures);
static_assert(kCount == kZoneFeatures + 1);
using Values = std::array<double, kCount>;

Values features_of(const CountList& list) {
  double total = 0, energy = 0;
  for (const Count& c : list) total += c.count;
  for (const Count& c : list) energy += c.count / total * (c.count / total);
  Values f{};
  const auto shared = zone_features(list, total);
  std::copy(shared.begin(), shared.end(), f.begin());
  f.back() = energy;
  return f;
}

}  // namespace

constinit const FamilyDef kNgldm{"ngldm",
                                 "REK0",
                                 FeatureGroup::ngldm,
                                 true,
                                 true,
                                 true,
                                 "neighbouring grey level dependence: how many neighbours are like the centre",
                                 kFeatures};

void ngldm(const Context& context, std::span<Cells> cells) {
  if (!context.prepared.grey) throw StudyError("radiomics.discretise is missing: ngldm needs it");
  const GreyLevels& grey = *context.prepared.grey;
  const auto& size = context.prepared.image.grid.size;
  const NgldmParams& p = context.params.ngldm;
  const auto aggregations = aggregations_for(p.aggregations, context.two_dimensional, "ngldm");
  const std::size_t voxels = context.prepared.intensity.count();
  const auto area = static_cast<std::size_t>(size[0] * size[1]);
  const auto width = static_cast<std::size_t>(2 * p.distance + 1);
  const auto count_into = [&](CountTable& table, const std::uint16_t* levels, std::int64_t slices) {
    count_dependences(levels, {size[0], size[1], slices}, p.distance, p.coarseness,
                      [&table](const std::uint16_t* row, const std::uint32_t* alike, std::int64_t n) {
                        for (std::int64_t x = 0; x < n; ++x)
                          if (row[x] != 0) table.add(row[x], alike[x]);
                      });
  };
  const auto wants = [&aggregations](ZoneAggregation a) {
    return std::find(aggregations.begin(), aggregations.end(), a) != aggregations.end();
  };
  SliceMean<kCount> by_slice;
  if (wants(ZoneAggregation::slices_averaged)) {
    CountTable table(grey.count, std::min(area, voxels), width * width);
    for (std::size_t z = 0; z < static_cast<std::size_t>(size[2]); ++z) {
      count_into(table, grey.levels.data() + z * area, 1);
      const CountList list = table.take();
      if (!list.empty()) by_slice.add(features_of(list));
    }
  }
  for (std::size_t a = 0; a < cells.size(); ++a) {
    Values f = by_slice.mean();
    if (aggregations[a] != ZoneAggregation::slices_averaged) {
      const bool volume = aggregations[a] == ZoneAggregation::volume;
      CountTable table(grey.count, voxels, width * width * (volume ? width : 1));
      if (volume) count_into(table, grey.levels.data(), size[2]);
      for (std::size_t z = 0; !volume && z < static_cast<std::size_t>(size[2]); ++z)
        count_into(table, grey.levels.data() + z * area, 1);
      f = features_of(table.take());
    }
    store(f, "not_finite", cells[a]);
  }
}

}  // namespace radfuse::radiomics
