// SPDX-License-Identifier: Apache-2.0
// The intensity-volume histogram by hand, and of regions that hardly have one.
#include <gtest/gtest.h>

#include "support.hpp"

namespace radfuse::radiomics {
namespace {

test::Features of(std::vector<float> values, const IvhParams& ivh, std::optional<ResegmentParams> range = {}) {
  RadiomicsParams p;
  p.families = {FeatureGroup::intensity_volume_histogram};
  p.ivh = ivh;
  p.resegment = range;
  const Grid g = test::grid_of(static_cast<std::int64_t>(values.size()), 1, 1);
  return test::features_of(test::image_of(g, std::move(values)), Mask(g, 1), p);
}
const std::string kFamily = "intensity_volume_histogram.";

TEST(IntensityVolumeHistogram, OfTenWholeNumbers) {
  const auto f = of({0, 1, 2, 3, 4, 5, 6, 7, 8, 10}, {});
  EXPECT_DOUBLE_EQ(f.at(kFamily + "volume_fraction_at_10_intensity"), 0.9);  // all but 0
  EXPECT_DOUBLE_EQ(f.at(kFamily + "volume_fraction_at_90_intensity"), 0.1);  // 10 only
  EXPECT_EQ(f.at(kFamily + "intensity_at_10_volume"), 9);                    // no voxel has 9, and one has more
  EXPECT_EQ(f.at(kFamily + "intensity_at_90_volume"), 1);
  EXPECT_DOUBLE_EQ(f.at(kFamily + "volume_fraction_difference_10_90"), 0.8);
  EXPECT_EQ(f.at(kFamily + "intensity_difference_10_90"), 8);
  // Shares 1, 0.9, ... 0.2 at 0 to 8, 0.1 at 9 and 10: trapezia of 0.95 + ... + 0.25 + 0.15 + 0.1, each 0.1 wide.
  EXPECT_NEAR(f.at(kFamily + "area_under_curve"), 0.505, 1e-12);
}

TEST(IntensityVolumeHistogram, TheRangeIsThatOfResegmentation) {
  const auto f = of({0, 10}, {}, ResegmentParams{-100, 100, {}});
  EXPECT_DOUBLE_EQ(f.at(kFamily + "volume_fraction_at_10_intensity"), 1);
  EXPECT_DOUBLE_EQ(f.at(kFamily + "volume_fraction_at_90_intensity"), 0);
  EXPECT_EQ(f.at(kFamily + "intensity_at_10_volume"), 11);
  EXPECT_EQ(f.at(kFamily + "intensity_at_90_volume"), 1);
}

TEST(IntensityVolumeHistogram, BinsOfAFixedWidthStandForTheirCentres) {
  const auto f = of({0, 1, 2, 3, 9.9F}, {IvhDiscretisation::fixed_bin_size, 2.5, 0});
  EXPECT_EQ(f.reason(kFamily + "intensity_at_10_volume"), "volume_not_reached");  // bins 1 1 1 2 4
  EXPECT_EQ(f.at(kFamily + "intensity_at_90_volume"), 3.75);                      // two fifths reach bin 2
  EXPECT_EQ(f.at(kFamily + "volume_fraction_at_10_intensity"), 0.4);
  EXPECT_EQ(f.at(kFamily + "volume_fraction_at_90_intensity"), 0.2);
}

TEST(IntensityVolumeHistogram, NumberedBinsStandForTheirNumbers) {
  const auto f = of({0, 1, 2, 3, 4, 5, 6, 7, 8, 9.99F, 10}, {IvhDiscretisation::fixed_bin_number, {}, 10});
  EXPECT_EQ(f.at(kFamily + "intensity_at_90_volume"), 3);  // ten elevenths are more than nine tenths
  EXPECT_EQ(f.reason(kFamily + "intensity_at_10_volume"), "volume_not_reached");  // two elevenths have the last
}

TEST(IntensityVolumeHistogram, OneIntensityHasNoFractions) {
  for (const IvhParams& ivh : {IvhParams{}, IvhParams{IvhDiscretisation::fixed_bin_size, 2.5, 0},
                               IvhParams{IvhDiscretisation::fixed_bin_number, {}, 1000}}) {
    const auto f = of({5, 5, 5}, ivh);
    EXPECT_EQ(f.reason(kFamily + "volume_fraction_at_10_intensity"), "one_intensity");
    EXPECT_EQ(f.reason(kFamily + "intensity_at_90_volume"), "volume_not_reached");
    EXPECT_EQ(f.at(kFamily + "area_under_curve"), 0);
  }
}

}  // namespace
}  // namespace radfuse::radiomics
