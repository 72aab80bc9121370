// SPDX-License-Identifier: Apache-2.0
// Dependences by hand.
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

const Volume kImage = image_of(grid_of(3, 2, 1), {1, 1, 2, 1, 3, 2});

TEST(Ngldm, TwoRowsByHand) {
  // 1 1 2
  // 1 3 2    the 1s have 3 alike each, the 2s 2, the 3 only itself
  const auto f = features_of(kImage, Mask(kImage.grid, 1), zone_params(), true);
  const auto at = [&f](const char* name) { return f.at("ngldm." + std::string(name) + ".2d"); };
  // (grey level, count) times: (1,3) 3, (2,2) 2, (3,1) 1.
  EXPECT_NEAR(at("low_dependence_emphasis"), (3 / 9.0 + 2 / 4.0 + 1) / 6, 1e-12);
  EXPECT_NEAR(at("high_dependence_emphasis"), (27 + 8 + 1) / 6.0, 1e-12);
  EXPECT_NEAR(at("low_grey_level_count_emphasis"), (3 + 2 / 4.0 + 1 / 9.0) / 6, 1e-12);
  EXPECT_NEAR(at("high_grey_level_count_emphasis"), (3 + 8 + 9) / 6.0, 1e-12);
  EXPECT_NEAR(at("low_dependence_low_grey_level_emphasis"), (3 / 9.0 + 2 / 16.0 + 1 / 9.0) / 6, 1e-12);
  EXPECT_NEAR(at("low_dependence_high_grey_level_emphasis"), (3 / 9.0 + 2 + 9) / 6, 1e-12);
  EXPECT_NEAR(at("high_dependence_low_grey_level_emphasis"), (27 + 2 + 1 / 9.0) / 6, 1e-12);
  EXPECT_NEAR(at("high_dependence_high_grey_level_emphasis"), (27 + 32 + 9) / 6.0, 1e-12);
  EXPECT_NEAR(at("grey_level_non_uniformity"), 14 / 6.0, 1e-12);
  EXPECT_NEAR(at("normalised_grey_level_non_uniformity"), 14 / 36.0, 1e-12);
  EXPECT_NEAR(at("dependence_count_non_uniformity"), 14 / 6.0, 1e-12);
  EXPECT_NEAR(at("normalised_dependence_count_non_uniformity"), 14 / 36.0, 1e-12);
  EXPECT_EQ(at("dependence_count_percentage"), 1);
  EXPECT_NEAR(at("grey_level_variance"), 20 / 6.0 - 100 / 36.0, 1e-12);
  EXPECT_NEAR(at("dependence_count_variance"), 36 / 6.0 - 196 / 36.0, 1e-12);
  EXPECT_NEAR(at("dependence_count_entropy"), 0.5 + std::log2(3) / 3 + std::log2(6) / 6, 1e-12);
  EXPECT_NEAR(at("dependence_count_energy"), 14 / 36.0, 1e-12);
}

TEST(Ngldm, CoarsenessIsHowFarLevelsMayDiffer) {
  RadiomicsParams p = zone_params();
  p.ngldm.coarseness = 1;
  // 1 1 2
  // 1 3 2    counts: 3 5 4 in the first row, 3 3 4 in the second; only 1 and 3 are not alike
  const auto f = features_of(kImage, Mask(kImage.grid, 1), p, true);
  EXPECT_NEAR(f.at("ngldm.high_dependence_emphasis.2d"), (3 * 9 + 25 + 2 * 16) / 6.0, 1e-12);
  p.ngldm.coarseness = 65535;
  EXPECT_NEAR(features_of(kImage, Mask(kImage.grid, 1), p, true).at("ngldm.high_dependence_emphasis.2d"),
              (4 * 16 + 2 * 36) / 6.0, 1e-12);
}

TEST(Ngldm, OneVoxelDependsOnItselfAlone) {
  const Volume image = image_of(grid_of(1, 1, 1), {5});
  RadiomicsParams p = zone_params(test::kAllZones);
  for (const int distance : {1, 20}) {
    p.ngldm.distance = distance;
    const auto f = features_of(image, Mask(image.grid, 1), p);
    for (const char* a : {"2d", "2.5d", "3d"}) {
      EXPECT_EQ(f.at("ngldm.low_dependence_emphasis." + std::string(a)), 1);
      EXPECT_EQ(f.at("ngldm.dependence_count_energy." + std::string(a)), 1);
      EXPECT_EQ(f.at("ngldm.dependence_count_entropy." + std::string(a)), 0);
    }
  }
}

TEST(Ngldm, VoxelsLeftOutAreNotAlike) {
  const Volume image = image_of(grid_of(3, 1, 1), {1, 1, 1});
  Mask mask(image.grid, 1);
  mask.values[1] = 0;
  const auto f = features_of(image, mask, zone_params(test::kAllZones));
  EXPECT_EQ(f.at("ngldm.high_dependence_emphasis.3d"), 1);
  RadiomicsParams wide = zone_params();
  wide.ngldm.distance = 2;
  EXPECT_EQ(features_of(image, mask, wide).at("ngldm.high_dependence_emphasis.3d"), 4);
}

TEST(Ngldm, ANeighbourhoodOfMoreThan65535Voxels) {
  const Volume image(grid_of(41, 41, 41), 7);
  RadiomicsParams p = zone_params();
  p.families = {FeatureGroup::ngldm};
  p.ngldm.distance = 20;
  // Along an axis the counts are 21, 22, ... 41, ... 21.
  double squares = 41 * 41;
  for (int k = 21; k <= 40; ++k) squares += 2 * k * k;
  EXPECT_NEAR(features_of(image, Mask(image.grid, 1), p).at("ngldm.high_dependence_emphasis.3d"),
              std::pow(squares / 41, 3), 1e-9 * std::pow(squares / 41, 3));
}

}  // namespace
}  // namespace radfuse::radiomics
