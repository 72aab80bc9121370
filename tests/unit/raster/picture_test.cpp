// SPDX-License-Identifier: Apache-2.0
// Colours that are even for the eye, and drawing pixel by pixel.
#include "radfuse/raster/picture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "radfuse/base/error.hpp"

namespace radfuse::raster {
namespace {

using testing::ElementsAre;

// sRGB to CIELAB, D65: the way back, written from the definitions (IEC 61966-2-1, CIE 15).
std::array<double, 3> lab(const Rgb& rgb) {
  std::array<double, 3> linear{};
  for (std::size_t i = 0; i < 3; ++i) {
    const double v = rgb[i] / 255.0;
    linear[i] = v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
  }
  const auto [r, g, b] = linear;
  const auto f = [](double t) { return t > 216.0 / 24389 ? std::cbrt(t) : (24389.0 / 27 * t + 16) / 116; };
  const double x = f((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
  const double y = f(0.2126729 * r + 0.7151522 * g + 0.0721750 * b);
  const double z = f((0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883);
  return {116 * y - 16, 500 * (x - y), 200 * (y - z)};
}
double between(const Rgb& p, const Rgb& q) {
  const auto a = lab(p), b = lab(q);
  return std::hypot(a[0] - b[0], std::hypot(a[1] - b[1], a[2] - b[2]));
}

TEST(HeatColour, HasEqualStepsForTheEyeAndRisingLightness) {
  // Sixteenths of the range: the rounding to 8 bits moves an end by at most about 0.6.
  std::vector<double> steps;
  for (int i = 0; i < 16; ++i) {
    steps.push_back(between(heat_colour(i / 16.0), heat_colour((i + 1) / 16.0)));
    EXPECT_LT(lab(heat_colour(i / 16.0))[0], lab(heat_colour((i + 1) / 16.0))[0]);
  }
  const double mean = std::accumulate(steps.begin(), steps.end(), 0.0) / 16;
  for (const double step : steps) EXPECT_NEAR(step, mean, 1.5);
  EXPECT_GT(mean, 10);
  EXPECT_NEAR(lab(heat_colour(0))[0], 10, 1);
  EXPECT_NEAR(lab(heat_colour(1))[0], 95, 1);
  EXPECT_EQ(heat_colour(-3), heat_colour(0));
  EXPECT_EQ(heat_colour(7), heat_colour(1));
}

TEST(GreyPicture, ClipsAndTakesOneChannel) {
  Patch p(2, 1, 3);
  p.values = {0, 0, 0, -1, 0.5, 2};
  EXPECT_THAT(grey_picture(p, 1).rgb, ElementsAre(0, 0, 0, 128, 128, 128, 255, 255, 255));
  EXPECT_THROW(grey_picture(p, 2), Error);
}

TEST(LayOver, LeavesWhatIsColdAndIsHalfSeeThroughAboveAQuarter) {
  Picture picture(3, 1, {100, 100, 100});
  Patch map(1, 1, 3);
  map.values = {0, 0.125, 1};
  lay_over(picture, map);
  EXPECT_EQ(picture.at(0, 0), (Rgb{100, 100, 100}));
  for (std::size_t c = 0; c < 3; ++c) {
    EXPECT_EQ(picture.at(1, 0)[c], std::lround(0.75 * 100 + 0.25 * heat_colour(0.125)[c]));
    EXPECT_EQ(picture.at(2, 0)[c], std::lround(0.5 * 100 + 0.5 * heat_colour(1)[c]));
  }
  EXPECT_THROW(lay_over(picture, Patch(1, 1, 4)), Error);
}

TEST(Outline, RunsAlongTheInside) {
  Picture picture(5, 5, kBlack);
  Patch inside(1, 5, 5);
  for (int y = 0; y < 4; ++y)
    for (int x = 0; x < 4; ++x) inside.values[static_cast<std::size_t>(5 * y + x)] = 1;
  outline(picture, inside, kWhite);
  for (int y = 0; y < 5; ++y)
    for (int x = 0; x < 5; ++x) {
      const bool in = x < 4 && y<4, core = x> 0 && x < 3 && y > 0 && y < 3;
      EXPECT_EQ(picture.at(x, y), in && !core ? kWhite : kBlack) << x << " " << y;
    }
  outline(picture, inside, kWhite, 2);
  EXPECT_EQ(picture.at(1, 1), kWhite);
}

TEST(Frame, StaysWithinThePicture) {
  Picture picture(4, 3, kBlack);
  frame(picture, -1, 1, 4, 5, kWhite);                                      // columns -1 to 2, rows 1 to 5
  EXPECT_THAT(picture.rgb, ElementsAre(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  //
                                       255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0,  //
                                       0, 0, 0, 0, 0, 0, 255, 255, 255, 0, 0, 0));
}

TEST(SideBySide, CentresPicturesInTheirCells) {
  const std::vector<Picture> three = {Picture(1, 1, kWhite), Picture(2, 1, kWhite), Picture(1, 3, kWhite)};
  const Picture all = side_by_side(three, 2, 1, kBlack);
  EXPECT_EQ(all.width, 1 + 1 + 1 + 2 + 1);
  EXPECT_EQ(all.height, 1 + 1 + 1 + 3 + 1);
  EXPECT_EQ(all.at(1, 1), kWhite);
  EXPECT_EQ(all.at(2, 1), kBlack);
  EXPECT_EQ(all.at(3, 1), kWhite);
  EXPECT_EQ(all.at(4, 1), kWhite);
  EXPECT_EQ(all.at(1, 5), kWhite);
  EXPECT_EQ(all.at(3, 5), kBlack);
  EXPECT_THROW(side_by_side({}, 2, 1), Error);
}

TEST(ColourBar, IsHotAtTheTop) {
  const Picture bar = colour_bar(2, 5);
  EXPECT_EQ(bar.at(0, 0), heat_colour(1));
  EXPECT_EQ(bar.at(1, 2), heat_colour(0.5));
  EXPECT_EQ(bar.at(1, 4), heat_colour(0));
}

TEST(Png, IsAPngOfTheSize) {
  const std::string bytes = png(Picture(7, 3, kRegionColour));
  EXPECT_EQ(bytes.substr(1, 3), "PNG");
  EXPECT_EQ(bytes[19], 7);
  EXPECT_EQ(bytes[23], 3);
  EXPECT_EQ(bytes, png(Picture(7, 3, kRegionColour)));
}

}  // namespace
}  // namespace radfuse::raster
