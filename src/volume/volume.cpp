// SPDX-License-Identifier: Apache-2.0
// Geometry of grids: patient coordinates, comparison of two grids, and a description for messages.
#include "radfuse/volume/volume.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace radfuse {
namespace {

/// Six digits are enough for a person; the files keep all of them.
std::string brief(double value) {
  char digits[32];
  const auto end =
      std::to_chars(digits, digits + sizeof digits, value == 0 ? 0.0 : value, std::chars_format::general, 6);
  return std::string(digits, end.ptr);
}

std::string brief_list(const std::array<double, 3>& v, const char* between) {
  return brief(v[0]) + between + brief(v[1]) + between + brief(v[2]);
}

}  // namespace

std::array<double, 3> Grid::point(double x, double y, double z) const {
  const std::array<double, 3> along{x * spacing[0], y * spacing[1], z * spacing[2]};
  std::array<double, 3> p = origin;
  for (std::size_t row = 0; row < 3; ++row)
    for (std::size_t axis = 0; axis < 3; ++axis) p[row] += direction[row * 3 + axis] * along[axis];
  return p;
}

std::size_t Mask::count() const {
  std::size_t inside = 0;
  for (const std::uint8_t v : values) inside += v != 0;
  return inside;
}

double corner_distance_mm(const Grid& a, const Grid& b) {
  if (a.size != b.size) return std::numeric_limits<double>::infinity();
  double largest = 0;
  for (int corner = 0; corner < 8; ++corner) {
    std::array<double, 3> at;
    for (std::size_t axis = 0; axis < 3; ++axis)
      at[axis] = (corner >> axis & 1) != 0 ? static_cast<double>(a.size[axis] - 1) : 0.0;
    const auto p = a.point(at[0], at[1], at[2]), q = b.point(at[0], at[1], at[2]);
    largest = std::max(largest, std::hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]));
  }
  return largest;
}

std::string describe(const Grid& grid) {
  std::string text = std::to_string(grid.size[0]) + "x" + std::to_string(grid.size[1]) + "x" +
                     std::to_string(grid.size[2]) + " voxels of " + brief_list(grid.spacing, "x") + " mm, origin (" +
                     brief_list(grid.origin, ", ") + ") mm, axes";
  for (std::size_t axis = 0; axis < 3; ++axis)
    text += " (" + brief_list({grid.direction[axis], grid.direction[axis + 3], grid.direction[axis + 6]}, " ") + ")";
  return text;
}

}  // namespace radfuse
