// SPDX-License-Identifier: Apache-2.0
// Shape-based interpolation between two slices of a mask.
#include <algorithm>
#include <cmath>

#include "contours.hpp"
#include "radfuse/base/stop.hpp"
#include "radfuse/volume/roi.hpp"

namespace radfuse::dicom {
namespace {

struct Window {
  std::int64_t x, y, width, height;
};

/// The pixels that either slice has, and one more around them, which may lie outside the image and is empty then.
Window window_of(const Mask& mask, std::int64_t below, std::int64_t above) {
  std::int64_t left = mask.grid.size[0], right = -1, low = mask.grid.size[1], high = -1;
  for (const std::int64_t z : {below, above})
    for (std::int64_t y = 0; y < mask.grid.size[1]; ++y)
      for (std::int64_t x = 0; x < mask.grid.size[0]; ++x)
        if (mask.at(x, y, z) != 0) {
          left = std::min(left, x);
          right = std::max(right, x);
          low = std::min(low, y);
          high = std::max(high, y);
        }
  return {left - 1, low - 1, right - left + 3, high - low + 3};
}

/// Positive inside: the distance to the nearest centre outside; negative outside: to the nearest centre inside.
std::vector<double> signed_distance(const Mask& mask, std::int64_t z, const Window& window) {
  Grid grid;
  grid.size = {window.width, window.height, 1};
  grid.spacing = mask.grid.spacing;
  Mask inside(grid), outside(grid, 1);
  for (std::int64_t y = 0; y < window.height; ++y)
    for (std::int64_t x = 0; x < window.width; ++x)
      if (mask.grid.contains(window.x + x, window.y + y, z) && mask.at(window.x + x, window.y + y, z) != 0) {
        inside.at(x, y, 0) = 1;
        outside.at(x, y, 0) = 0;
      }
  const auto to_inside = squared_distance_mm2(inside, true), to_outside = squared_distance_mm2(outside, true);
  std::vector<double> distance(to_inside.size());
  for (std::size_t i = 0; i < distance.size(); ++i) distance[i] = std::sqrt(to_outside[i]) - std::sqrt(to_inside[i]);
  return distance;
}

}  // namespace

void interpolate_between(Mask& mask, std::int64_t below, std::int64_t above) {
  const auto slice = static_cast<std::size_t>(mask.grid.size[0] * mask.grid.size[1]);
  const auto empty = [&](std::int64_t z) {
    const auto start = mask.values.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(z) * slice);
    return std::find_if(start, start + static_cast<std::ptrdiff_t>(slice), [](std::uint8_t v) { return v != 0; }) ==
           start + static_cast<std::ptrdiff_t>(slice);
  };
  if (empty(below) || empty(above)) return;  // a contour that holds no centre: nothing to draw between
  const Window window = window_of(mask, below, above);
  const std::vector<double> lower = signed_distance(mask, below, window), upper = signed_distance(mask, above, window);
  for (std::int64_t z = below + 1; z < above; ++z) {
    throw_if_stopped();
    const double t = static_cast<double>(z - below) / static_cast<double>(above - below);
    for (std::int64_t y = 0; y < window.height; ++y)
      for (std::int64_t x = 0; x < window.width; ++x) {
        const auto i = static_cast<std::size_t>(y * window.width + x);
        const bool inside = (1 - t) * lower[i] + t * upper[i] >= -1e-9;
        if (inside && mask.grid.contains(window.x + x, window.y + y, z)) mask.at(window.x + x, window.y + y, z) = 1;
      }
  }
}

}  // namespace radfuse::dicom
