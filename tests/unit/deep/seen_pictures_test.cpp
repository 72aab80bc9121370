// SPDX-License-Identifier: Apache-2.0
// The pictures are PNGs of the promised size, the same each time, and change with what they show.
#include "seen_pictures.hpp"

#include <gtest/gtest.h>

#include "radfuse/base/error.hpp"

namespace radfuse::deep {
namespace {

// Width and height stand big-endian at bytes 16 and 20 of a PNG.
std::pair<unsigned, unsigned> size_of(const std::string& png) {
  EXPECT_EQ(png.substr(1, 3), "PNG");
  const auto number = [&](std::size_t at) {
    unsigned n = 0;
    for (std::size_t i = 0; i < 4; ++i) n = n * 256 + static_cast<unsigned char>(png.at(at + i));
    return n;
  };
  return {number(16), number(20)};
}

struct Scene {
  Volume image;
  Mask region;
  raster::Seen crops;
};
Scene scene(raster::Views views) {
  Grid g;
  g.size = {20, 16, 12};
  g.spacing = {1, 1, 2};
  Scene s{Volume(g), Mask(g), {}};
  for (std::size_t i = 0; i < s.image.values.size(); ++i) s.image.values[i] = static_cast<float>(i % 97);
  for (std::int64_t z = 3; z < 11; ++z)
    for (std::int64_t y = 4; y < 9; ++y)
      for (std::int64_t x = 5; x < 13; ++x) s.region.at(x, y, z) = 1;
  s.crops = raster::see(s.image, s.region, {.views = views, .size = 16});
  return s;
}

TEST(CropsPng, HasAColumnForEachImage) {
  // 256 pixels and a gap of 8 for each column; the whole slice is 20 x 16 mm: 205 rows.
  const auto columns = [](raster::Views views) {
    const Scene s = scene(views);
    const std::string png = crops_png(s.image, s.region, s.crops);
    EXPECT_EQ(png, crops_png(s.image, s.region, s.crops));
    return (size_of(png).first - 8) / 264;
  };
  EXPECT_EQ(columns(raster::Views::largest_area), 1U);
  EXPECT_EQ(columns(raster::Views::two_and_a_half), 1U);
  EXPECT_EQ(columns(raster::Views::three_planes), 3U);
  EXPECT_EQ(columns(raster::Views::block), 3U);
  EXPECT_EQ(columns(raster::Views::all), 6U);  // 8 slices: bands of 6 and 2
  const Scene s = scene(raster::Views::largest_area);
  EXPECT_EQ(size_of(crops_png(s.image, s.region, s.crops)).second, 8 + 205 + 8 + 256 + 8U);
}

TEST(HeatPng, ShowsTheMap) {
  for (const raster::Views views : {raster::Views::n_largest, raster::Views::block}) {
    const Scene s = scene(views);
    std::vector<Patch> cold, hot;
    for (const Patch& image : s.crops.images) {
      cold.push_back(Patch::block(1, image.depth, image.height, image.width));
      hot.push_back(Patch::block(1, image.depth, image.height, image.width, 1));
    }
    const std::string png = heat_png(s.region, s.crops, hot);
    EXPECT_EQ(size_of(png).first, 8 + 3 * 264 + 14 + 8U);
    EXPECT_NE(png, heat_png(s.region, s.crops, cold));
    EXPECT_THROW(heat_png(s.region, s.crops, {}), Error);
  }
}

TEST(AttentionPng, ShowsTheShares) {
  const Scene s = scene(raster::Views::n_largest);
  const std::string png = attention_png(s.region, s.crops, std::vector{0.2F, 0.3F, 0.5F});
  EXPECT_EQ(size_of(png), std::pair(8 + 3 * 264U, 8 + 256 + 8 + 20 + 8U));
  EXPECT_NE(png, attention_png(s.region, s.crops, std::vector{0.5F, 0.3F, 0.2F}));
  EXPECT_THROW(attention_png(s.region, s.crops, std::vector{1.0F}), Error);
}

TEST(FeatureMapsPng, IsAGrid) {
  // 10 maps: 4 columns, 3 rows; 1600 / 4 / 7 = 57 pixels for each pixel of a map.
  EXPECT_EQ(size_of(feature_maps_png(Patch(10, 5, 7))), std::pair(2 + 4 * (7 * 57 + 2U), 2 + 3 * (5 * 57 + 2U)));
  EXPECT_EQ(size_of(feature_maps_png(Patch::block(1, 3, 2, 2))).first, 1604U);
  EXPECT_THROW(feature_maps_png(Patch{}), Error);
}

TEST(ReconstructionsPng, HasAColumnForEachCase) {
  const std::vector<Patch> images(12, Patch(1, 64, 64, 0.5F)), blocks(2, Patch::block(1, 8, 8, 8));
  EXPECT_EQ(size_of(reconstructions_png(images, images)), std::pair(4 + 12 * 132U, 4 + 2 * 132U));
  EXPECT_EQ(size_of(reconstructions_png(blocks, blocks)).first, 4 + 2 * 132U);
  EXPECT_THROW(reconstructions_png(images, blocks), Error);
}

}  // namespace
}  // namespace radfuse::deep
