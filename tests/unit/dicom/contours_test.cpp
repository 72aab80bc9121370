// SPDX-License-Identifier: Apache-2.0
// Contours onto slices: planes, tolerance, clipping, missing slices, interpolation between shapes.
#include "contours.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <numbers>

#include "radfuse/base/error.hpp"

namespace radfuse::dicom {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Points = std::vector<std::array<double, 3>>;

/// 20 x 16 x 8 voxels of 1 x 2 x 3 mm from (-10, 5, 100).
ReferenceFrame image() {
  ReferenceFrame frame;
  frame.grid.size = {20, 16, 8};
  frame.grid.spacing = {1, 2, 3};
  frame.grid.origin = {-10, 5, 100};
  return frame;
}

/// A rectangle along pixel edges, from column x0 to x1 and row y0 to y1 (inclusive), at slice z.
Points box(double x0, double x1, double y0, double y1, double z, const ReferenceFrame& frame = image()) {
  const auto at = [&](double x, double y) { return frame.grid.point(x, y, z); };
  return {at(x0 - 0.5, y0 - 0.5), at(x1 + 0.5, y0 - 0.5), at(x1 + 0.5, y1 + 0.5), at(x0 - 0.5, y1 + 0.5)};
}

struct Drawn {
  Mask mask;
  std::vector<std::string> notes;
  std::vector<std::size_t> per_slice() const {
    std::vector<std::size_t> counts;
    const auto slice = static_cast<std::size_t>(mask.grid.size[0] * mask.grid.size[1]);
    for (std::size_t z = 0; z < static_cast<std::size_t>(mask.grid.size[2]); ++z) {
      counts.push_back(0);
      for (std::size_t i = 0; i < slice; ++i) counts.back() += mask.values[z * slice + i];
    }
    return counts;
  }
};

Drawn draw(const std::vector<Points>& contours, const MaskParams& params = {}, const ReferenceFrame& frame = image(),
           const std::vector<std::string>& instances = {}) {
  ContourStack stack(frame, params);
  for (std::size_t i = 0; i < contours.size(); ++i) stack.add(contours[i], i < instances.size() ? instances[i] : "");
  Drawn drawn;
  drawn.mask = stack.mask("region 1: ", drawn.notes);
  return drawn;
}

std::string refusal(const std::vector<Points>& contours, const MaskParams& params = {},
                    const ReferenceFrame& frame = image()) {
  try {
    draw(contours, params, frame);
  } catch (const InputError& error) {
    return error.what();
  }
  return {};
}

TEST(ContourStack, ARectangleCoversItsVoxels) {
  const Drawn drawn = draw({box(3, 7, 2, 4, 5)});
  EXPECT_EQ(drawn.mask.count(), 15U);
  EXPECT_EQ(drawn.mask.at(3, 2, 5), 1);
  EXPECT_EQ(drawn.mask.at(7, 4, 5), 1);
  EXPECT_EQ(drawn.mask.at(8, 4, 5), 0);
  EXPECT_THAT(drawn.notes, IsEmpty());
}

TEST(ContourStack, ObliqueImagesAreNoDifferent) {
  ReferenceFrame frame = image();
  const double c = std::cos(0.4), s = std::sin(0.4);
  frame.grid.direction = {c, -s, 0, c * s, c * c, -s, s * s, s * c, c};
  EXPECT_EQ(draw({box(3, 7, 2, 4, 5, frame)}, {}, frame).mask.values, draw({box(3, 7, 2, 4, 5)}).mask.values);
}

TEST(ContourStack, AContourWithinAnotherIsAHoleAndOneBesideItIsNot) {
  EXPECT_EQ(draw({box(1, 9, 1, 9, 2), box(3, 5, 3, 5, 2)}).mask.count(), 81U - 9U);
  EXPECT_EQ(draw({box(1, 3, 1, 3, 2), box(7, 9, 1, 3, 2)}).mask.count(), 18U);
  EXPECT_EQ(draw({box(1, 9, 1, 9, 2), box(3, 7, 3, 7, 2), box(5, 5, 5, 5, 2)}).mask.count(), 81U - 25U + 1U);
}

TEST(ContourStack, AContourDrawnTwiceCountsOnce) {
  const Drawn drawn = draw({box(1, 3, 1, 3, 2), box(1, 3, 1, 3, 2)});
  EXPECT_EQ(drawn.mask.count(), 9U);
  EXPECT_THAT(drawn.notes, ElementsAre("region 1: 1 contour drawn twice counted once"));
}

TEST(ContourStack, BetweenSlicesTheNearestWithinTheTolerance) {
  EXPECT_EQ(draw({box(1, 3, 1, 3, 2.4)}).per_slice()[2], 9U);
  EXPECT_EQ(draw({box(1, 3, 1, 3, 2.5)}).per_slice()[3], 9U);
  MaskParams strict;
  strict.slice_tolerance = 0.1;
  EXPECT_EQ(draw({box(1, 3, 1, 3, 1.95)}, strict).per_slice()[2], 9U);
  EXPECT_THAT(refusal({box(1, 3, 1, 3, 2.4)}, strict),
              HasSubstr("the contour at z = 107.2 mm lies between two slices, 1.2 mm from the nearest (slice 3); mask: "
                        "slice_tolerance"));
}

TEST(ContourStack, TheImageThatAContourNamesDecidesWhereItCan) {
  ReferenceFrame frame = image();
  for (int z = 0; z < 8; ++z) frame.instances.push_back("2.25." + std::to_string(z));
  EXPECT_EQ(draw({box(1, 3, 1, 3, 2.5)}, {}, frame, {"2.25.2"}).per_slice()[2], 9U);
  const Drawn wrong = draw({box(1, 3, 1, 3, 2)}, {}, frame, {"2.25.6"});
  EXPECT_EQ(wrong.per_slice()[2], 9U);
  ASSERT_EQ(wrong.notes.size(), 1U);
  EXPECT_THAT(wrong.notes[0], HasSubstr("1 contour placed by position, which contradicts the image"));
  EXPECT_THAT(draw({box(1, 3, 1, 3, 2)}, {}, frame, {"2.25.77"}).notes, IsEmpty()) << "an image that is not there";
}

TEST(ContourStack, ATiltedContourIsRefused) {
  Points tilted = box(1, 9, 1, 3, 2);
  tilted[1][2] += 0.02;
  EXPECT_EQ(refusal({tilted}), "") << "0.01 mm off the middle";
  tilted[1][2] += 0.005;
  EXPECT_THAT(refusal({tilted}), HasSubstr("at z = 106 mm does not lie in the plane of the image's slices"));
}

TEST(ContourStack, FinerContoursTakeTheNearestPlaneForEachSlice) {
  std::vector<Points> contours;
  for (int mm = 0; mm <= 6; ++mm) contours.push_back(box(1, 1 + mm, 1, 1, 2 + mm / 3.0));
  const Drawn drawn = draw(contours);
  EXPECT_THAT(drawn.per_slice(), ElementsAre(0, 0, 1, 4, 7, 0, 0, 0));
  EXPECT_THAT(drawn.notes,
              ElementsAre("region 1: 4 contours left out, because another contour plane lies nearer to the slice"));
}

TEST(ContourStack, WhatReachesBeyondTheImageIsCutOff) {
  const Drawn drawn = draw({box(-5, 2, 14, 30, 3)});
  EXPECT_EQ(drawn.mask.count(), 6U);
  EXPECT_THAT(drawn.notes, ElementsAre("region 1: 1 contour reaching beyond the image cut off at its edge"));
  EXPECT_THAT(draw({box(0, 19, 0, 15, 3)}).notes, IsEmpty()) << "along the outermost edges nothing is cut";
  const Drawn above = draw({box(1, 2, 1, 2, 7), box(1, 2, 1, 2, 8), box(1, 2, 1, 2, 9)});
  EXPECT_EQ(above.mask.count(), 4U);
  EXPECT_THAT(above.notes, ElementsAre("region 1: 2 contours outside the image left out"));
}

TEST(ContourStack, WhatLiesWhollyOutsideIsRefused) {
  EXPECT_THAT(refusal({box(1, 2, 1, 2, 20)}), HasSubstr("region 1: all its contours lie outside the image"));
  EXPECT_THAT(refusal({box(30, 32, 1, 2, 2)}), HasSubstr("outside the image"));
  EXPECT_THAT(refusal({}), HasSubstr("has no closed contour"));
}

TEST(ContourStack, MissingSlicesStayEmptyAreRefusedOrDrawn) {
  const std::vector<Points> contours = {box(5, 9, 4, 8, 1), box(5, 9, 4, 8, 2), box(5, 9, 4, 8, 4), box(5, 9, 4, 8, 5)};
  const Drawn none = draw(contours);
  EXPECT_THAT(none.per_slice(), ElementsAre(0, 25, 25, 0, 25, 25, 0, 0));
  EXPECT_THAT(none.notes, ElementsAre("region 1: 1 slice between its contours (4, counted from 1 along the normal) has "
                                      "none and stays empty"));
  MaskParams params;
  params.missing_contours = ContourFill::refuse;
  EXPECT_THAT(refusal(contours, params), HasSubstr("1 slice between its contours (4,"));
  EXPECT_THAT(refusal(contours, params), HasSubstr("missing_contours: linear"));
  params.missing_contours = ContourFill::linear;
  const Drawn linear = draw(contours, params);
  EXPECT_THAT(linear.per_slice(), ElementsAre(0, 25, 25, 25, 25, 25, 0, 0));
  EXPECT_THAT(linear.notes[0], HasSubstr("drawn between the neighbouring contours"));
}

TEST(ContourStack, ContoursMuchFurtherApartThanSlicesAreNotLeftAsStripes) {
  const std::vector<Points> contours = {box(5, 9, 4, 8, 0), box(5, 9, 4, 8, 3), box(5, 9, 4, 8, 6)};
  EXPECT_THAT(refusal(contours), HasSubstr("4 slices between its contours (2 to 3, 5 to 6, counted from 1 along the "
                                           "normal) have none; the contours are further apart"));
  MaskParams params;
  params.missing_contours = ContourFill::linear;
  EXPECT_THAT(draw(contours, params).per_slice(), ElementsAre(25, 25, 25, 25, 25, 25, 25, 0));
}

/// Discs of radius 12 and 6 about one centre: half-way between them lies a disc of radius 9.
TEST(InterpolateBetween, DiscsChangeTheirRadiusSteadily) {
  Grid grid;
  grid.size = {41, 41, 4};
  Mask mask(grid);
  const auto disc = [&](std::int64_t z, double radius) {
    for (std::int64_t y = 0; y < 41; ++y)
      for (std::int64_t x = 0; x < 41; ++x)
        mask.at(x, y, z) = std::hypot(static_cast<double>(x - 20), static_cast<double>(y - 20)) <= radius;
  };
  disc(0, 12);
  disc(3, 6);
  interpolate_between(mask, 0, 3);
  std::array<double, 4> area{};
  for (std::size_t z = 0; z < 4; ++z)
    for (std::size_t i = 0; i < 41 * 41; ++i) area[z] += mask.values[z * 41 * 41 + i];
  EXPECT_NEAR(std::sqrt(area[1] / std::numbers::pi), 10, 0.5);
  EXPECT_NEAR(std::sqrt(area[2] / std::numbers::pi), 8, 0.5);
}

/// A box of 9 rows that moves by 4: half-way it has moved by 2. Distances count pixel centres, so that a row is inside
/// as long as it is no further outside the one than inside the other.
TEST(InterpolateBetween, ShiftedBoxesMeetHalfWay) {
  Grid grid;
  grid.size = {40, 30, 3};
  Mask mask(grid);
  for (std::int64_t x = 5; x < 35; ++x)
    for (std::int64_t y = 5; y < 14; ++y) mask.at(x, y, 0) = mask.at(x, y + 4, 2) = 1;
  interpolate_between(mask, 0, 2);
  for (std::int64_t y = 0; y < 30; ++y) EXPECT_EQ(mask.at(20, y, 1), y >= 7 && y < 16) << y;
}

TEST(InterpolateBetween, AtTheImagesEdgeToo) {
  Grid grid;
  grid.size = {6, 5, 3};
  Mask mask(grid);
  for (std::size_t i = 0; i < 30; ++i) mask.values[i] = mask.values[60 + i] = 1;
  interpolate_between(mask, 0, 2);
  EXPECT_EQ(mask.count(), 90U);
}

}  // namespace
}  // namespace radfuse::dicom
