// SPDX-License-Identifier: Apache-2.0
// Runs the families asked for over one prepared image, in the order of the table.
#include "radfuse/radiomics/extract.hpp"

#include <algorithm>

#include "family.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/parallel.hpp"
#include "radfuse/base/stop.hpp"
#include "radfuse/radiomics/diagnostics.hpp"

namespace radfuse::radiomics {
namespace {

bool is_used(const FamilyDef& family, const RadiomicsParams& params, bool two_dimensional) {
  const auto& asked = params.families;
  return (two_dimensional ? family.planes : family.volumes) &&
         std::find(asked.begin(), asked.end(), family.group) != asked.end();
}

std::vector<std::string_view> cell_names(const Family& family, const RadiomicsParams& params, bool two_dimensional) {
  if (family.aggregations == nullptr) return {std::string_view()};
  return family.aggregations(params, two_dimensional);
}

/// A family and the places for its values.
struct Work {
  const Family* family;
  std::vector<Cells> cells;
};

/// Families that read the same counts, one after the other.
int chain_of(const Work& work) {
  switch (work.family->def.group) {
    case FeatureGroup::morphology:
      return 0;
    case FeatureGroup::local_intensity:
    case FeatureGroup::intensity_statistics:
    case FeatureGroup::intensity_histogram:
    case FeatureGroup::intensity_volume_histogram:
      return 1;
    case FeatureGroup::glcm:
    case FeatureGroup::glrlm:
      return 2;
    case FeatureGroup::glszm:
    case FeatureGroup::gldzm:
      return 3;
    case FeatureGroup::ngtdm:
      return 4;
    case FeatureGroup::ngldm:
      return 5;
  }
  throw Error(ExitCode::bug, "unknown group of features");
}

/// Voxels from which threads within a region pay: below, cases are the better unit.
constexpr std::size_t kLargeRegion = std::size_t{1} << 20;

constexpr Named<int> kReasons[] = {
    {"roi_one_voxel", 0, "the region has a single voxel"},
    {"roi_flat", 0, "the region has no extent along at least one axis"},
    {"one_intensity", 0, "all voxels of the region have the same intensity"},
    {"one_grey_level", 0, "all voxels of the region fall into one grey level"},
    {"zero_mean", 0, "the mean intensity is zero, and the feature divides by it"},
    {"zero_denominator", 0, "the feature divides by a sum that is zero"},
    {"no_neighbours", 0, "no two voxels of the region lie beside each other in the directions asked for"},
    {"too_many_grey_levels", 0, "the matrix would not fit in memory: choose a larger bin width or fewer bins"},
    {"roi_too_large", 0, "the region is too large for this feature: choose a larger resample.spacing_mm"},
    {"volume_not_reached", 0, "more than this share of the region has the highest intensity"},
    {"not_finite", 0, "the value is too large to be represented"},
};

}  // namespace

std::string_view explain_reason(std::string_view code) {
  for (const auto& row : kReasons)
    if (row.name == code) return row.doc;
  return {};
}

std::vector<std::string> feature_names(const RadiomicsParams& params, bool two_dimensional) {
  std::vector<std::string> names;
  for (const Family& family : family_rows()) {
    if (!is_used(family.def, params, two_dimensional)) continue;
    for (const std::string_view aggregation : cell_names(family, params, two_dimensional))
      for (const FeatureDef& feature : family.def.features)
        names.push_back(column_name(family.def, feature, aggregation));
  }
  return names;
}

Extraction extract(const Volume& image, const Mask& roi, const RadiomicsParams& params, bool two_dimensional,
                   int threads) {
  Prepared prepared = prepare(image, roi, params, two_dimensional);
  Extraction out;
  out.region_diagnostics = region_diagnostics(image, roi, prepared);
  std::vector<Work> works;
  for (const Family& family : family_rows()) {
    if (!is_used(family.def, params, two_dimensional)) continue;
    works.push_back({&family, {}});
    for (const std::string_view aggregation : cell_names(family, params, two_dimensional))
      works.back().cells.emplace_back(family.def, aggregation);
  }
  // Families that share counts stay together; what they share is freed when they are done.
  std::vector<std::vector<Work*>> chains;
  for (Work& work : works) {
    if (chains.empty() || chain_of(work) != chain_of(*chains.back().front())) chains.emplace_back();
    chains.back().push_back(&work);
  }
  const bool large = prepared.morphological.count() >= kLargeRegion;
  parallel_for(chains.size(), large ? threads : 1, [&](std::size_t c) {
    Shared shared;
    const Context context{prepared, params, two_dimensional, shared};
    for (Work* work : chains[c]) {
      throw_if_stopped();
      work->family->compute(context, work->cells);
      if (work->family->def.group == FeatureGroup::local_intensity)
        prepared.surroundings.reset();  // no other family reads it
    }
  });
  for (const Work& work : works)
    for (const Cells& block : work.cells) block.append_to(out);
  return out;
}

}  // namespace radfuse::radiomics
