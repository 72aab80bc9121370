// SPDX-License-Identifier: Apache-2.0
// Co-occurrence by hand on a 3x3 image, and what must not change it.
#include <gtest/gtest.h>

#include <cmath>
#include <utility>

#include "support.hpp"

namespace radfuse::radiomics {
namespace {

using test::features_of;
using test::grid_of;
using test::image_of;
using test::params_of;

TEST(Glcm, ThreeByThreeByHand) {
  // 1 1 2
  // 1 2 2
  // 2 3 3
  const Volume image = image_of(grid_of(3, 3, 1), {1, 1, 2, 1, 2, 2, 2, 3, 3});
  // Along rows: 11 12, 12 22, 23 33; along columns: 11 12, 12 23, 22 23; falling diagonals: 12, 12 13, 23; rising
  // diagonals: 11, 22 22, 23.
  // Sum of 20: 11 x3, 12 x6, 13 x1, 22 x4, 23 x5, 33 x1.
  const auto f = features_of(image, Mask(image.grid, 1), params_of({Aggregation::slice_merged_2d}), true);
  const auto at = [&f](const char* name) { return f.at("glcm." + std::string(name) + ".2d_slice_merged"); };
  EXPECT_NEAR(at("joint_maximum"), 0.2, 1e-12);                        // 22: 4 of 20
  EXPECT_NEAR(at("contrast"), (6 * 1 + 1 * 4 + 5 * 1) / 20.0, 1e-12);  // squared differences
  EXPECT_NEAR(at("dissimilarity"), (6 + 2 + 5) / 20.0, 1e-12);
  EXPECT_NEAR(at("joint_average"), (3 * 2 + 6 * 3 + 4 + 4 * 4 + 5 * 5 + 6) / 40.0, 1e-12);
  EXPECT_NEAR(at("angular_second_moment"), (9 + 18 + 0.5 + 16 + 12.5 + 1) / 400.0, 1e-12);
  EXPECT_NEAR(at("autocorrelation"), (3 + 12 + 3 + 16 + 30 + 9) / 20.0, 1e-12);
  EXPECT_NEAR(at("inverse_difference"), (8 + 11 / 2.0 + 1 / 3.0) / 20.0, 1e-12);
  EXPECT_NEAR(at("normalised_inverse_difference"), (8 + 11 / (1 + 1 / 3.0) + 1 / (1 + 2 / 3.0)) / 20.0, 1e-12);
  EXPECT_NEAR(at("inverse_variance"), (11 + 0.25) / 20.0, 1e-12);
}

TEST(Glcm, AVoxelLeftOutHasNoPairs) {
  const Volume image = image_of(grid_of(3, 1, 1), {1, 9, 2});
  Mask mask(image.grid, 1);
  mask.values[1] = 0;
  const auto f = features_of(image, mask, params_of({Aggregation::merged_3d}));
  EXPECT_TRUE(std::isnan(f.at("glcm.contrast.3d_merged")));
  EXPECT_EQ(f.reason("glcm.contrast.3d_merged"), "no_neighbours");
  RadiomicsParams wide = params_of({Aggregation::merged_3d});
  wide.glcm.distance = 2;
  EXPECT_NEAR(features_of(image, mask, wide).at("glcm.contrast.3d_merged"), 1, 1e-12);
}

/// x -> y -> z -> x, and x reversed: two right-angle moves of the image.
test::Sample turned(const test::Sample& s, bool mirror) {
  const auto [nx, ny, nz] = s.image.grid.size;
  test::Sample t{Volume(grid_of(nz, nx, ny)), Mask(grid_of(nz, nx, ny))};
  for (std::int64_t z = 0; z < nz; ++z)
    for (std::int64_t y = 0; y < ny; ++y)
      for (std::int64_t x = 0; x < nx; ++x) {
        const std::int64_t to = mirror ? nx - 1 - x : x;
        t.image.at(z, to, y) = s.image.at(x, y, z);
        t.mask.at(z, to, y) = s.mask.at(x, y, z);
      }
  return t;
}

TEST(Glcm, RightAngleTurnsLeaveTheVolumeAloneAndSoItsFeatures) {
  const auto s = test::random_sample(grid_of(9, 7, 6), 1);
  const auto p = params_of({Aggregation::average_3d, Aggregation::merged_3d});
  const auto before = features_of(s.image, s.mask, p);
  for (const bool mirror : {false, true}) {
    const auto t = turned(s, mirror);
    const auto after = features_of(t.image, t.mask, p);
    for (const auto& [name, value] : before.values) {
      if (name.find("gearys") != std::string::npos || name.find("morans") != std::string::npos) continue;
      EXPECT_TRUE(test::is_same(after.values.at(name), value, 1e-9)) << name;
    }
    EXPECT_NEAR(after.at("morphology.morans_i_index"), before.at("morphology.morans_i_index"), 1e-12);
    EXPECT_NEAR(after.at("morphology.gearys_c_measure"), before.at("morphology.gearys_c_measure"), 1e-12);
  }
}

TEST(Glcm, OneAggregationIsTheSameAloneAsAmongAll) {
  const auto s = test::random_sample(grid_of(8, 7, 5), 2);
  std::vector<Aggregation> all;
  for (const auto& row : kAggregations) all.push_back(row.value);
  const auto together = features_of(s.image, s.mask, params_of(all));
  for (const Aggregation one : all)
    for (const auto& [name, value] : features_of(s.image, s.mask, params_of({one})).values)
      EXPECT_TRUE(test::is_same(together.values.at(name), value)) << name;
}

TEST(Glcm, AnEmptyFrameChangesNothing) {
  const auto s = test::random_sample(grid_of(5, 5, 5), 4);
  test::Sample framed{Volume(grid_of(9, 8, 7), 77), Mask(grid_of(9, 8, 7))};
  for (std::int64_t z = 0; z < 5; ++z)
    for (std::int64_t y = 0; y < 5; ++y)
      for (std::int64_t x = 0; x < 5; ++x) {
        framed.image.at(x + 2, y + 1, z + 1) = s.image.at(x, y, z);
        framed.mask.at(x + 2, y + 1, z + 1) = s.mask.at(x, y, z);
      }
  const auto a = features_of(s.image, s.mask, params_of()), b = features_of(framed.image, framed.mask, params_of());
  for (const auto& [name, value] : a.values) {
    if (name.find("local_intensity") != std::string::npos) continue;  // it sees the frame
    EXPECT_TRUE(test::is_same(b.values.at(name), value)) << name;
  }
}

RadiomicsParams pairs_of(DistanceWeighting weighting, bool symmetric, int distance = 1) {
  RadiomicsParams p = params_of({Aggregation::slice_merged_2d});
  p.families = {FeatureGroup::glcm};
  p.glcm.weighting = weighting;
  p.glcm.symmetric = symmetric;
  p.glcm.distance = distance;
  return p;
}

TEST(Glcm, WeightingByHand) {
  const Volume image = image_of(grid_of(3, 3, 1), {1, 1, 2, 1, 2, 2, 2, 3, 3});
  // 12 pairs along rows and columns, whose squared differences add up to 7; 8 along diagonals, with 8.
  const std::pair<DistanceWeighting, double> diagonals[] = {{DistanceWeighting::manhattan, std::exp(-4)},
                                                            {DistanceWeighting::euclidean, std::exp(-2)},
                                                            {DistanceWeighting::infinity, std::exp(-1)}};
  const double along = std::exp(-1);
  for (const auto& [norm, across] : diagonals)
    EXPECT_NEAR(features_of(image, Mask(image.grid, 1), pairs_of(norm, true), true).at("glcm.contrast.2d_slice_merged"),
                (7 * along + 8 * across) / (12 * along + 8 * across), 1e-12);
}

TEST(Glcm, WeightsTooSmallToWriteStillCount) {
  Mask mask(grid_of(31, 31, 1));
  Volume image(mask.grid, 1);
  mask.at(0, 0, 0) = mask.at(30, 30, 0) = 1;  // exp(-1800)
  image.at(30, 30, 0) = 3;
  const auto f = features_of(image, mask, pairs_of(DistanceWeighting::euclidean, true, 30), true);
  EXPECT_EQ(f.at("glcm.contrast.2d_slice_merged"), 4);
}

TEST(Glcm, OneOrderByHand) {
  const Volume image = image_of(grid_of(4, 1, 1), {1, 2, 2, 3});
  const auto f = features_of(image, Mask(image.grid, 1), pairs_of(DistanceWeighting::none, false), true);
  const auto at = [&f](const char* name) { return f.at("glcm." + std::string(name) + ".2d_slice_merged"); };
  // 12, 22, 23: the first is 1, 2, 2, the second 2, 2, 3. Means 5/3 and 7/3, variances 2/9, covariance 12/3 - 35/9.
  EXPECT_NEAR(at("joint_average"), 5 / 3.0, 1e-12);
  EXPECT_NEAR(at("joint_variance"), 2 / 9.0, 1e-12);
  EXPECT_NEAR(at("correlation"), 0.5, 1e-12);
  EXPECT_NEAR(at("autocorrelation"), 4, 1e-12);
  EXPECT_NEAR(at("sum_average"), 4, 1e-12);
  EXPECT_NEAR(at("joint_entropy"), std::log2(3), 1e-12);
  const double margin = std::log2(3) - 2 / 3.0, mutual = 2 * margin - std::log2(3);
  EXPECT_NEAR(at("information_correlation_1"), -mutual / margin, 1e-12);
  EXPECT_NEAR(at("information_correlation_2"), std::sqrt(1 - std::exp(-2 * mutual)), 1e-12);
}

TEST(Glcm, OneOrderOfTwoVoxelsHasNoCorrelation) {
  const Volume image = image_of(grid_of(2, 1, 1), {1, 2});
  const auto f = features_of(image, Mask(image.grid, 1), pairs_of(DistanceWeighting::none, false), true);
  EXPECT_EQ(f.reason("glcm.correlation.2d_slice_merged"), "zero_denominator");
  EXPECT_EQ(f.at("glcm.contrast.2d_slice_merged"), 1);
}

TEST(Glcm, ThousandsOfGreyLevelsAreCounted) {
  Volume image(grid_of(100, 100, 1));
  for (std::size_t i = 0; i < image.values.size(); ++i) image.values[i] = static_cast<float>(i);
  const auto f = features_of(image, Mask(image.grid, 1), params_of({Aggregation::merged_2_5d}));
  // Every pair of neighbours once: 9,900 with a difference of 1 and of 100, 9,801 with 99 and 101.
  EXPECT_NEAR(f.at("glcm.dissimilarity.2.5d_merged"), (9900 * 101.0 + 9801 * 200.0) / (2 * 9900 + 2 * 9801), 1e-9);
  EXPECT_NEAR(f.at("glcm.joint_entropy.2.5d_merged"), std::log2(2 * (2 * 9900 + 2 * 9801)), 1e-9);
}

}  // namespace
}  // namespace radfuse::radiomics
