// SPDX-License-Identifier: Apache-2.0
// Tone differences by hand, and the values that the IBSI sets where a denominator is zero.
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

TEST(Ngtdm, ARowByHand) {
  const Volume image = image_of(grid_of(4, 1, 1), {1, 2, 4, 1});
  const auto f = features_of(image, Mask(image.grid, 1), zone_params(), true);
  const auto at = [&f](const char* name) { return f.at("ngtdm." + std::string(name) + ".2d"); };
  // Means of the neighbours 2, 2.5, 1.5, 4: differences 1, 0.5, 2.5, 3. Level 1: n 2, s 4; 2: n 1, s 0.5; 4: n 1,
  // s 2.5.
  EXPECT_NEAR(at("coarseness"), 1 / (0.5 * 4 + 0.25 * 0.5 + 0.25 * 2.5), 1e-12);
  EXPECT_NEAR(at("contrast"), 2 * (0.125 * 1 + 0.125 * 9 + 0.0625 * 4) / 6 * 7 / 4, 1e-12);
  // i p_i: 0.5, 0.5, 1.
  EXPECT_NEAR(at("busyness"), 2.75 / (2 * (0 + 0.5 + 0.5)), 1e-12);
  EXPECT_NEAR(at("complexity"), 2 * (1 * 2.125 / 0.75 + 3 * 2.625 / 0.75 + 2 * 0.75 / 0.5) / 4, 1e-12);
  EXPECT_NEAR(at("strength"), 2 * (0.75 * 1 + 0.75 * 9 + 0.5 * 4) / 7, 1e-12);
}

TEST(Ngtdm, VoxelsWithoutNeighboursAreLeftOut) {
  const Volume image = image_of(grid_of(5, 1, 1), {1, 2, 9, 9, 4});
  Mask mask(image.grid, 1);
  mask.values[2] = mask.values[3] = 0;
  const auto f = features_of(image, mask, zone_params(test::kAllZones));
  EXPECT_NEAR(f.at("ngtdm.coarseness.3d"), 1, 1e-12);
  EXPECT_NEAR(f.at("ngtdm.strength.2d"), 1, 1e-12);
  RadiomicsParams wide = zone_params();
  wide.ngtdm.distance = 3;
  // 4 has 2 for a neighbour, 2 has 1 and 4: differences 1, 0.5, 2.
  EXPECT_NEAR(features_of(image, mask, wide).at("ngtdm.coarseness.3d"), 3 / 3.5, 1e-12);
}

TEST(Ngtdm, NoNeighboursAtAll) {
  const Volume one = image_of(grid_of(1, 1, 1), {5});
  const auto f = features_of(one, Mask(one.grid, 1), zone_params(test::kAllZones));
  for (const char* a : {"2d", "2.5d", "3d"})
    for (const char* name : {"coarseness", "contrast", "busyness", "complexity", "strength"}) {
      const std::string column = "ngtdm." + std::string(name) + "." + a;
      EXPECT_TRUE(std::isnan(f.at(column))) << column;
      EXPECT_EQ(f.reason(column), "no_neighbours") << column;
    }
}

TEST(Ngtdm, OneGreyLevelTakesTheValuesThatTheIbsiSets) {
  const Volume image(grid_of(4, 3, 2), 3);
  const auto f = features_of(image, Mask(image.grid, 1), zone_params(test::kAllZones));
  for (const char* a : {"2d", "2.5d", "3d"}) {
    EXPECT_EQ(f.at("ngtdm.coarseness." + std::string(a)), 1e6);
    for (const char* name : {"contrast", "busyness", "complexity", "strength"})
      EXPECT_EQ(f.at("ngtdm." + std::string(name) + "." + a), 0) << name;
  }
}

TEST(Ngtdm, BusynessDividesByADifferenceThatMayVanish) {
  // Twice level 1 and once level 2: i p_i is the same for both.
  const Volume image = image_of(grid_of(3, 1, 1), {1, 1, 2});
  const auto f = features_of(image, Mask(image.grid, 1), zone_params());
  EXPECT_TRUE(std::isnan(f.at("ngtdm.busyness.3d")));
  EXPECT_EQ(f.reason("ngtdm.busyness.3d"), "zero_denominator");
  EXPECT_GT(f.at("ngtdm.contrast.3d"), 0);
}

TEST(Ngtdm, TwoFlatPatchesThatDoNotTouch) {
  const Volume image = image_of(grid_of(6, 1, 1), {1, 1, 9, 9, 5, 5});
  Mask mask(image.grid, 1);
  mask.values[2] = mask.values[3] = 0;
  const auto f = features_of(image, mask, zone_params());
  EXPECT_EQ(f.at("ngtdm.coarseness.3d"), 1e6);
  EXPECT_EQ(f.at("ngtdm.strength.3d"), 0);
  EXPECT_EQ(f.at("ngtdm.busyness.3d"), 0);
}

}  // namespace
}  // namespace radfuse::radiomics
