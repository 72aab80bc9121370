// SPDX-License-Identifier: Apache-2.0
// Runs the families asked for over one prepared image, in the order of the table.
#include "radfuse/radiomics/extract.hpp"

#include <algorithm>

#include "family.hpp"
#include "radfuse/base/error.hpp"
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

Extraction extract(const Volume& image, const Mask& roi, const RadiomicsParams& params, bool two_dimensional) {
  Prepared prepared = prepare(image, roi, params, two_dimensional);
  Shared shared;
  const Context context{prepared, params, two_dimensional, shared};
  Extraction out;
  out.region_diagnostics = region_diagnostics(image, roi, prepared);
  for (const Family& family : family_rows()) {
    if (!is_used(family.def, params, two_dimensional)) continue;
    throw_if_stopped();
    if (family.def.group >= FeatureGroup::glcm) shared.intensities.reset();  // texture reads grey levels only
    std::vector<Cells> cells;
    for (const std::string_view aggregation : cell_names(family, params, two_dimensional))
      cells.emplace_back(family.def, aggregation);
    family.compute(context, cells);
    for (const Cells& block : cells) block.append_to(out);
    if (family.def.group == FeatureGroup::local_intensity) prepared.surroundings.reset();  // no other family reads it
  }
  return out;
}

}  // namespace radfuse::radiomics
