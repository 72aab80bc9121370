// SPDX-License-Identifier: Apache-2.0
// The order of the IBSI: interpolation, rounding, re-segmentation, discretisation; and what is refused.
#include <gtest/gtest.h>

#include "radfuse/base/error.hpp"
#include "support.hpp"

namespace radfuse::radiomics {
namespace {

using test::grid_of;
using test::image_of;

std::vector<std::uint16_t> levels_of(std::vector<float> values, const DiscretiseParams& d,
                                     std::optional<double> low = {}) {
  RadiomicsParams p;
  p.discretise = d;
  if (low) p.resegment = ResegmentParams{low, {}, {}};
  const Grid g = grid_of(static_cast<std::int64_t>(values.size()), 1, 1);
  return prepare(image_of(g, std::move(values)), Mask(g, 1), p, false).grey->levels;
}

using Levels = std::vector<std::uint16_t>;

TEST(Discretise, FixedBinSizeStartsAtTheMinimumOrTheLowerBound) {
  const DiscretiseParams d{Discretisation::fixed_bin_size, 25.0, 0};
  EXPECT_EQ(levels_of({10, 34, 35, 59, 60}, d), (Levels{1, 1, 2, 2, 3}));
  EXPECT_EQ(levels_of({10, 34, 35, 59, 60}, d, 0), (Levels{1, 2, 2, 3, 3}));
}

TEST(Discretise, FixedBinNumberPutsTheMaximumInTheLastBin) {
  const DiscretiseParams d{Discretisation::fixed_bin_number, {}, 4};
  EXPECT_EQ(levels_of({0, 24, 25, 50, 75, 99, 100}, d), (Levels{1, 1, 2, 3, 4, 4, 4}));
}

TEST(Discretise, AFlatRegionHasOneGreyLevel) {
  EXPECT_EQ(levels_of({7, 7, 7}, {Discretisation::fixed_bin_number, {}, 32}), (Levels{1, 1, 1}));
  EXPECT_EQ(levels_of({7, 7, 7}, {Discretisation::fixed_bin_size, 2.0, 32}), (Levels{1, 1, 1}));
}

TEST(Discretise, TooManyGreyLevelsAreRefusedWithAdvice) {
  try {
    levels_of({0, 1e6F}, {Discretisation::fixed_bin_size, 0.001, 0});
    FAIL();
  } catch (const CaseError& error) {
    EXPECT_NE(std::string(error.what()).find("radiomics.discretise.width"), std::string::npos);
  }
}

TEST(Resegment, RangeIsClosedAndMorphologyKeepsAll) {
  RadiomicsParams p;
  p.resegment = ResegmentParams{-5.0, 5.0, {}};
  const Grid g = grid_of(5, 1, 1);
  const Prepared r = prepare(image_of(g, {-6, -5, 0, 5, 6}), Mask(g, 1), p, false);
  EXPECT_EQ(r.intensity.values, (std::vector<std::uint8_t>{0, 1, 1, 1, 0}));
  EXPECT_EQ(r.morphological.count(), 5U);
  p.resegment = ResegmentParams{100.0, {}, {}};
  EXPECT_THROW(prepare(image_of(g, {-6, -5, 0, 5, 6}), Mask(g, 1), p, false), CaseError);
}

TEST(Resegment, OutliersAreThoseOfWhatTheRangeLeft) {
  // Without the range, the mean of 0 x9, 10, 1000 is far off and 10 stays; with it, mean 1 and deviation 3 leave 10
  // just in.
  const Grid g = grid_of(11, 1, 1);
  const Volume image = image_of(g, {0, 0, 0, 0, 0, 0, 0, 0, 0, 10, 1000});
  RadiomicsParams p;
  p.resegment = ResegmentParams{{}, 500.0, 2.9};
  EXPECT_EQ(prepare(image, Mask(g, 1), p, false).intensity.count(), 9U);
  p.resegment->outliers_sigma = 3;
  EXPECT_EQ(prepare(image, Mask(g, 1), p, false).intensity.count(), 10U);
}

TEST(Resegment, OutlierFilteringThatLeavesNothingIsRefused) {
  RadiomicsParams p;
  p.resegment = ResegmentParams{{}, {}, 0.5};
  EXPECT_THROW(prepare(image_of(grid_of(2, 1, 1), {0, 10}), Mask(grid_of(2, 1, 1), 1), p, false), CaseError);
}

TEST(Discretise, VoxelsOutsideTheMaskHaveNoLevelWhateverTheirIntensity) {
  RadiomicsParams p;
  p.discretise = DiscretiseParams{Discretisation::fixed_bin_size, 1.0, 0};
  const Grid g = grid_of(6, 1, 1);
  Mask mask(g, 1);
  mask.at(1, 0, 0) = mask.at(2, 0, 0) = mask.at(3, 0, 0) = 0;
  const auto grey = prepare(image_of(g, {1, -3e38F, 3e38F, 2, 3, 1.5F}), mask, p, false).grey.value();
  EXPECT_EQ(grey.levels, (Levels{1, 0, 0, 0, 3, 1}));
  EXPECT_EQ(grey.count, 3);
}

TEST(Prepare, RoundsAfterInterpolation) {
  const Grid g = grid_of(4, 1, 1);
  RadiomicsParams p;
  p.resample.emplace();
  p.resample->spacing_mm = {0.5, 0, 0};
  p.resample->round_intensities = true;
  // Centres at -0.25, 0.25, 0.75 ...: 0, 0.75, 2.25, 3.75, 5.25, ...
  const Prepared r = prepare(image_of(g, {0, 3, 6, 9}), Mask(g, 1), p, false);
  EXPECT_EQ(r.image.values, (std::vector<float>{0, 1, 2, 4, 5, 7, 8, 9}));
}

TEST(Prepare, InterpolatesOnlyTheRegionButAsTheWhole) {
  const auto s = test::random_sample(grid_of(30, 20, 12), 3);
  Mask mask(s.mask.grid);
  for (std::int64_t z = 4; z < 8; ++z)
    for (std::int64_t y = 7; y < 12; ++y)
      for (std::int64_t x = 20; x < 29; ++x) mask.at(x, y, z) = s.mask.at(x, y, z);
  RadiomicsParams p;
  p.resample.emplace();
  p.resample->spacing_mm = {0.7, 0.7, 0.7};
  p.resample->interpolator = VoxelInterpolation::cubic;
  const Prepared part = prepare(s.image, mask, p, false);
  const Prepared whole = prepare(s.image, Mask(s.mask.grid, 1), p, false);
  ASSERT_EQ(part.whole, whole.whole);
  const auto offset = [&](std::size_t a) {
    return std::lround((part.image.grid.origin[a] - whole.image.grid.origin[a]) / 0.7);
  };
  for (std::int64_t z = 0; z < part.image.grid.size[2]; ++z)
    for (std::int64_t y = 0; y < part.image.grid.size[1]; ++y)
      for (std::int64_t x = 0; x < part.image.grid.size[0]; ++x)
        EXPECT_NEAR(part.image.at(x, y, z), whole.image.at(x + offset(0), y + offset(1), z + offset(2)), 1e-5);
}

TEST(Prepare, RefusesWhatCannotBe) {
  const Grid g = grid_of(8, 8, 2);
  RadiomicsParams p;
  EXPECT_THROW(prepare(Volume(g), Mask(g), p, false), CaseError);    // empty region
  EXPECT_THROW(prepare(Volume(g), Mask(g, 1), p, true), CaseError);  // two slices called 2d
  EXPECT_THROW(prepare(Volume(g), Mask(grid_of(8, 8, 3), 1), p, false), CaseError);
  Mask small(g);
  small.at(1, 1, 1) = 1;
  p.resample.emplace();
  p.resample->spacing_mm = {4, 4, 4};
  EXPECT_THROW(prepare(Volume(g), small, p, false), CaseError);  // vanishes
}

TEST(Region, RingsFollowNamesToAMask) {
  const Grid g = grid_of(9, 9, 1);
  Mask dot(g);
  dot.at(4, 4, 0) = 1;
  RadiomicsParams p;
  p.rois = {{"outer", {RoiSource::none, {}, {0, 1}, "rim"}},
            {"tumour", {RoiSource::mask, 2.0, {}, {}}},
            {"rim", {RoiSource::none, {}, {0, 1}, "tumour"}}};
  EXPECT_TRUE(rings_end_at_a_mask(p.rois));
  const auto source = [&](RoiSource from, std::optional<int> label) {
    EXPECT_EQ(from, RoiSource::mask);
    EXPECT_EQ(label, 2);
    return dot;
  };
  EXPECT_EQ(region(p, "rim", true, source).count(), 4U);
  // The rim of the four: the dot in their middle and eight around.
  EXPECT_EQ(region(p, "outer", true, source).count(), 9U);
  p.rois[1].second = {RoiSource::none, {}, {0, 1}, "outer"};
  EXPECT_FALSE(rings_end_at_a_mask(p.rois));
  EXPECT_THROW(region(p, "rim", true, source), StudyError);
}

}  // namespace
}  // namespace radfuse::radiomics
