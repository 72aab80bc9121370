// SPDX-License-Identifier: Apache-2.0
// Distance zones by hand: what counts as border, and which mask does.
#include <gtest/gtest.h>

#include <cmath>

#include "support.hpp"
#include "zone_support.hpp"

namespace radfuse::radiomics {
namespace {

using test::features_of;
using test::grid_of;
using test::image_of;
using test::zone_params;

/// 5 x 5: level 1 at the border and in the middle, 2 in the ring between.
const std::vector<float> kRings = {1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 2, 1, 2, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1};

TEST(Gldzm, RingsByHand) {
  const Volume image = image_of(grid_of(5, 5, 1), kRings);
  const auto f = features_of(image, Mask(image.grid, 1), zone_params(), true);
  const auto at = [&f](const char* name) { return f.at("gldzm." + std::string(name) + ".2d"); };
  // Zones (grey level, distance): (1,1) (2,2) (1,3).
  EXPECT_NEAR(at("small_distance_emphasis"), (1 + 0.25 + 1 / 9.0) / 3, 1e-12);
  EXPECT_NEAR(at("large_distance_emphasis"), (1 + 4 + 9) / 3.0, 1e-12);
  EXPECT_NEAR(at("large_distance_high_grey_level_emphasis"), (1 + 16 + 9) / 3.0, 1e-12);
  EXPECT_NEAR(at("small_distance_low_grey_level_emphasis"), (1 + 1 / 16.0 + 1 / 9.0) / 3, 1e-12);
  EXPECT_NEAR(at("zone_distance_non_uniformity"), 1, 1e-12);
  EXPECT_NEAR(at("grey_level_non_uniformity"), 5 / 3.0, 1e-12);
  EXPECT_NEAR(at("zone_percentage"), 3 / 25.0, 1e-12);
  EXPECT_NEAR(at("zone_distance_variance"), 14 / 3.0 - 4, 1e-12);
  EXPECT_NEAR(at("zone_distance_entropy"), std::log2(3), 1e-12);
}

TEST(Gldzm, InAVolumeOfOneSliceEveryVoxelIsAtTheBorder) {
  const Volume image = image_of(grid_of(5, 5, 1), kRings);
  const auto f = features_of(image, Mask(image.grid, 1), zone_params(test::kAllZones));
  EXPECT_NEAR(f.at("gldzm.large_distance_emphasis.3d"), 1, 1e-12);
  EXPECT_NEAR(f.at("gldzm.large_distance_emphasis.2d"), 14 / 3.0, 1e-12);
  EXPECT_NEAR(f.at("gldzm.large_distance_emphasis.2.5d"), 14 / 3.0, 1e-12);
}

TEST(Gldzm, StepsGoOverEdgesNotCorners) {
  // A corner left out of a 5 x 5: its diagonal neighbour is two steps away from it.
  const Volume image = image_of(grid_of(5, 5, 1), kRings);
  Mask mask(image.grid, 1);
  mask.values[0] = 0;
  const auto f = features_of(image, mask, zone_params(), true);
  EXPECT_NEAR(f.at("gldzm.large_distance_emphasis.2d"), 14 / 3.0, 1e-12);
}

TEST(Gldzm, VoxelsLeftOutByIntensityAreNoBorder) {
  std::vector<float> values = kRings;
  values[7] = 100;  // in the ring of 2
  const Volume image = image_of(grid_of(5, 5, 1), values);
  RadiomicsParams p = zone_params();
  p.resegment.emplace();
  p.resegment->low = 1;
  p.resegment->high = 10;
  const auto f = features_of(image, Mask(image.grid, 1), p, true);
  EXPECT_NEAR(f.at("gldzm.large_distance_emphasis.2d"), 14 / 3.0, 1e-12);
  Mask smaller(image.grid, 1);
  smaller.values[7] = 0;  // left out of the region itself: now the middle and the ring touch the border
  EXPECT_NEAR(features_of(image, smaller, p, true).at("gldzm.large_distance_emphasis.2d"), 1, 1e-12);
}

TEST(Gldzm, OneVoxelIsAtTheBorder) {
  const Volume image = image_of(grid_of(1, 1, 1), {5});
  const auto f = features_of(image, Mask(image.grid, 1), zone_params(test::kAllZones));
  EXPECT_EQ(f.at("gldzm.small_distance_emphasis.3d"), 1);
  EXPECT_EQ(f.at("gldzm.large_distance_emphasis.2d"), 1);
  EXPECT_EQ(f.at("gldzm.zone_distance_entropy.2.5d"), 0);
}

TEST(Gldzm, OneGreyLevelIsOneZoneAtTheBorder) {
  const Volume image(grid_of(6, 5, 4), 3);
  const auto f = features_of(image, Mask(image.grid, 1), zone_params(test::kAllZones));
  EXPECT_EQ(f.at("gldzm.large_distance_emphasis.3d"), 1);
  EXPECT_EQ(f.at("gldzm.zone_distance_variance.2.5d"), 0);
}

}  // namespace
}  // namespace radfuse::radiomics
