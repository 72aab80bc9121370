// SPDX-License-Identifier: Apache-2.0
// Random regions with everything asked for, and features by name.
#pragma once

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "radfuse/base/rng.hpp"
#include "radfuse/radiomics/extract.hpp"

namespace radfuse::test {

struct Roi {
  Volume image;
  Mask mask;
};

/// Whole numbers, so that shifts and powers of two are exact in float; about `share` of the voxels are inside.
inline Roi random_roi(Rng& rng, std::array<std::int64_t, 3> size, std::array<double, 3> spacing, int levels,
                      double share) {
  Grid grid;
  grid.size = size;
  grid.spacing = spacing;
  Roi roi{Volume(grid), Mask(grid)};
  for (float& v : roi.image.values) v = static_cast<float>(rng.below(static_cast<std::uint64_t>(levels)));
  for (auto& v : roi.mask.values) v = rng.uniform() < share ? 1 : 0;
  roi.mask.values[rng.below(roi.mask.values.size())] = 1;
  return roi;
}

/// Every family in every aggregation; grey levels by a fixed bin number.
inline RadiomicsParams everything(int bins = 8) {
  RadiomicsParams p;
  p.rois = {{"roi", {RoiSource::mask, {}, {}, {}}}};
  p.families.clear();
  for (const auto& row : kFeatureGroups) p.families.push_back(row.value);
  for (const auto& row : kAggregations) p.glcm.aggregations.push_back(row.value);
  p.glrlm.aggregations = p.glcm.aggregations;
  for (const auto& row : kZoneAggregations) p.glszm.aggregations.push_back(row.value);
  p.gldzm.aggregations = p.ngtdm.aggregations = p.ngldm.aggregations = p.glszm.aggregations;
  p.discretise = DiscretiseParams{Discretisation::fixed_bin_number, {}, bins};
  p.ivh = {IvhDiscretisation::fixed_bin_number, {}, 64};
  return p;
}

/// Undefined features have no entry in `values`, and one in `reasons`.
struct Named {
  std::map<std::string, double> values;
  std::map<std::string, std::string> reasons;
};
inline Named features_by_name(const Roi& roi, const RadiomicsParams& params, bool planar = false) {
  const auto names = radiomics::feature_names(params, planar);
  const auto extraction = radiomics::extract(roi.image, roi.mask, params, planar);
  Named named;
  for (const auto& [name, reason] : extraction.notes) named.reasons[name] = reason;
  for (std::size_t i = 0; i < names.size(); ++i)
    if (!std::isnan(extraction.values.at(i))) named.values[names[i]] = extraction.values[i];
  return named;
}

/// The ROI inside a larger image; voxels outside the old one get `outside()`.
template <class Outside>
Roi embedded(const Roi& roi, std::array<std::int64_t, 3> before, std::array<std::int64_t, 3> after, Outside outside) {
  Grid grid = roi.image.grid;
  for (std::size_t a = 0; a < 3; ++a) grid.size[a] += before[a] + after[a];
  Roi out{Volume(grid), Mask(grid)};
  for (float& v : out.image.values) v = outside();
  const auto& size = roi.image.grid.size;
  for (std::int64_t z = 0; z < size[2]; ++z)
    for (std::int64_t y = 0; y < size[1]; ++y)
      for (std::int64_t x = 0; x < size[0]; ++x) {
        out.image.at(x + before[0], y + before[1], z + before[2]) = roi.image.at(x, y, z);
        out.mask.at(x + before[0], y + before[1], z + before[2]) = roi.mask.at(x, y, z);
      }
  return out;
}

/// Axis `a` of the result is axis order[a] of the ROI, reversed where flip[a].
inline Roi turned(const Roi& roi, std::array<std::size_t, 3> order, std::array<bool, 3> flip) {
  Grid grid = roi.image.grid;
  for (std::size_t a = 0; a < 3; ++a) {
    grid.size[a] = roi.image.grid.size[order[a]];
    grid.spacing[a] = roi.image.grid.spacing[order[a]];
  }
  Roi out{Volume(grid), Mask(grid)};
  std::array<std::int64_t, 3> to{}, from{};
  for (to[2] = 0; to[2] < grid.size[2]; ++to[2])
    for (to[1] = 0; to[1] < grid.size[1]; ++to[1])
      for (to[0] = 0; to[0] < grid.size[0]; ++to[0]) {
        for (std::size_t a = 0; a < 3; ++a) from[order[a]] = flip[a] ? grid.size[a] - 1 - to[a] : to[a];
        out.image.at(to[0], to[1], to[2]) = roi.image.at(from[0], from[1], from[2]);
        out.mask.at(to[0], to[1], to[2]) = roi.mask.at(from[0], from[1], from[2]);
      }
  return out;
}

}  // namespace radfuse::test
