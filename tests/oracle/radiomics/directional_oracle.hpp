// SPDX-License-Identifier: Apache-2.0
// Matrices of slices and directions by their definitions, and the six aggregations, on small random regions.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "../../unit/radiomics/support.hpp"

namespace radfuse::test {

struct RandomRegion {
  Volume image;  ///< whole numbers from 1
  Mask mask;
};
/// 1 to 9 voxels along each axis, single slices among them; solid, holed, sparse and disconnected masks; 1 to 40 grey
/// levels, noisy or in patches. The least grey level is 1.
inline RandomRegion random_region(std::uint64_t trial) {
  Rng rng(5, "oracle", trial);
  const auto side = [&rng] { return static_cast<std::int64_t>(1 + rng.below(9)); };
  const std::int64_t nx = side(), ny = side(), nz = trial % 5 == 0 ? 1 : side();
  RandomRegion r{Volume(grid_of(nx, ny, nz)), Mask(grid_of(nx, ny, nz))};
  const double filled[] = {1, 0.9, 0.6, 0.3, 0.1};
  const double share = filled[rng.below(5)];
  const std::uint64_t levels = trial % 7 == 0 ? 1 + rng.below(2) : 1 + rng.below(40);
  const bool patches = rng.below(2) == 0;
  for (std::size_t k = 0; k < r.image.values.size(); ++k) {
    const bool repeat = patches && k > 0 && rng.uniform() < 0.7;
    r.image.values[k] = repeat ? r.image.values[k - 1] : static_cast<float>(1 + rng.below(levels));
    r.mask.values[k] = rng.uniform() < share;
  }
  const std::size_t corner = static_cast<std::size_t>(rng.below(r.mask.values.size()));
  r.mask.values[corner] = 1;
  r.image.values[corner] = 1;
  return r;
}

using Matrix = std::map<std::pair<int, int>, long double>;
using Step = std::array<std::int64_t, 3>;
/// Feature values by name; not a number where a matrix does not have the feature.
using Values = std::map<std::string, long double>;

/// Every second of the 26 neighbours.
inline std::vector<Step> half_of_the_neighbours() {
  std::vector<Step> steps;
  for (std::int64_t z = -1; z <= 1; ++z)
    for (std::int64_t y = -1; y <= 1; ++y)
      for (std::int64_t x = -1; x <= 1; ++x)
        if (z > 0 || (z == 0 && (y > 0 || (y == 0 && x > 0)))) steps.push_back({x, y, z});
  return steps;
}

inline long double weight_of(const Step& step, int distance, DistanceWeighting norm) {
  long double sum = 0, squares = 0, largest = 0;
  for (const std::int64_t component : step) {
    const long double c = static_cast<long double>(std::abs(component) * distance);
    sum += c;
    squares += c * c;
    largest = std::max(largest, c);
  }
  if (norm == DistanceWeighting::none) return 1;
  if (norm == DistanceWeighting::manhattan) return std::exp(-sum * sum);
  return std::exp(norm == DistanceWeighting::euclidean ? -squares : -largest * largest);
}

/// How a family counts and what it makes of a matrix.
struct Definition {
  /// The matrix of the voxels of `mask` in one direction.
  std::function<Matrix(const RandomRegion&, const Step&)> count;
  /// `voxels`: once for each matrix merged, times its weight.
  std::function<Values(const Matrix&, long double voxels)> features;
  std::function<long double(const Step&)> weight;
};

inline RandomRegion slice_of(const RandomRegion& r, std::int64_t z) {
  RandomRegion s = r;
  for (std::size_t k = 0; k < s.mask.values.size(); ++k)
    if (static_cast<std::int64_t>(k) / (r.mask.grid.size[0] * r.mask.grid.size[1]) != z) s.mask.values[k] = 0;
  return s;
}

/// Matrices to be merged, or each by itself.
struct Part {
  Matrix matrix;
  long double voxels = 0;
  void add(const Matrix& more, long double n, long double weight) {
    if (more.empty()) return;
    for (const auto& [cell, count] : more) matrix[cell] += weight * count;
    voxels += weight * n;
  }
};

inline Values aggregated(const RandomRegion& r, const Definition& definition, Aggregation aggregation) {
  std::vector<RandomRegion> regions;
  const bool by_slice = aggregation == Aggregation::average_2d || aggregation == Aggregation::slice_merged_2d;
  if (by_slice)
    for (std::int64_t z = 0; z < r.mask.grid.size[2]; ++z) regions.push_back(slice_of(r, z));
  else
    regions.push_back(r);
  const bool depth = aggregation == Aggregation::average_3d || aggregation == Aggregation::merged_3d;
  const bool apart = aggregation == Aggregation::average_2d || aggregation == Aggregation::average_3d ||
                     aggregation == Aggregation::direction_merged_2_5d;
  std::vector<Part> parts;
  for (const RandomRegion& region : regions) {
    const auto voxels = static_cast<long double>(region.mask.count());
    Part merged;
    for (const Step& step : half_of_the_neighbours()) {
      if (step[2] != 0 && !depth) continue;
      const Matrix matrix = definition.count(region, step);
      if (apart) parts.push_back({matrix, voxels});
      merged.add(matrix, voxels, definition.weight(step));
    }
    if (!apart) parts.push_back(merged);
  }
  Values sum, matrices;
  for (const Part& part : parts) {
    if (part.matrix.empty()) continue;
    for (const auto& [name, value] : definition.features(part.matrix, part.voxels))
      if (std::isfinite(value)) {
        sum[name] += value;
        ++matrices[name];
      } else {
        sum[name] += 0;
      }
  }
  for (auto& [name, value] : sum) value /= matrices[name];  // 0/0 where no matrix has it
  return sum;
}

/// Compares a family's column of every aggregation that `all` names.
inline void expect_agreement(const Features& computed, const Values& expected, const std::string& family,
                             const std::string& aggregation, const std::string& where) {
  for (const auto& [name, reason] : computed.reasons)
    ASSERT_FALSE(radiomics::explain_reason(reason).empty()) << name << where;
  std::size_t columns = 0;
  for (const auto& [column, value] : computed.values) {
    const std::string start = "original." + family + ".", end = "." + aggregation;
    if (column.rfind(start, 0) != 0 || column.size() < end.size() ||
        column.compare(column.size() - end.size(), end.size(), end) != 0)
      continue;
    ++columns;
    const std::string name = column.substr(start.size(), column.size() - start.size() - end.size());
    const auto found = expected.find(name);
    const bool defined = found != expected.end() && std::isfinite(found->second);
    ASSERT_EQ(std::isfinite(value), defined) << column << where;
    if (!defined) continue;
    const double right = static_cast<double>(found->second);
    ASSERT_NEAR(value, right, 1e-9 * std::max(1e-2, std::abs(right))) << column << where;
  }
  ASSERT_GT(columns, 0U);
}

}  // namespace radfuse::test
