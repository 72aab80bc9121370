// SPDX-License-Identifier: Apache-2.0
// Size zones by hand, degenerate regions, and what must not change them.
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

TEST(Glszm, ThreeByThreeByHand) {
  // 1 1 2
  // 3 2 2   the 1 below touches no other 1; the 3s touch over a corner
  // 1 3 3
  const Volume image = image_of(grid_of(3, 3, 1), {1, 1, 2, 3, 2, 2, 1, 3, 3});
  const auto f = features_of(image, Mask(image.grid, 1), zone_params(), true);
  const auto at = [&f](const char* name) { return f.at("glszm." + std::string(name) + ".2d"); };
  // Zones (grey level, size): (1,2) (1,1) (2,3) (3,3).
  EXPECT_NEAR(at("small_zone_emphasis"), (0.25 + 1 + 2 / 9.0) / 4, 1e-12);
  EXPECT_NEAR(at("large_zone_emphasis"), (4 + 1 + 9 + 9) / 4.0, 1e-12);
  EXPECT_NEAR(at("low_grey_level_zone_emphasis"), (1 + 1 + 0.25 + 1 / 9.0) / 4, 1e-12);
  EXPECT_NEAR(at("high_grey_level_zone_emphasis"), (1 + 1 + 4 + 9) / 4.0, 1e-12);
  EXPECT_NEAR(at("small_zone_low_grey_level_emphasis"), (0.25 + 1 + 1 / 36.0 + 1 / 81.0) / 4, 1e-12);
  EXPECT_NEAR(at("small_zone_high_grey_level_emphasis"), (0.25 + 1 + 4 / 9.0 + 1) / 4, 1e-12);
  EXPECT_NEAR(at("large_zone_low_grey_level_emphasis"), (4 + 1 + 9 / 4.0 + 1) / 4, 1e-12);
  EXPECT_NEAR(at("large_zone_high_grey_level_emphasis"), (4 + 1 + 36 + 81) / 4.0, 1e-12);
  EXPECT_NEAR(at("grey_level_non_uniformity"), (4 + 1 + 1) / 4.0, 1e-12);
  EXPECT_NEAR(at("normalised_grey_level_non_uniformity"), 6 / 16.0, 1e-12);
  EXPECT_NEAR(at("zone_size_non_uniformity"), (1 + 1 + 4) / 4.0, 1e-12);
  EXPECT_NEAR(at("normalised_zone_size_non_uniformity"), 6 / 16.0, 1e-12);
  EXPECT_NEAR(at("zone_percentage"), 4 / 9.0, 1e-12);
  EXPECT_NEAR(at("grey_level_variance"), 15 / 4.0 - 1.75 * 1.75, 1e-12);
  EXPECT_NEAR(at("zone_size_variance"), 23 / 4.0 - 2.25 * 2.25, 1e-12);
  EXPECT_NEAR(at("zone_size_entropy"), 2, 1e-12);
}

TEST(Glszm, AZoneSpansSlicesOnlyInTheVolume) {
  const Volume image = image_of(grid_of(2, 1, 2), {1, 2, 2, 1});
  const auto f = features_of(image, Mask(image.grid, 1), zone_params(test::kAllZones));
  EXPECT_NEAR(f.at("glszm.zone_percentage.3d"), 0.5, 1e-12);
  EXPECT_NEAR(f.at("glszm.zone_percentage.2d"), 1, 1e-12);
  EXPECT_NEAR(f.at("glszm.zone_percentage.2.5d"), 1, 1e-12);
  EXPECT_NEAR(f.at("glszm.zone_size_entropy.2.5d"), 1, 1e-12);
}

TEST(Glszm, SlicesWithoutVoxelsDoNotCount) {
  const Volume image = image_of(grid_of(2, 1, 3), {1, 2, 7, 7, 1, 1});
  Mask mask(image.grid, 1);
  mask.values[2] = mask.values[3] = 0;
  const auto f = features_of(image, mask, zone_params(test::kAllZones));
  EXPECT_NEAR(f.at("glszm.large_zone_emphasis.2d"), (1 + 4) / 2.0, 1e-12);
  EXPECT_NEAR(f.at("glszm.large_zone_emphasis.2.5d"), (1 + 1 + 4) / 3.0, 1e-12);
}

TEST(Glszm, OneVoxelIsOneZone) {
  const Volume image = image_of(grid_of(1, 1, 1), {5});
  const auto f = features_of(image, Mask(image.grid, 1), zone_params(test::kAllZones));
  for (const char* a : {"2d", "2.5d", "3d"}) {
    EXPECT_EQ(f.at("glszm.small_zone_emphasis." + std::string(a)), 1);
    EXPECT_EQ(f.at("glszm.zone_size_variance." + std::string(a)), 0);
    EXPECT_EQ(f.at("glszm.zone_size_entropy." + std::string(a)), 0);
  }
  EXPECT_TRUE(f.reason("glszm.zone_size_entropy.3d").empty());
}

TEST(Glszm, OneGreyLevelIsOneZone) {
  const Volume image(grid_of(6, 5, 4), 3);
  const auto f = features_of(image, Mask(image.grid, 1), zone_params(test::kAllZones));
  EXPECT_NEAR(f.at("glszm.large_zone_emphasis.3d"), 120 * 120, 1e-9);
  EXPECT_NEAR(f.at("glszm.large_zone_emphasis.2d"), 30 * 30, 1e-9);
  EXPECT_NEAR(f.at("glszm.zone_percentage.2.5d"), 4 / 120.0, 1e-12);
}

TEST(Glszm, OneAggregationAndOneFamilyAreTheSameAloneAsAmongAll) {
  const auto s = test::random_sample(grid_of(8, 7, 5), 21);
  const auto together = features_of(s.image, s.mask, zone_params(test::kAllZones));
  for (const ZoneAggregation one : test::kAllZones)
    for (const FeatureGroup group :
         {FeatureGroup::glszm, FeatureGroup::gldzm, FeatureGroup::ngtdm, FeatureGroup::ngldm}) {
      RadiomicsParams p = zone_params({one});
      p.families = {group};
      for (const auto& [name, value] : features_of(s.image, s.mask, p).values)
        EXPECT_EQ(together.values.at(name), value) << name;
    }
}

TEST(Glszm, SixtyFiveThousandGreyLevels) {
  Volume image(grid_of(41, 40, 40));
  for (std::size_t i = 0; i < image.values.size(); ++i) image.values[i] = static_cast<float>(i % 65535);
  const auto f = features_of(image, Mask(image.grid, 1), zone_params(test::kAllZones));
  EXPECT_NEAR(f.at("glszm.zone_percentage.3d"), 1, 1e-12);
  for (const auto& [name, value] : f.values) {
    EXPECT_EQ(std::isnan(value), !f.reason(name.substr(9)).empty()) << name;
    EXPECT_FALSE(std::isinf(value)) << name;
  }
}

}  // namespace
}  // namespace radfuse::radiomics
