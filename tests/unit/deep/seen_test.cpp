// SPDX-License-Identifier: Apache-2.0
// Heat maps, their way back into the image and their shares, by hand.
#include "seen.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "radfuse/base/error.hpp"

namespace radfuse::deep {
namespace {

using raster::Place;
using testing::ElementsAre;

Grid grid(std::int64_t w, std::int64_t h, std::int64_t d) {
  Grid g;
  g.size = {w, h, d};
  return g;
}

TEST(WeightedMap, SumsMapsAndKeepsWhatSpeaksForTheOutcome) {
  Patch maps(2, 1, 3);
  maps.values = {1, 2, 3, 4, 0, -2};
  EXPECT_THAT(weighted_map(maps, std::vector{1.0, -0.5}).values, ElementsAre(0, 2, 4));  // 1 - 2 < 0
  EXPECT_THROW(weighted_map(maps, std::vector{1.0}), Error);
}

TEST(GradCam, WeightsMapsByTheirMeanGradient) {
  Patch maps(2, 1, 2), gradient(2, 1, 2);
  maps.values = {1, 3, 2, 2};
  gradient.values = {0, 4, -1, -1};  // means 2 and -1
  EXPECT_THAT(grad_cam(maps, gradient, Patch(3, 1, 2)).values, ElementsAre(0, 4));
  const Patch large = grad_cam(maps, gradient, Patch(1, 2, 4));  // linear: 0, 1, 3, 4
  EXPECT_THAT(large.values, ElementsAre(0, 1, 3, 4, 0, 1, 3, 4));
  EXPECT_THROW(grad_cam(maps, Patch(1, 1, 2), Patch(1, 1, 2)), Error);
}

TEST(GradCam, OfALinearScoreOfMeansIsTheCoefficientsOnTheMaps) {
  // score = sum over maps of d * mean(map): the gradient is d / places everywhere.
  Patch maps = Patch::block(2, 2, 2, 2), gradient = maps;
  for (std::size_t i = 0; i < 16; ++i) {
    maps.values[i] = static_cast<float>((i * 7) % 5);
    gradient.values[i] = i < 8 ? 3.0F / 8 : -1.0F / 8;
  }
  const Patch cam = grad_cam(maps, gradient, Patch::block(1, 2, 2, 2));
  const Patch direct = weighted_map(maps, std::vector{3.0 / 8, -1.0 / 8});
  for (std::size_t i = 0; i < 8; ++i) EXPECT_FLOAT_EQ(cam.values[i], direct.values[i]);
}

TEST(ScaleTogether, KeepsTheMapsOfACaseComparable) {
  std::vector<Patch> maps = {Patch(1, 1, 2, 1), Patch(1, 1, 2, 4)};
  scale_together(maps);
  EXPECT_THAT(maps[0].values, ElementsAre(0.25, 0.25));
  EXPECT_THAT(maps[1].values, ElementsAre(1, 1));
  std::vector<Patch> nothing = {Patch(1, 1, 2, 0)};
  scale_together(nothing);
  EXPECT_THAT(nothing[0].values, ElementsAre(0, 0));
}

TEST(BackInImage, TakesTheLargerWherePlanesCross) {
  const std::vector<Place> places = {{2, {{0, 0, 1}, {3, 3, 1}}}, {0, {{1, 0, 0}, {1, 3, 3}}}};
  const std::vector<Patch> maps = {Patch(1, 6, 6, 0.5F), Patch(1, 5, 5, 1)};
  const Volume volume = back_in_image(maps, places, grid(3, 3, 3));
  EXPECT_EQ(volume.at(0, 0, 1), 0.5F);
  EXPECT_EQ(volume.at(1, 2, 1), 1);
  EXPECT_EQ(volume.at(1, 0, 0), 1);
  EXPECT_EQ(volume.at(0, 0, 0), 0);
  EXPECT_THROW(back_in_image(maps, std::span(places).first(1), grid(3, 3, 3)), Error);
}

TEST(BackInImage, PutsABlockWhereItCameFrom) {
  const std::vector<Place> places = {{3, {{1, 1, -1}, {2, 2, 3}}}};
  const std::vector<Patch> maps = {Patch::block(1, 4, 4, 4, 0.25F)};
  const Volume volume = back_in_image(maps, places, grid(4, 4, 4));
  for (std::int64_t z = 0; z < 4; ++z)
    for (std::int64_t y = 0; y < 4; ++y)
      for (std::int64_t x = 0; x < 4; ++x)
        EXPECT_EQ(volume.at(x, y, z), x / 3 == 0 && x > 0 && y / 3 == 0 && y > 0 && z < 2 ? 0.25F : 0.0F);
}

TEST(ShareInside, OfAnEvenMapIsTheRegionsShareOfTheVoxelsThatExist) {
  Mask region(grid(4, 4, 1));
  region.at(0, 0, 0) = region.at(1, 0, 0) = 1;
  const Place place{2, {{-1, -1, 0}, {4, 4, 1}}};  // a row and a column lie beyond the image: 3 x 3 voxels exist
  const Share even = share_inside(Patch(1, 4, 4, 0.3F), place, region);
  EXPECT_NEAR(even.inside, 2.0 / 9, 1e-7);
  EXPECT_DOUBLE_EQ(even.region, 2.0 / 9);
  Patch hot(1, 4, 4);
  hot.values[5] = 3;   // voxel (0, 0): inside
  hot.values[15] = 1;  // voxel (2, 2): outside
  hot.values[0] = 9;   // beyond the border: does not count
  EXPECT_DOUBLE_EQ(share_inside(hot, place, region).inside, 0.75);
  EXPECT_TRUE(std::isnan(share_inside(Patch(1, 4, 4), place, region).inside));
}

TEST(SeenCsv, LeavesWhatIsUndefinedEmpty) {
  const std::vector<Share> rows = {{"A", "cnn", 0, 0.75, 0.25}, {"A", "cnn", 1, std::nan(""), 0.5}};
  EXPECT_EQ(seen_csv(rows), "case_id,set,image,share_inside,area_share_of_roi\nA,cnn,0,0.75,0.25\nA,cnn,1,,0.5\n");
}

TEST(SliceAttention, StandsBesideTheAreaOfTheSlice) {
  raster::Seen crops;
  crops.places = {{2, {{0, 0, 7}, {4, 4, 1}}}, {2, {{0, 0, 9}, {4, 4, 1}}}};
  crops.areas = {30, 10};
  const auto rows = slice_attention("A", "lstm", crops, std::vector{0.2F, 0.8F});
  EXPECT_EQ(attention_csv(rows),
            "case_id,set,image,slice,attention,area_share\nA,lstm,0,7,0.2,0.75\nA,lstm,1,9,0.8,0.25\n");
  EXPECT_THROW(slice_attention("A", "lstm", crops, std::vector{1.0F}), Error);
}

}  // namespace
}  // namespace radfuse::deep
