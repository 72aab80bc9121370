// SPDX-License-Identifier: Apache-2.0
// Which pieces a network sees, with which grey levels and weights, on grids small enough to check by hand.
#include "radfuse/raster/views.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "radfuse/base/error.hpp"

namespace radfuse::raster {
namespace {

using testing::ElementsAre;

Grid grid(std::int64_t w, std::int64_t h, std::int64_t d, double sx = 1, double sy = 1, double sz = 1) {
  Grid g;
  g.size = {w, h, d};
  g.spacing = {sx, sy, sz};
  return g;
}
// x + 10 y + 100 z
Volume ramp(const Grid& g) {
  Volume v(g);
  for (std::int64_t z = 0; z < g.size[2]; ++z)
    for (std::int64_t y = 0; y < g.size[1]; ++y)
      for (std::int64_t x = 0; x < g.size[0]; ++x) v.at(x, y, z) = static_cast<float>(100 * z + 10 * y + x);
  return v;
}
Mask& fill(Mask& m, std::int64_t x0, std::int64_t x1, std::int64_t y0, std::int64_t y1, std::int64_t z) {
  for (std::int64_t y = y0; y <= y1; ++y)
    for (std::int64_t x = x0; x <= x1; ++x) m.at(x, y, z) = 1;
  return m;
}
ViewSettings exact(Views views) {
  return {.views = views, .margin_mm = 0, .margin_fraction = 0};
}

// Areas by slice: 1: 4, 2: 9, 3: 9, 4: 2.
Mask stack() {
  Mask m(grid(12, 12, 6));
  fill(m, 4, 5, 4, 5, 1);
  fill(m, 4, 6, 4, 6, 2);
  fill(m, 5, 7, 5, 7, 3);
  fill(m, 6, 7, 6, 6, 4);
  return m;
}

TEST(Places, AreASquareAboutTheRegionWithItsMargin) {
  Mask m(grid(20, 20, 1));
  fill(m, 3, 6, 4, 5, 0);  // 4 x 2 mm
  ViewSettings s{.margin_mm = 1, .margin_fraction = 0.25};
  EXPECT_THAT(places_of(m, s), ElementsAre(Place{2, {{2, 2, 0}, {6, 6, 1}}}));  // margin max(1, 0.25 * 4) = 1 mm
  s.margin_fraction = 0.5;                                                      // the share wins: 2 mm
  EXPECT_THAT(places_of(m, s), ElementsAre(Place{2, {{1, 1, 0}, {8, 8, 1}}}));
}

TEST(Places, AreSquareInMillimetresWhenPixelsAreNot) {
  Mask m(grid(20, 20, 1, 0.5, 2));
  fill(m, 4, 7, 5, 5, 0);  // 2 x 2 mm
  EXPECT_THAT(places_of(m, exact(Views::largest_area)), ElementsAre(Place{2, {{4, 5, 0}, {4, 1, 1}}}));
}

TEST(Places, AreLongerByLessThanOneOfTheFinerVoxels) {
  Mask m(grid(30, 30, 9, 1, 1, 4));
  fill(m, 10, 18, 10, 12, 4);  // 9 x 3 x 4 mm: a side of 12 mm, 3 slices
  EXPECT_THAT(places_of(m, exact(Views::block)), ElementsAre(Place{3, {{9, 6, 3}, {12, 12, 3}}}));
  Mask fine(grid(30, 30, 9, 0.7, 0.7, 4));
  fill(fine, 10, 18, 10, 12, 4);  // 6.3 mm: 2 slices, 8 mm, and 12 pixels, 8.4 mm
  EXPECT_THAT(places_of(fine, exact(Views::block)), ElementsAre(Place{3, {{9, 6, 4}, {12, 12, 2}}}));
}

TEST(Places, MayReachBeyondTheBorder) {
  Mask m(grid(8, 8, 1));
  fill(m, 0, 1, 0, 0, 0);
  EXPECT_THAT(places_of(m, {.margin_mm = 2, .margin_fraction = 0}), ElementsAre(Place{2, {{-2, -2, 0}, {6, 6, 1}}}));
}

TEST(Places, RefuseAnEmptyRegionAndAnAbsurdMargin) {
  for (const Views views :
       {Views::largest_area, Views::n_largest, Views::all, Views::two_and_a_half, Views::three_planes, Views::block})
    EXPECT_THROW(places_of(Mask(grid(4, 4, 2)), exact(views)), CaseError);
  Mask m(grid(4, 4, 1, 1e-3, 1e-3));
  fill(m, 1, 1, 1, 1, 0);
  EXPECT_THROW(places_of(m, {.margin_mm = 500}), CaseError);
}

TEST(Places, OfSlicesByAreaStandInTheirOrder) {
  const Mask m = stack();
  const auto slices = [&](Views views, int count) {
    ViewSettings s = exact(views);
    s.count = count;
    std::vector<std::int64_t> z;
    for (const Place& place : places_of(m, s)) z.push_back(place.box.low[2]);
    return z;
  };
  EXPECT_THAT(slices(Views::largest_area, 3), ElementsAre(2));  // the lower of two equals
  EXPECT_THAT(slices(Views::n_largest, 1), ElementsAre(2));
  EXPECT_THAT(slices(Views::n_largest, 3), ElementsAre(1, 2, 3));
  EXPECT_THAT(slices(Views::n_largest, 99), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(slices(Views::all, 1), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(slices(Views::two_and_a_half, 3), ElementsAre(2));
}

TEST(Places, OfOneCaseShareOneBox) {
  const Mask m = stack();
  for (const Place& place : places_of(m, exact(Views::all))) {
    EXPECT_EQ(place.box.low[0], 4);
    EXPECT_EQ(place.box.low[1], 4);
    EXPECT_THAT(place.box.size, ElementsAre(4, 4, 1));  // columns and rows 4-7
  }
  // 2.5-D: about the region in slices 1, 2 and 3.
  EXPECT_THAT(places_of(m, exact(Views::two_and_a_half)), ElementsAre(Place{2, {{4, 4, 2}, {4, 4, 1}}}));
}

TEST(Places, OfPlanesGoThroughTheLargestAreasOfOneCube) {
  Mask m(grid(12, 12, 5, 1, 1, 2));
  for (std::int64_t z = 1; z <= 3; ++z) fill(m, 3, 6, 4, 5, z);  // 4 x 2 x 6 mm
  fill(m, 5, 5, 3, 6, 2);                                        // widens y to 3-6: column 5 is the largest sagittal
  const auto places = places_of(m, exact(Views::three_planes));
  // A cube of 6 mm: 6 x 6 x 3 voxels about (5, 5, 2.5).
  EXPECT_THAT(places, ElementsAre(Place{2, {{2, 2, 2}, {6, 6, 1}}}, Place{1, {{2, 4, 1}, {6, 1, 3}}},
                                  Place{0, {{5, 2, 1}, {1, 6, 3}}}));
  EXPECT_THAT(places_of(m, exact(Views::block)), ElementsAre(Place{3, {{2, 2, 1}, {6, 6, 3}}}));
  const Extent coronal = extent_of(places[1], m.grid);
  EXPECT_EQ(coronal.height, 3);
  EXPECT_EQ(coronal.width, 6);
  EXPECT_EQ(coronal.height_mm, coronal.width_mm);  // square although the voxels are not
}

TEST(Cut, OfPlanesPutsTheHeadAtTheTop) {
  const Grid g = grid(3, 2, 2);
  const Volume v = ramp(g);
  const Place coronal{1, {{0, 1, 0}, {3, 1, 2}}}, sagittal{0, {{2, 0, 0}, {1, 2, 2}}};
  EXPECT_THAT(cut(v, coronal).values, ElementsAre(110, 111, 112, 10, 11, 12));
  EXPECT_THAT(cut(v, sagittal).values, ElementsAre(102, 112, 2, 12));
  Volume feet_first = v;
  feet_first.grid.direction = {1, 0, 0, 0, -1, 0, 0, 0, -1};
  EXPECT_THAT(cut(feet_first, coronal).values, ElementsAre(10, 11, 12, 110, 111, 112));
}

TEST(Cut, OfABlockRepeatsTheEdgeOfImagesAndEndsMasks) {
  const Grid g = grid(2, 1, 2);
  const Place block{3, {{0, 0, -1}, {2, 1, 4}}};
  EXPECT_THAT(cut(ramp(g), block).values, ElementsAre(0, 1, 0, 1, 100, 101, 100, 101));
  EXPECT_THAT(cut(Mask(g, 1), block).values, ElementsAre(0, 0, 1, 1, 1, 1, 0, 0));
  EXPECT_EQ(cut(Mask(g, 1), block).depth, 4);
}

TEST(Put, IsTheWayBackOfCut) {
  const Grid g = grid(5, 4, 3);
  const Volume v = ramp(g);
  for (const Place& place : {Place{2, {{-1, 1, 1}, {4, 4, 1}}}, Place{1, {{1, 2, -1}, {3, 1, 3}}},
                             Place{0, {{3, 0, 0}, {1, 5, 3}}}, Place{3, {{1, 1, 1}, {6, 2, 4}}}}) {
    Volume back(g, -1);
    put(cut(v, place), place, back);
    std::size_t written = 0;
    for (std::size_t i = 0; i < v.values.size(); ++i)
      if (back.values[i] != -1) {
        EXPECT_EQ(back.values[i], v.values[i]);
        ++written;
      }
    Patch inside = cut(Mask(g, 1), place);
    EXPECT_EQ(static_cast<float>(written), std::accumulate(inside.values.begin(), inside.values.end(), 0.0F));
  }
  Volume back(g);
  EXPECT_THROW(put(Patch(1, 2, 2), Place{2, {{0, 0, 0}, {3, 3, 1}}}, back), Error);
}

TEST(Paste, BringsAnImageToItsPlacesVoxels) {
  Volume back(grid(4, 4, 2));
  paste(Patch::block(1, 8, 8, 8, 0.5F), {3, {{1, 1, 0}, {2, 2, 2}}}, back);
  for (std::int64_t z = 0; z < 2; ++z)
    for (std::int64_t y = 0; y < 4; ++y)
      for (std::int64_t x = 0; x < 4; ++x)
        EXPECT_EQ(back.at(x, y, z), x >= 1 && x <= 2 && y >= 1 && y <= 2 ? 0.5F : 0.0F);
}

TEST(ZScoreWindow, IsThreeStandardDeviationsAboutTheMean) {
  const std::vector<float> values{2, 4, 4, 4, 5, 5, 7, 9};  // mean 5, standard deviation 2
  EXPECT_DOUBLE_EQ(z_score_window(values).low, -1);
  EXPECT_DOUBLE_EQ(z_score_window(values).high, 11);
  EXPECT_THROW(z_score_window(std::vector<float>(9, 3.0F)), CaseError);
  EXPECT_THROW(z_score_window({}), CaseError);
}

TEST(SoftWeights, FallByHalfACosineWaveInMillimetres) {
  Patch line(1, 1, 6);
  line.values = {0, 1, 0, 0, 0, 0};
  // Pixels of 2 mm, gone at 6 mm: distances 2, 0, 2, 4, 6, 8 mm.
  const Patch soft = soft_weights(line, {1, 1, 6, 1, 2, 12}, 6);
  EXPECT_FLOAT_EQ(soft.values[1], 1);
  EXPECT_FLOAT_EQ(soft.values[0], 0.75);  // (1 + cos 60 degrees) / 2
  EXPECT_FLOAT_EQ(soft.values[2], 0.75);
  EXPECT_FLOAT_EQ(soft.values[3], 0.25);
  EXPECT_EQ(soft.values[4], 0);
  EXPECT_EQ(soft.values[5], 0);
}

TEST(SoftWeights, AreEuclideanInSpaceForBlocksAndOfEachChannelForImages) {
  Patch block = Patch::block(1, 2, 2, 2);
  block.values[0] = 1;
  const Patch soft = soft_weights(block, {2, 2, 2, 2, 2, 2}, 4);
  EXPECT_NEAR(soft.values[7], (1 + std::cos(3.14159265358979 * std::sqrt(3.0) / 4)) / 2, 1e-7);
  Patch channels(2, 1, 2);
  channels.values = {1, 0, 0, 0};
  EXPECT_THAT(soft_weights(channels, {1, 1, 2, 1, 1, 2}, 2).values, ElementsAre(1, testing::FloatEq(0.5), 0, 0));
}

TEST(See, MasksAfterNormalising) {
  Volume image = ramp(grid(4, 4, 1));
  for (float& v : image.values) v += 100;
  Mask m(image.grid);
  fill(m, 1, 2, 1, 2, 0);
  ViewSettings s{.size = 4, .margin_mm = 1, .margin_fraction = 0, .masking = Masking::zero};
  s.grey = {GreyScale::Kind::window, 100, 200};
  const Seen seen = see(image, m, s);
  const Patch& p = seen.images.at(0);
  EXPECT_EQ(p.values[0], 0);             // outside
  EXPECT_NEAR(p.values[5], 0.11, 1e-6);  // (111 - 100) / 100
  EXPECT_NEAR(p.values[10], 0.22, 1e-6);
  EXPECT_EQ(p.values[15], 0);
  EXPECT_THAT(seen.areas, ElementsAre(4));
  s.masking = Masking::soft;
  s.soft_mm = 2;
  EXPECT_NEAR(see(image, m, s).images[0].values[4], 0.10 * 0.5, 1e-6);  // 1 mm outside: half is left
  s.masking = Masking::none;
  EXPECT_NEAR(see(image, m, s).images[0].values[4], 0.10, 1e-6);
}

TEST(See, TwoAndAHalfRepeatsTheNearestSliceAtTheBorder) {
  const Grid g = grid(6, 6, 3);
  Volume image(g);
  for (std::size_t i = 0; i < image.values.size(); ++i) image.values[i] = static_cast<float>(i / 36);  // slice index
  ViewSettings s{.views = Views::two_and_a_half, .size = 4};
  s.grey = {GreyScale::Kind::window, 0, 2};
  const auto channels = [&](std::int64_t z) {
    Mask m(g);
    fill(m, 2, 3, 2, 3, z);
    const Patch p = see(image, m, s).images.at(0);
    EXPECT_EQ(p.channels, 3);
    EXPECT_EQ(p.height, 4);
    return std::vector<float>{p.values[0], p.values[16], p.values[32]};
  };
  EXPECT_THAT(channels(0), ElementsAre(0, 0, 0.5));
  EXPECT_THAT(channels(1), ElementsAre(0, 0.5, 1));
  EXPECT_THAT(channels(2), ElementsAre(0.5, 1, 1));
}

TEST(See, SlicesOfACaseShareOneGreyScale) {
  const Mask m = stack();
  const Volume image = ramp(m.grid);
  ViewSettings s = exact(Views::all);
  s.size = 4;
  s.grey = {GreyScale::Kind::percentiles, 0, 100};
  const Seen seen = see(image, m, s);
  ASSERT_EQ(seen.images.size(), 4U);
  EXPECT_DOUBLE_EQ(seen.window.low, 144);   // slice 1, row 4, column 4
  EXPECT_DOUBLE_EQ(seen.window.high, 477);  // slice 4, row 7, column 7
  EXPECT_EQ(seen.images[0].values[0], 0);
  EXPECT_EQ(seen.images[3].values[15], 1);
  EXPECT_NEAR(seen.images[1].values[0], 100.0 / 333, 1e-6);
  EXPECT_THAT(seen.areas, ElementsAre(4, 9, 9, 2));
}

TEST(See, AreasAndVolumesAreInMillimetres) {
  Mask m(grid(6, 6, 4, 0.5, 0.5, 3));
  fill(m, 1, 4, 1, 2, 1);
  fill(m, 1, 4, 1, 2, 2);
  ViewSettings s{.views = Views::three_planes, .size = 8};
  EXPECT_THAT(see(ramp(m.grid), m, s).areas, ElementsAre(8 * 0.25, 8 * 1.5, 4 * 1.5));
  s.views = Views::block;
  const Seen seen = see(ramp(m.grid), m, s);
  EXPECT_THAT(seen.areas, ElementsAre(16 * 0.75));
  EXPECT_EQ(seen.images[0].depth, 8);
  EXPECT_EQ(seen.images[0].values.size(), 512U);
}

}  // namespace
}  // namespace radfuse::raster
