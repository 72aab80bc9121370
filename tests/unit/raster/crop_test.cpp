// SPDX-License-Identifier: Apache-2.0
// Boxes, cuts, windows, resizing and the way back, on grids small enough to check by hand.
#include "radfuse/raster/crop.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "radfuse/base/error.hpp"

namespace radfuse::raster {
namespace {

Grid grid(std::int64_t w, std::int64_t h, double sx = 1, double sy = 1) {
  Grid g;
  g.size = {w, h, 1};
  g.spacing = {sx, sy, 1};
  return g;
}
Volume ramp(const Grid& g) {
  Volume v(g);
  for (std::int64_t y = 0; y < g.size[1]; ++y)
    for (std::int64_t x = 0; x < g.size[0]; ++x) v.at(x, y, 0) = static_cast<float>(10 * y + x);
  return v;
}
Mask block(const Grid& g, int x0, int x1, int y0, int y1) {
  Mask m(g);
  for (int y = y0; y <= y1; ++y)
    for (int x = x0; x <= x1; ++x) m.at(x, y, 0) = 1;
  return m;
}

TEST(WholeBox, ExtendsTheShorterSide) {
  EXPECT_EQ(whole_box(grid(10, 6)), (SliceBox{0, -2, 10, 10}));
  EXPECT_EQ(whole_box(grid(10, 6, 1, 2)), (SliceBox{-1, 0, 12, 6}));  // 10 x 12 mm
}

TEST(Cut, RepeatsTheEdgeOfImagesAndEndsMasks) {
  const Grid g = grid(3, 2);
  EXPECT_THAT(cut(ramp(g), 0, {-1, -1, 3, 3}).values, testing::ElementsAre(0, 0, 1, 0, 0, 1, 10, 10, 11));
  EXPECT_THAT(cut(Mask(g, 1), 0, {-1, -1, 3, 3}).values, testing::ElementsAre(0, 0, 0, 0, 1, 1, 0, 1, 1));
}

TEST(PercentileWindow, IsLinearBetweenRanks) {
  const std::vector<float> values{30, 10, 20, 0, 40};
  const Window w = percentile_window(values, 10, 90);
  EXPECT_DOUBLE_EQ(w.low, 4);
  EXPECT_DOUBLE_EQ(w.high, 36);
}

TEST(PercentileWindow, FallsBackToTheFullRangeAndRefusesAFlatImage) {
  std::vector<float> values(1000, 5);
  values[17] = 9;
  const Window w = percentile_window(values);
  EXPECT_DOUBLE_EQ(w.low, 5);
  EXPECT_DOUBLE_EQ(w.high, 9);
  EXPECT_THROW(percentile_window(std::vector<float>(10, 3.0F)), CaseError);
  EXPECT_THROW(percentile_window({}), CaseError);
}

TEST(Normalise, ClipsAtBothEnds) {
  Patch p(1, 1, 4);
  p.values = {-200, -100, 50, 300};
  normalise(p, {-100, 200});
  EXPECT_THAT(p.values, testing::ElementsAre(0, 0, 0.5, 1));
}

TEST(Resize, AveragesWhenReducingByAWholeFactorOfAConstantRamp) {
  // Factor 2 with the triangle of half-width 2: weights 1,3,3,1 over 8, so a linear ramp keeps its value at the centre.
  Patch p(1, 1, 8);
  p.values = {0, 1, 2, 3, 4, 5, 6, 7};
  const Patch r = resize_image(p, 1, 4);
  EXPECT_NEAR(r.values[1], 2.5, 1e-6);
  EXPECT_NEAR(r.values[2], 4.5, 1e-6);
  EXPECT_NEAR(r.values[0], (0 * 3 + 1 * 3 + 2 * 1) / 7.0, 1e-6);  // the border drops one weight
}

TEST(Resize, KeepsChannelsApart) {
  Patch p(2, 2, 2);
  p.values = {1, 1, 1, 1, 5, 5, 5, 5};
  const Patch r = resize_image(p, 3, 5);
  EXPECT_EQ(r.channels, 2);
  for (std::size_t i = 0; i < 15; ++i) {
    EXPECT_FLOAT_EQ(r.values[i], 1);
    EXPECT_FLOAT_EQ(r.values[15 + i], 5);
  }
}

TEST(Resize, OfABlockIsTheSameAlongTheThirdAxis) {
  // The line of the test above, once as a row and once in depth.
  Patch deep = Patch::block(1, 8, 1, 1);
  deep.values = {0, 1, 2, 3, 4, 5, 6, 7};
  Patch row(1, 1, 8);
  row.values = deep.values;
  const Patch r = resize(deep, 4, 1, 1);
  EXPECT_EQ(r.depth, 4);
  EXPECT_EQ(r.values, resize_image(row, 1, 4).values);
  // Two channels stay apart.
  Patch two = Patch::block(2, 2, 2, 2, 1);
  for (std::size_t i = 8; i < 16; ++i) two.values[i] = 5;
  const Patch larger = resize(two, 3, 4, 5);
  ASSERT_EQ(larger.values.size(), 120U);
  for (std::size_t i = 0; i < 60; ++i) {
    EXPECT_FLOAT_EQ(larger.values[i], 1);
    EXPECT_FLOAT_EQ(larger.values[60 + i], 5);
  }
}

TEST(WholeSlice, AndPasteComeBackToThePixelsTheyCameFrom) {
  const Grid g = grid(24, 16);
  Mask mask = block(g, 6, 17, 4, 11);
  const Patch half = whole_slice(mask, 0, 48);
  Volume probability(g);
  paste(half, 0, whole_box(g), 0, probability);
  for (std::size_t i = 0; i < mask.values.size(); ++i) EXPECT_EQ(probability.values[i] >= 0.5F, mask.values[i] == 1);
}

TEST(WholeSlice, OfAnImageUsesItsOwnPercentilesUnlessTold) {
  const Patch p = whole_slice(ramp(grid(8, 8)), 0, 16, std::nullopt);
  EXPECT_EQ(*std::min_element(p.values.begin(), p.values.end()), 0);
  EXPECT_EQ(*std::max_element(p.values.begin(), p.values.end()), 1);
  const Patch q = whole_slice(ramp(grid(8, 8)), 0, 16, Window{0, 770});
  EXPECT_NEAR(*std::max_element(q.values.begin(), q.values.end()), 0.1, 1e-6);
}

}  // namespace
}  // namespace radfuse::raster
