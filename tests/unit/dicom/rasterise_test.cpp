// SPDX-License-Identifier: Apache-2.0
// Polygons to pixels against a second rasteriser that asks for every centre by itself, in whole numbers.
#include "rasterise.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <string>

#include "radfuse/base/rng.hpp"

namespace radfuse::dicom {
namespace {

constexpr std::int64_t kWidth = 24, kHeight = 20, kUnit = 64;  // test polygons lie on multiples of 1/64 pixel
using Pixels = std::vector<std::uint8_t>;
using Corner = std::array<std::int64_t, 2>;  // in 1/64 pixel
using Corners = std::vector<Corner>;

/// Crossings of the ray from a centre to the left, decided by the sign of a cross product.
bool centre_inside(const std::vector<Corners>& polygons, std::int64_t column, std::int64_t row) {
  const std::int64_t px = column * kUnit, py = row * kUnit;
  int crossings = 0;
  for (const Corners& corners : polygons)
    for (std::size_t i = 0; i < corners.size(); ++i) {
      const Corner &p = corners[i], &q = corners[(i + 1) % corners.size()];
      const bool p_above = p[1] > py, q_above = q[1] > py;
      if (p_above == q_above) continue;
      const Corner &low = p_above ? q : p, &high = p_above ? p : q;
      const std::int64_t turn = (high[0] - low[0]) * (py - low[1]) - (px - low[0]) * (high[1] - low[1]);
      crossings += turn <= 0;  // the edge passes the centre on its left, or through it
    }
  return crossings % 2 == 1;
}

Pixels brute_force(const std::vector<Corners>& polygons) {
  Pixels pixels;
  for (std::int64_t y = 0; y < kHeight; ++y)
    for (std::int64_t x = 0; x < kWidth; ++x) pixels.push_back(centre_inside(polygons, x, y));
  return pixels;
}

Polygon in_pixels(const Corners& corners) {
  Polygon polygon;
  for (const Corner& c : corners)
    polygon.push_back({static_cast<double>(c[0]) / kUnit, static_cast<double>(c[1]) / kUnit});
  return polygon;
}

Pixels drawn(const std::vector<Polygon>& polygons, std::int64_t width = kWidth, std::int64_t height = kHeight) {
  SliceRaster raster(width, height);
  for (const Polygon& polygon : polygons) raster.add(polygon);
  Pixels pixels(static_cast<std::size_t>(width * height), 7);
  raster.take(pixels);
  return pixels;
}
Pixels drawn(const std::vector<Corners>& polygons) {
  std::vector<Polygon> all;
  for (const Corners& corners : polygons) all.push_back(in_pixels(corners));
  return drawn(all);
}

std::string picture(const Pixels& pixels) {
  std::string text;
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    text += pixels[i] != 0 ? '#' : '.';
    if (i % kWidth == kWidth - 1) text += '\n';
  }
  return text;
}

void expect_same(const std::vector<Corners>& polygons, const std::string& what) {
  const Pixels ours = drawn(polygons), theirs = brute_force(polygons);
  EXPECT_EQ(ours, theirs) << what << "\n" << picture(ours) << "\n" << picture(theirs);
}

std::int64_t lattice(Rng& rng, std::int64_t low, std::int64_t high, std::int64_t step) {
  return low + step * static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>((high - low) / step + 1)));
}

/// Any points at all: edges cross each other, some outside the picture. `step` kUnit puts every corner on a centre.
Corners scribble(Rng& rng, std::int64_t step) {
  Corners corners;
  for (std::uint64_t n = 3 + rng.below(12); n > 0; --n)
    corners.push_back({lattice(rng, -6 * kUnit, 30 * kUnit, step), lattice(rng, -6 * kUnit, 26 * kUnit, step)});
  return corners;
}

Corners star(Rng& rng, double most) {
  Corners corners;
  const double cx = rng.uniform(0, kWidth), cy = rng.uniform(0, kHeight);
  const int spikes = 3 + static_cast<int>(rng.below(20));
  for (int i = 0; i < spikes; ++i) {
    const double angle = 2 * std::numbers::pi * i / spikes, r = most * rng.uniform(0.2, 1);
    corners.push_back(
        {std::llround((cx + r * std::cos(angle)) * kUnit), std::llround((cy + r * std::sin(angle)) * kUnit)});
  }
  return corners;
}

/// A ring drawn in one stroke: around, through a slit of no width, around the hole the other way, and back.
Corners key_hole(Rng& rng) {
  const std::int64_t x = lattice(rng, 0, 6, 1) * kUnit + lattice(rng, 0, 1, 1) * kUnit / 2;
  const std::int64_t y = lattice(rng, 0, 4, 1) * kUnit, n = lattice(rng, 8, 14, 1) * kUnit, m = 3 * kUnit;
  return {{x, y},         {x + n, y},         {x + n, y + n},         {x, y + n},         {x, y + m},
          {x + m, y + m}, {x + m, y + n - m}, {x + n - m, y + n - m}, {x + n - m, y + m}, {x + m, y + m},
          {x, y + m}};
}

TEST(SliceRaster, ThousandsOfPolygonsAgreeWithEveryCentreAskedByItself) {
  for (std::uint64_t i = 0; i < 1500; ++i) {
    Rng rng(3, "test.raster", i);
    const std::string which = std::to_string(i);
    expect_same({scribble(rng, 1)}, "scribble " + which);
    expect_same({scribble(rng, kUnit / 2)}, "half-pixel scribble " + which);
    expect_same({scribble(rng, kUnit)}, "scribble on centres " + which);
    expect_same({star(rng, 12)}, "star " + which);
    expect_same({star(rng, 0.7)}, "tiny star " + which);
    expect_same({star(rng, 10), star(rng, 4), star(rng, 2)}, "stars and holes " + which);
    expect_same({key_hole(rng)}, "key-hole " + which);
    if (HasFailure()) break;
  }
}

TEST(SliceRaster, ASquareOnCentresHasItsLowerSides) {
  const Pixels pixels = drawn({Polygon{{2, 3}, {6, 3}, {6, 5}, {2, 5}}});
  for (std::int64_t y = 0; y < kHeight; ++y)
    for (std::int64_t x = 0; x < kWidth; ++x)
      EXPECT_EQ(pixels[static_cast<std::size_t>(y * kWidth + x)], x >= 2 && x < 6 && y >= 3 && y < 5);
}

TEST(SliceRaster, RegionsWithAnEdgeInCommonShareNoCentreAndLoseNone) {
  for (std::uint64_t i = 0; i < 500; ++i) {
    Rng rng(4, "test.raster.cut", i);
    // A rectangle cut in two by a line with a bend, corners on centres or anywhere.
    const std::int64_t step = i % 2 == 0 ? kUnit : 1;
    const Corner top{lattice(rng, 2 * kUnit, 20 * kUnit, step), kUnit},
        bottom{lattice(rng, 2 * kUnit, 20 * kUnit, step), 18 * kUnit};
    const Corner bend{lattice(rng, 2 * kUnit, 20 * kUnit, step), lattice(rng, 2 * kUnit, 17 * kUnit, step)};
    const Corner a{kUnit, kUnit}, b{22 * kUnit, kUnit}, c{22 * kUnit, 18 * kUnit}, d{kUnit, 18 * kUnit};
    const Pixels whole = drawn({Corners{a, b, c, d}});
    const Pixels left = drawn({Corners{a, top, bend, bottom, d}}), right = drawn({Corners{b, c, bottom, bend, top}});
    for (std::size_t p = 0; p < whole.size(); ++p) ASSERT_EQ(left[p] + right[p], whole[p]) << i << " at " << p;
  }
}

TEST(SliceRaster, NearlyOnACentreIsOnIt) {
  const double jitter = 1e-9;
  const Pixels pixels =
      drawn({Polygon{{2 + jitter, 3 + jitter}, {6 + jitter, 3 - jitter}, {6 + jitter, 5 + jitter}, {2 - jitter, 5}}});
  EXPECT_EQ(pixels, drawn({Polygon{{2, 3}, {6, 3}, {6, 5}, {2, 5}}}));
}

TEST(SliceRaster, FarAwayPointsAreCutOff) {
  const double far = 1e9;
  const Pixels all = drawn({Polygon{{-far, -far}, {far, -far}, {far, far}, {-far, far}}});
  EXPECT_EQ(std::count(all.begin(), all.end(), 1), kWidth * kHeight);
  const Pixels none = drawn({Polygon{{far, -far}, {far + 5, -far}, {far, far}}});
  EXPECT_EQ(std::count(none.begin(), none.end(), 0), kWidth * kHeight);
}

TEST(SliceRaster, StartsAnewAfterTake) {
  SliceRaster raster(kWidth, kHeight);
  raster.add({{1, 1}, {30, 1}, {30, 9}, {1, 9}});
  Pixels pixels(kWidth * kHeight);
  raster.take(pixels);
  EXPECT_NE(std::count(pixels.begin(), pixels.end(), 1), 0);
  raster.take(pixels);
  EXPECT_EQ(std::count(pixels.begin(), pixels.end(), 1), 0);
}

TEST(Outlines, GiveTheirPixelsBack) {
  for (std::uint64_t i = 0; i < 1000; ++i) {
    Rng rng(6, "test.outlines", i);
    Pixels pixels(kWidth * kHeight);
    const double share = rng.uniform();
    for (auto& p : pixels) p = rng.uniform() < share;
    const auto loops = outlines(pixels, kWidth, kHeight);
    ASSERT_EQ(drawn(loops), pixels) << i;
    for (const Polygon& loop : loops) ASSERT_GE(loop.size(), 4U);
  }
}

TEST(Outlines, ASquareWithAHoleIsTwoSquares) {
  Pixels pixels(kWidth * kHeight);
  for (std::int64_t y = 2; y < 7; ++y)
    for (std::int64_t x = 3; x < 8; ++x) pixels[static_cast<std::size_t>(y * kWidth + x)] = x != 5 || y != 4;
  const auto loops = outlines(pixels, kWidth, kHeight);
  ASSERT_EQ(loops.size(), 2U);
  EXPECT_EQ(loops[0], (Polygon{{2.5, 1.5}, {7.5, 1.5}, {7.5, 6.5}, {2.5, 6.5}}));
  EXPECT_EQ(loops[1].size(), 4U);
}

TEST(Outlines, PixelsThatTouchAtACornerStayApart) {
  Pixels pixels(kWidth * kHeight);
  pixels[0] = pixels[kWidth + 1] = 1;
  EXPECT_EQ(outlines(pixels, kWidth, kHeight).size(), 2U);
}

}  // namespace
}  // namespace radfuse::dicom
