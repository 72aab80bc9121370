// SPDX-License-Identifier: Apache-2.0
// Two hundred small random regions and twenty wide ones, and grey level matrices and their features by the letter of
// their definitions.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "radfuse/base/rng.hpp"
#include "radfuse/radiomics/extract.hpp"

namespace radfuse::test {

inline constexpr std::uint64_t kRandomRois = 220;
inline constexpr std::uint64_t kWideRois = 20;  ///< the last of them
inline constexpr float kLeftOut = 1000;         ///< an intensity that re-segmentation leaves out

struct RandomRoi {
  Volume image;
  Mask mask;
  int distance, coarseness;

  /// The grey level of a voxel; 0 outside the grid and the intensity mask.
  int level(std::int64_t x, std::int64_t y, std::int64_t z) const {
    if (!in_region(x, y, z) || image.at(x, y, z) == kLeftOut) return 0;
    return static_cast<int>(image.at(x, y, z));
  }
  bool in_region(std::int64_t x, std::int64_t y, std::int64_t z) const {
    return image.grid.contains(x, y, z) && mask.at(x, y, z) != 0;
  }
};

/// 1 to 9 voxels along each axis (the wide ones 10 to 70 along x), sparse to full masks, 1 to 40 grey levels, some in
/// patches; a tenth is left out.
inline RandomRoi random_roi(std::uint64_t index) {
  Rng rng(31, "random_rois", index);
  Grid grid;
  for (auto& n : grid.size) n = static_cast<std::int64_t>(1 + rng.below(9));
  if (index >= kRandomRois - kWideRois) grid.size[0] = static_cast<std::int64_t>(10 + rng.below(61));
  if (index % 5 == 0) grid.size[index / 5 % 3] = 1;
  RandomRoi roi{Volume(grid), Mask(grid), static_cast<int>(1 + index % 3), static_cast<int>(index / 3 % 3)};
  const auto levels = static_cast<unsigned>(1 + rng.below(index % 2 == 0 ? 4 : 40));
  const double density = 0.1 + 0.9 * rng.uniform(), repeat = rng.uniform() < 0.5 ? 0.7 : 0;
  for (std::size_t i = 0; i < grid.count(); ++i) {
    const bool same = i > 0 && rng.uniform() < repeat;
    roi.image.values[i] = same ? roi.image.values[i - 1] : static_cast<float>(1 + rng.below(levels));
    roi.mask.values[i] = rng.uniform() < density;
  }
  for (float& v : roi.image.values)
    if (rng.uniform() < 0.1) v = kLeftOut;
  const auto kept = static_cast<std::size_t>(rng.below(static_cast<unsigned>(grid.count())));
  roi.mask.values[kept] = 1;
  roi.image.values[kept] = static_cast<float>(1 + rng.below(levels));
  return roi;
}

/// A box of slices by itself: one slice, or the volume.
struct Piece {
  std::int64_t first, last;  ///< slices
  bool planar;               ///< neighbours and borders within the slice only
};
/// How often each (grey level, number) occurs.
struct Matrix {
  std::map<std::pair<int, std::int64_t>, double> cells;
  double voxels = 0;
};

/// The sixteen features of a size zone matrix and its kin, in the order of the families' tables.
inline std::vector<double> features_by_definition(const Matrix& m) {
  double total = 0;
  int most_level = 0;
  std::int64_t most = 0;
  for (const auto& [key, count] : m.cells) {
    total += count;
    most_level = std::max(most_level, key.first);
    most = std::max(most, key.second);
  }
  const auto s = [&m](int i, std::int64_t j) {
    const auto found = m.cells.find({i, j});
    return found == m.cells.end() ? 0.0 : found->second;
  };
  const auto mean_of = [&](const std::function<double(double, double, double)>& f) {
    double sum = 0;
    for (int i = 1; i <= most_level; ++i)
      for (std::int64_t j = 1; j <= most; ++j)
        if (s(i, j) > 0) sum += s(i, j) * f(i, static_cast<double>(j), s(i, j) / total);
    return sum / total;
  };
  double rows = 0, columns = 0;
  for (int i = 1; i <= most_level; ++i) {
    double row = 0;
    for (std::int64_t j = 1; j <= most; ++j) row += s(i, j);
    rows += row * row;
  }
  for (std::int64_t j = 1; j <= most; ++j) {
    double column = 0;
    for (int i = 1; i <= most_level; ++i) column += s(i, j);
    columns += column * column;
  }
  const double mu_i = mean_of([](double i, double, double) { return i; });
  const double mu_j = mean_of([](double, double j, double) { return j; });
  return {mean_of([](double, double j, double) { return 1 / (j * j); }),
          mean_of([](double, double j, double) { return j * j; }),
          mean_of([](double i, double, double) { return 1 / (i * i); }),
          mean_of([](double i, double, double) { return i * i; }),
          mean_of([](double i, double j, double) { return 1 / (i * i * j * j); }),
          mean_of([](double i, double j, double) { return i * i / (j * j); }),
          mean_of([](double i, double j, double) { return j * j / (i * i); }),
          mean_of([](double i, double j, double) { return i * i * j * j; }),
          rows / total,
          rows / total / total,
          columns / total,
          columns / total / total,
          total / m.voxels,
          mean_of([mu_i](double i, double, double) { return (i - mu_i) * (i - mu_i); }),
          mean_of([mu_j](double, double j, double) { return (j - mu_j) * (j - mu_j); }),
          mean_of([](double, double, double p) { return -std::log2(p); })};
}

inline std::vector<double> mean_over(const std::vector<std::vector<double>>& slices) {
  std::vector<double> mean(slices.at(0).size(), 0);
  for (std::size_t k = 0; k < mean.size(); ++k) {
    double n = 0;
    for (const auto& slice : slices)
      if (std::isfinite(slice[k])) {
        mean[k] += slice[k];
        ++n;
      }
    mean[k] /= n;
  }
  return mean;
}

/// What a family must give, by aggregation. `of(piece)` is the matrix of a slice or of the volume, `merge(a, b)` adds b
/// to a.
template <class M>
std::map<std::string, std::vector<double>> aggregate(const RandomRoi& roi, const std::function<M(const Piece&)>& of,
                                                     const std::function<void(M&, const M&)>& merge,
                                                     const std::function<std::vector<double>(const M&)>& features) {
  std::vector<std::vector<double>> slices;
  M merged;
  for (std::int64_t z = 0; z < roi.image.grid.size[2]; ++z) {
    bool any = false;
    for (std::int64_t y = 0; y < roi.image.grid.size[1]; ++y)
      for (std::int64_t x = 0; x < roi.image.grid.size[0]; ++x) any = any || roi.level(x, y, z) > 0;
    if (!any) continue;
    const M slice = of({z, z, true});
    slices.push_back(features(slice));
    merge(merged, slice);
  }
  return {{"2d", mean_over(slices)},
          {"2.5d", features(merged)},
          {"3d", features(of({0, roi.image.grid.size[2] - 1, false}))}};
}
inline void add_matrix(Matrix& a, const Matrix& b) {
  for (const auto& [key, count] : b.cells) a.cells[key] += count;
  a.voxels += b.voxels;
}

/// Compares a family with what it must give for this region.
inline void expect_features(const RandomRoi& roi, FeatureGroup group, const std::string& family,
                            const std::map<std::string, std::vector<double>>& expected) {
  RadiomicsParams p;
  p.families = {group};
  p.discretise = DiscretiseParams{Discretisation::fixed_bin_size, 1.0, 32};
  p.resegment.emplace();
  p.resegment->low = 1;
  p.resegment->high = 100;
  p.glszm.aggregations = {ZoneAggregation::slices_averaged, ZoneAggregation::slices_merged, ZoneAggregation::volume};
  p.gldzm.aggregations = p.ngtdm.aggregations = p.ngldm.aggregations = p.glszm.aggregations;
  p.ngtdm.distance = p.ngldm.distance = roi.distance;
  p.ngldm.coarseness = roi.coarseness;
  const auto names = radiomics::feature_names(p, false);
  const auto found = radiomics::extract(roi.image, roi.mask, p, false);
  std::size_t next = 0;
  for (const char* aggregation : {"2d", "2.5d", "3d"})
    for (const double value : expected.at(aggregation)) {
      ASSERT_LT(next, names.size());
      EXPECT_EQ(names[next].compare(0, 10 + family.size(), "original." + family + "."), 0) << names[next];
      if (std::isfinite(value))
        EXPECT_NEAR(found.values[next], value, 1e-9 * std::abs(value) + 1e-13) << names[next];
      else
        EXPECT_TRUE(std::isnan(found.values[next])) << names[next];
      ++next;
    }
  EXPECT_EQ(next, names.size());
}

}  // namespace radfuse::test
