// SPDX-License-Identifier: Apache-2.0
// Runs by hand on a 3x3 image, lines, single voxels, and what weighting changes.
#include <gtest/gtest.h>

#include <cmath>
#include <utility>

#include "support.hpp"

namespace radfuse::radiomics {
namespace {

using test::features_of;
using test::grid_of;
using test::image_of;

RadiomicsParams runs_of(std::vector<Aggregation> aggregations, DistanceWeighting weighting = DistanceWeighting::none) {
  RadiomicsParams p = test::params_of();
  p.families = {FeatureGroup::glrlm};
  p.glrlm.aggregations = std::move(aggregations);
  p.glrlm.weighting = weighting;
  return p;
}

// 1 1 2
// 1 2 2
// 2 3 3
// Runs as level:length. Rows (6): 1:2 2:1, 1:1 2:2, 2:1 3:2; columns (7): 1:2 2:1, 1:1 2:1 3:1, 2:2 3:1; falling
// diagonals (9): all alone, 1 three times, 2 four times, 3 twice; rising diagonals (6): 1:1, 1:2, 2:3, 2:1 3:1, 3:1.
Volume small() {
  return image_of(grid_of(3, 3, 1), {1, 1, 2, 1, 2, 2, 2, 3, 3});
}

TEST(Glrlm, ThreeByThreeByHand) {
  const Volume image = small();
  const auto f = features_of(image, Mask(image.grid, 1), runs_of({Aggregation::slice_merged_2d}), true);
  const auto at = [&f](const char* name) { return f.at("glrlm." + std::string(name) + ".2d_slice_merged"); };
  // 28 runs: 21 alone, 6 of two, 1 of three; 9 of level 1, 12 of level 2, 7 of level 3.
  EXPECT_NEAR(at("short_runs_emphasis"), (21 + 6 / 4.0 + 1 / 9.0) / 28, 1e-12);
  EXPECT_NEAR(at("long_runs_emphasis"), (21 + 24 + 9) / 28.0, 1e-12);
  EXPECT_NEAR(at("low_grey_level_run_emphasis"), (9 + 12 / 4.0 + 7 / 9.0) / 28, 1e-12);
  EXPECT_NEAR(at("high_grey_level_run_emphasis"), (9 + 48 + 63) / 28.0, 1e-12);
  EXPECT_NEAR(at("grey_level_non_uniformity"), (81 + 144 + 49) / 28.0, 1e-12);
  EXPECT_NEAR(at("normalised_grey_level_non_uniformity"), (81 + 144 + 49) / 784.0, 1e-12);
  EXPECT_NEAR(at("run_length_non_uniformity"), (441 + 36 + 1) / 28.0, 1e-12);
  EXPECT_NEAR(at("normalised_run_length_non_uniformity"), (441 + 36 + 1) / 784.0, 1e-12);
  EXPECT_NEAR(at("run_percentage"), 28 / 36.0, 1e-12);  // each voxel once for each direction
  EXPECT_NEAR(at("run_length_variance"), (21 + 24 + 9) / 28.0 - std::pow(36 / 28.0, 2), 1e-12);
  EXPECT_NEAR(at("grey_level_variance"), (9 + 48 + 63) / 28.0 - std::pow((9 + 24 + 21) / 28.0, 2), 1e-12);
}

TEST(Glrlm, AveragesAreThoseOfTheDirections) {
  const Volume image = small();
  const auto f = features_of(image, Mask(image.grid, 1), runs_of({Aggregation::average_2d}), true);
  EXPECT_NEAR(f.at("glrlm.run_length_non_uniformity.2d_average"),
              ((9 + 9) / 6.0 + (25 + 4) / 7.0 + 81 / 9.0 + (16 + 1 + 1) / 6.0) / 4, 1e-12);
  EXPECT_NEAR(f.at("glrlm.run_percentage.2d_average"), (6 + 7 + 9 + 6) / 36.0, 1e-12);
}

TEST(Glrlm, WeightingByHand) {
  const Volume image = small();
  const auto merged = [&image](DistanceWeighting weighting, const char* name) {
    const auto p = runs_of({Aggregation::slice_merged_2d}, weighting);
    return features_of(image, Mask(image.grid, 1), p, true).at("glrlm." + std::string(name) + ".2d_slice_merged");
  };
  const double along = std::exp(-1);  // of rows and columns, in every norm
  const std::pair<DistanceWeighting, double> diagonals[] = {{DistanceWeighting::manhattan, std::exp(-4)},
                                                            {DistanceWeighting::euclidean, std::exp(-2)},
                                                            {DistanceWeighting::infinity, std::exp(-1)}};
  for (const auto& [norm, across] : diagonals) {
    const double runs = 13 * along + 15 * across;
    EXPECT_NEAR(merged(norm, "run_percentage"), runs / (9 * (2 * along + 2 * across)), 1e-12);
    EXPECT_NEAR(merged(norm, "long_runs_emphasis"), ((15 + 13) * along + (9 + 17) * across) / runs, 1e-12);
    EXPECT_NEAR(merged(norm, "grey_level_non_uniformity"),
                (std::pow(4 * along + 5 * across, 2) + std::pow(6 * along + 6 * across, 2) +
                 std::pow(3 * along + 4 * across, 2)) /
                    runs,
                1e-12);
  }
  EXPECT_NEAR(merged(DistanceWeighting::infinity, "run_entropy"), merged(DistanceWeighting::none, "run_entropy"),
              1e-12);
}

TEST(Glrlm, WeightingLeavesAveragesAlone) {
  const auto s = test::random_sample(grid_of(6, 5, 4), 3);
  const std::vector<Aggregation> averages = {Aggregation::average_2d, Aggregation::direction_merged_2_5d,
                                             Aggregation::average_3d};
  const auto plain = features_of(s.image, s.mask, runs_of(averages));
  const auto weighted = features_of(s.image, s.mask, runs_of(averages, DistanceWeighting::euclidean));
  EXPECT_EQ(plain.values, weighted.values);
}

TEST(Glrlm, OneVoxelIsThirteenRuns) {
  Mask mask(grid_of(3, 3, 3));
  mask.at(1, 1, 1) = 1;
  const auto f = features_of(Volume(mask.grid, 5), mask, runs_of({Aggregation::average_3d, Aggregation::merged_3d}));
  EXPECT_TRUE(f.reasons.empty());
  for (const std::string ending : {".3d_average", ".3d_merged"}) {
    EXPECT_EQ(f.at("glrlm.short_runs_emphasis" + ending), 1);
    EXPECT_EQ(f.at("glrlm.run_percentage" + ending), 1);
    EXPECT_EQ(f.at("glrlm.run_entropy" + ending), 0);
    EXPECT_EQ(f.at("glrlm.run_length_variance" + ending), 0);
  }
  EXPECT_EQ(f.at("glrlm.run_length_non_uniformity.3d_average"), 1);
  EXPECT_EQ(f.at("glrlm.run_length_non_uniformity.3d_merged"), 13);
}

TEST(Glrlm, OneGreyLevelAlongALine) {
  const Volume image(grid_of(20, 1, 1), 7);
  const auto f = features_of(image, Mask(image.grid, 1), runs_of({Aggregation::average_3d, Aggregation::merged_3d}));
  // One run of 20 along the line, and 20 runs of one voxel in each of the other twelve directions.
  EXPECT_NEAR(f.at("glrlm.long_runs_emphasis.3d_merged"), (400 + 240) / 241.0, 1e-12);
  EXPECT_NEAR(f.at("glrlm.run_percentage.3d_merged"), 241 / 260.0, 1e-12);
  EXPECT_NEAR(f.at("glrlm.run_percentage.3d_average"), (1 / 20.0 + 12) / 13, 1e-12);
  EXPECT_EQ(f.at("glrlm.grey_level_variance.3d_merged"), 0);
}

TEST(Glrlm, AVoxelLeftOutEndsARun) {
  const Volume image(grid_of(5, 1, 1), 2);
  Mask mask(image.grid, 1);
  mask.values[3] = 0;
  const auto f = features_of(image, mask, runs_of({Aggregation::slice_merged_2d}), true);
  // Runs of three and of one along the line, four of one in each of three directions.
  EXPECT_NEAR(f.at("glrlm.long_runs_emphasis.2d_slice_merged"), (9 + 1 + 12) / 14.0, 1e-12);
  EXPECT_NEAR(f.at("glrlm.run_percentage.2d_slice_merged"), 14 / 16.0, 1e-12);
}

TEST(Glrlm, TheSameAloneAsBesideGlcm) {
  const auto s = test::random_sample(grid_of(9, 8, 7), 12);
  std::vector<Aggregation> all;
  for (const auto& row : kAggregations) all.push_back(row.value);
  RadiomicsParams both = runs_of(all);
  both.families.push_back(FeatureGroup::glcm);
  const auto together = features_of(s.image, s.mask, both);
  for (const Aggregation one : all)
    for (const auto& [name, value] : features_of(s.image, s.mask, runs_of({one})).values)
      EXPECT_EQ(together.values.at(name), value) << name;
}

}  // namespace
}  // namespace radfuse::radiomics
