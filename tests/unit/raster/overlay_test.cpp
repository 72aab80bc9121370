// SPDX-License-Identifier: Apache-2.0
// The overlay is a PNG of the right size with the outline in its colour.
#include "radfuse/raster/overlay.hpp"

#include <gtest/gtest.h>

#include "radfuse/base/error.hpp"

namespace radfuse::raster {
namespace {

// Width and height stand big-endian at bytes 16 and 20 of a PNG.
unsigned big_endian(const std::string& s, std::size_t at) {
  unsigned n = 0;
  for (std::size_t i = 0; i < 4; ++i) n = n * 256 + static_cast<unsigned char>(s.at(at + i));
  return n;
}

TEST(Overlay, HasTheShapeOfTheSliceInMillimetres) {
  Grid g;
  g.size = {20, 10, 1};
  g.spacing = {1, 4, 1};
  Mask mask(g);
  mask.at(5, 5, 0) = 1;
  const Outline outline{&mask, {255, 0, 0}};
  const std::string png = overlay_png(Volume(g), 0, {0, 1}, std::span(&outline, 1), 100);
  EXPECT_EQ(png.substr(1, 3), "PNG");
  EXPECT_EQ(big_endian(png, 16), 50U);   // 20 mm
  EXPECT_EQ(big_endian(png, 20), 100U);  // 40 mm
}

TEST(Overlay, ShowsTheOutlineAndIsTheSameEachTime) {
  Grid g;
  g.size = {20, 20, 1};
  Mask mask(g), none(g);
  for (int i = 5; i < 12; ++i) mask.at(i, 8, 0) = 1;
  const Outline with{&mask}, without{&none};
  const auto picture = [&](const Outline& o) { return overlay_png(Volume(g), 0, {0, 1}, std::span(&o, 1), 64); };
  EXPECT_NE(picture(with), picture(without));
  EXPECT_EQ(picture(with), picture(with));
}

TEST(Overlay, RefusesAMaskOfAnotherSize) {
  Grid g;
  g.size = {4, 4, 1};
  Grid other = g;
  other.size = {5, 4, 1};
  const Mask mask(other);
  const Outline outline{&mask};
  EXPECT_THROW(overlay_png(Volume(g), 0, {0, 1}, std::span(&outline, 1)), Error);
}

}  // namespace
}  // namespace radfuse::raster
