// SPDX-License-Identifier: Apache-2.0
// Overlap and distances on masks small enough to count.
#include "radfuse/network/segmentation_metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "radfuse/base/error.hpp"

namespace radfuse::network {
namespace {

Grid grid(std::int64_t w, std::int64_t h, std::int64_t d, double sx = 1) {
  Grid g;
  g.size = {w, h, d};
  g.spacing = {sx, 1, 1};
  return g;
}
Mask block(const Grid& g, int x0, int x1, int y0, int y1) {
  Mask m(g);
  for (std::int64_t z = 0; z < g.size[2]; ++z)
    for (int y = y0; y <= y1; ++y)
      for (int x = x0; x <= x1; ++x) m.at(x, y, z) = 1;
  return m;
}

TEST(CompareMasks, OfTheSameMaskIsPerfect) {
  const Mask m = block(grid(8, 8, 1), 2, 5, 2, 5);
  const SegmentationMetrics s = compare_masks(m, m);
  EXPECT_EQ(s.dice, 1);
  EXPECT_EQ(s.jaccard, 1);
  EXPECT_EQ(s.hd95_mm, 0);
  EXPECT_EQ(s.nsd, 1);
  EXPECT_EQ(s.mean_distance_mm, 0);
  EXPECT_EQ(s.volume_error, 0);
  EXPECT_EQ(s.note, "");
}

TEST(CompareMasks, OfAShiftedColumnCountsInMillimetres) {
  // Two columns of 4 pixels, 2 apart, 1.5 mm pixels: every point is 3 mm from the other column.
  const Grid g = grid(8, 8, 1, 1.5);
  const SegmentationMetrics s = compare_masks(block(g, 2, 2, 2, 5), block(g, 4, 4, 2, 5));
  EXPECT_EQ(s.dice, 0);
  EXPECT_DOUBLE_EQ(s.hd95_mm, 3);
  EXPECT_DOUBLE_EQ(s.mean_distance_mm, 3);
  EXPECT_EQ(s.nsd, 0);
  EXPECT_EQ(compare_masks(block(g, 2, 2, 2, 5), block(g, 4, 4, 2, 5), 3.0).nsd, 1);
}

TEST(CompareMasks, TakesTheLargerDirectedPercentile) {
  // Prediction: one pixel at x = 0. Reference: the row x = 0..10. There: {0}. Back: {0, 1, ..., 10}; the 95th
  // percentile has rank 9.5, so 9.5 mm.
  const Grid g = grid(12, 3, 1);
  const SegmentationMetrics s = compare_masks(block(g, 0, 0, 1, 1), block(g, 0, 10, 1, 1));
  EXPECT_DOUBLE_EQ(s.hd95_mm, 9.5);
  EXPECT_DOUBLE_EQ(s.nsd, 3.0 / 12);  // 0 | 0, 1
  EXPECT_DOUBLE_EQ(s.mean_distance_mm, 55.0 / 12);
  EXPECT_DOUBLE_EQ(s.dice, 2.0 / 12);
  EXPECT_DOUBLE_EQ(s.volume_error, -10.0 / 11);
}

TEST(CompareMasks, ThreeDimensionalSurfaceLeavesTheInsideOut) {
  // 3 x 3 x 3 cube against its centre voxel: 26 surface points, 6 at 1, 12 at sqrt 2, 8 at sqrt 3; back: 1 mm.
  Mask centre(grid(5, 5, 5)), cube(grid(5, 5, 5));
  for (int z = 1; z <= 3; ++z)
    for (int y = 1; y <= 3; ++y)
      for (int x = 1; x <= 3; ++x) cube.at(x, y, z) = 1;
  centre.at(2, 2, 2) = 1;
  const SegmentationMetrics s = compare_masks(cube, centre);
  EXPECT_NEAR(s.mean_distance_mm, (6 + 12 * std::sqrt(2.0) + 8 * std::sqrt(3.0) + 1) / 27, 1e-12);
  EXPECT_NEAR(s.hd95_mm, std::sqrt(3.0), 1e-12);
  EXPECT_DOUBLE_EQ(s.nsd, 7.0 / 27);
}

TEST(CompareMasks, SaysWhyNumbersAreUndefinedForEmptyMasks) {
  const Grid g = grid(4, 4, 1);
  const Mask none(g), some = block(g, 1, 2, 1, 2);
  const SegmentationMetrics both = compare_masks(none, none);
  EXPECT_TRUE(std::isnan(both.dice) && std::isnan(both.hd95_mm) && std::isnan(both.nsd));
  EXPECT_EQ(both.note, "prediction and reference are both empty");
  const SegmentationMetrics missed = compare_masks(none, some);
  EXPECT_EQ(missed.dice, 0);
  EXPECT_EQ(missed.nsd, 0);
  EXPECT_TRUE(std::isnan(missed.hd95_mm));
  EXPECT_EQ(missed.volume_error, -1);
  EXPECT_EQ(missed.note, "the prediction is empty");
  EXPECT_TRUE(std::isnan(compare_masks(some, none).volume_error));
  EXPECT_THROW(compare_masks(none, Mask(grid(5, 4, 1))), Error);
}

TEST(MaskOf, ThresholdsAndKeepsTheLargestPart) {
  Volume p(grid(6, 1, 1));
  p.values = {0.9F, 0.1F, 0.5F, 0.8F, 0.49F, 0.7F};
  EXPECT_THAT(mask_of(p, 0.5, false).values, testing::ElementsAre(1, 0, 1, 1, 0, 1));
  EXPECT_THAT(mask_of(p, 0.5, true).values, testing::ElementsAre(0, 0, 1, 1, 0, 0));
  EXPECT_EQ(mask_of(p, 0.95, true).count(), 0U);
}

TEST(TrainingSlices, TakesHalfFromTheRegionWhereItCan) {
  Mask m(grid(2, 2, 20));
  for (int z = 5; z <= 10; ++z) m.at(0, 0, z) = 1;
  const auto chosen = training_slices(m, 8);
  EXPECT_THAT(chosen, testing::ElementsAre(0, 4, 5, 6, 8, 10, 14, 19));
  EXPECT_EQ(training_slices(m, 100).size(), 20U);
  EXPECT_THAT(training_slices(Mask(grid(2, 2, 1), 1), 8), testing::ElementsAre(0));
}

}  // namespace
}  // namespace radfuse::network
