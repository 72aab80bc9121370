// SPDX-License-Identifier: Apache-2.0
// Run lengths by definition: every voxel names the run that it lies in.
#include "directional_oracle.hpp"

namespace radfuse {
namespace {

using test::Matrix;
using test::RandomRegion;
using test::Step;

/// How many voxels in a row from `at` (not counted) have its grey level.
std::int64_t alike(const RandomRegion& r, Step at, const Step& step, int sign) {
  const float level = r.image.at(at[0], at[1], at[2]);
  for (std::int64_t n = 0;; ++n) {
    for (std::size_t a = 0; a < 3; ++a) at[a] += sign * step[a];
    if (!r.mask.grid.contains(at[0], at[1], at[2]) || r.mask.at(at[0], at[1], at[2]) == 0 ||
        r.image.at(at[0], at[1], at[2]) != level)
      return n;
  }
}

Matrix count(const RandomRegion& r, const Step& step) {
  std::map<std::pair<int, int>, int> voxels;  // in runs of this level and length
  const auto [nx, ny, nz] = r.mask.grid.size;
  for (std::int64_t z = 0; z < nz; ++z)
    for (std::int64_t y = 0; y < ny; ++y)
      for (std::int64_t x = 0; x < nx; ++x)
        if (r.mask.at(x, y, z) != 0)
          ++voxels[{static_cast<int>(r.image.at(x, y, z)),
                    static_cast<int>(alike(r, {x, y, z}, step, 1) + alike(r, {x, y, z}, step, -1) + 1)}];
  Matrix runs;
  for (const auto& [cell, n] : voxels) runs[cell] = n / cell.second;
  return runs;
}

test::Values features(const Matrix& m, long double voxels) {
  test::Values v;
  long double total = 0;
  std::map<int, long double> of_level, of_length;
  for (const auto& [cell, n] : m) {
    total += n;
    of_level[cell.first] += n;
    of_length[cell.second] += n;
  }
  long double mean_level = 0, mean_length = 0;
  for (const auto& [cell, n] : m) {
    const long double p = n / total, i = cell.first, j = cell.second;
    v["short_runs_emphasis"] += p / (j * j);
    v["long_runs_emphasis"] += p * j * j;
    v["low_grey_level_run_emphasis"] += p / (i * i);
    v["high_grey_level_run_emphasis"] += p * i * i;
    v["short_run_low_grey_level_emphasis"] += p / (i * i * j * j);
    v["short_run_high_grey_level_emphasis"] += p * i * i / (j * j);
    v["long_run_low_grey_level_emphasis"] += p * j * j / (i * i);
    v["long_run_high_grey_level_emphasis"] += p * i * i * j * j;
    v["run_entropy"] -= p * std::log2(p);
    mean_level += p * i;
    mean_length += p * j;
  }
  for (const auto& [cell, n] : m) {
    v["grey_level_variance"] += n / total * (cell.first - mean_level) * (cell.first - mean_level);
    v["run_length_variance"] += n / total * (cell.second - mean_length) * (cell.second - mean_length);
  }
  for (const auto& [level, n] : of_level) v["grey_level_non_uniformity"] += n * n / total;
  for (const auto& [length, n] : of_length) v["run_length_non_uniformity"] += n * n / total;
  v["normalised_grey_level_non_uniformity"] = v["grey_level_non_uniformity"] / total;
  v["normalised_run_length_non_uniformity"] = v["run_length_non_uniformity"] / total;
  v["run_percentage"] = total / voxels;
  return v;
}

TEST(Glrlm, EqualsItsDefinitionOnRandomRegions) {
  for (std::uint64_t trial = 0; trial < 200; ++trial) {
    const RandomRegion r = test::random_region(trial);
    RadiomicsParams p = test::params_of();
    p.families = {FeatureGroup::glrlm};
    if (trial % 2 == 0) p.families.push_back(FeatureGroup::glcm);
    for (const auto& row : kAggregations) p.glrlm.aggregations.push_back(row.value);
    p.glcm.distance = trial % 3 == 0 ? 2 : 1;
    p.glrlm.weighting = kDistanceWeightings[trial % 4].value;
    const test::Definition definition{count, features,
                                      [&p](const Step& step) { return test::weight_of(step, 1, p.glrlm.weighting); }};
    const auto computed = test::features_of(r.image, r.mask, p);
    for (const auto& row : kAggregations)
      test::expect_agreement(computed, test::aggregated(r, definition, row.value), "glrlm", std::string(row.name),
                             " in trial " + std::to_string(trial));
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace radfuse
