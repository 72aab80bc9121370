// SPDX-License-Identifier: Apache-2.0
// A perceptually even colour table: a path through CIELAB (D65), walked in steps of equal length.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "radfuse/raster/picture.hpp"

namespace radfuse::raster {
namespace {

struct Lab {
  double l, a, b;
};

// Lightness rises from 10 to 95 while the hue turns from blue (280 degrees) over red to yellow (105); the chroma is as
// high as stays within sRGB all the way (found by a grid search).
Lab on_path(double t) {
  const double hue = (280 + 185 * std::pow(t, 0.7)) * std::numbers::pi / 180;
  const double chroma = 20 + 30 * t + 40 * std::sin(std::numbers::pi * t);
  return {10 + 85 * t, chroma * std::cos(hue), chroma * std::sin(hue)};
}

double distance(const Lab& p, const Lab& q) {
  return std::hypot(p.l - q.l, std::hypot(p.a - q.a, p.b - q.b));
}

// CIE 15:2004: CIELAB to XYZ with white D65.
double from_lab(double f) {
  constexpr double kDelta = 6.0 / 29;
  return f > kDelta ? f * f * f : 3 * kDelta * kDelta * (f - 4.0 / 29);
}

// IEC 61966-2-1: linear light to 8 bits.
std::uint8_t to_srgb(double linear) {
  const double v = std::clamp(linear, 0.0, 1.0);
  const double coded = v <= 0.0031308 ? 12.92 * v : 1.055 * std::pow(v, 1 / 2.4) - 0.055;
  return static_cast<std::uint8_t>(std::lround(coded * 255));
}

Rgb to_rgb(const Lab& lab) {
  const double fy = (lab.l + 16) / 116;
  const double x = 0.95047 * from_lab(fy + lab.a / 500), y = from_lab(fy), z = 1.08883 * from_lab(fy - lab.b / 200);
  return {to_srgb(3.2404542 * x - 1.5371385 * y - 0.4985314 * z),
          to_srgb(-0.9692660 * x + 1.8760108 * y + 0.0415560 * z),
          to_srgb(0.0556434 * x - 0.2040259 * y + 1.0572252 * z)};
}

std::array<Rgb, 256> make_table() {
  constexpr int kSteps = 4096;
  std::vector<double> length(kSteps + 1, 0.0);
  for (int i = 1; i <= kSteps; ++i)
    length[static_cast<std::size_t>(i)] =
        length[static_cast<std::size_t>(i - 1)] +
        distance(on_path((i - 1.0) / kSteps), on_path(static_cast<double>(i) / kSteps));
  std::array<Rgb, 256> table{};
  for (std::size_t i = 0; i < table.size(); ++i) {
    const double wanted = length.back() * static_cast<double>(i) / 255;
    const auto at = std::lower_bound(length.begin(), length.end(), wanted) - length.begin();
    table[i] = to_rgb(on_path(static_cast<double>(std::min<std::ptrdiff_t>(at, kSteps)) / kSteps));
  }
  return table;
}

}  // namespace

Rgb heat_colour(double value) {
  static const std::array<Rgb, 256> table = make_table();
  return table[static_cast<std::size_t>(std::lround(std::clamp(value, 0.0, 1.0) * 255))];
}

}  // namespace radfuse::raster
