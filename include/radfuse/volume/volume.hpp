// SPDX-License-Identifier: Apache-2.0
// Images and masks on a regular grid: plain data, no file formats. A 2-D image is a volume with one slice.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace radfuse {

/// Where voxels lie in the patient (LPS, millimetres). Voxel (0,0,0)'s centre is `origin`; x runs fastest in memory.
struct Grid {
  std::array<std::int64_t, 3> size{0, 0, 0};
  std::array<double, 3> spacing{1, 1, 1};  ///< mm between voxel centres, each in [1e-3, 1e2]
  std::array<double, 3> origin{0, 0, 0};
  /// Row-major 3x3; column a is the unit direction of axis a.
  std::array<double, 9> direction{1, 0, 0, 0, 1, 0, 0, 0, 1};

  std::size_t count() const { return static_cast<std::size_t>(size[0] * size[1] * size[2]); }
  std::size_t index(std::int64_t x, std::int64_t y, std::int64_t z) const {
    return static_cast<std::size_t>((z * size[1] + y) * size[0] + x);
  }
  bool contains(std::int64_t x, std::int64_t y, std::int64_t z) const {
    return x >= 0 && y >= 0 && z >= 0 && x < size[0] && y < size[1] && z < size[2];
  }
  /// Patient coordinates (mm) of a continuous voxel index.
  std::array<double, 3> point(double x, double y, double z) const;
  bool operator==(const Grid&) const = default;
};

struct Volume {
  Grid grid;
  std::vector<float> values;  ///< grid.count() finite numbers

  Volume() = default;
  explicit Volume(const Grid& g, float fill = 0) : grid(g), values(g.count(), fill) {}
  float& at(std::int64_t x, std::int64_t y, std::int64_t z) { return values[grid.index(x, y, z)]; }
  float at(std::int64_t x, std::int64_t y, std::int64_t z) const { return values[grid.index(x, y, z)]; }
};

/// 0 outside, 1 inside.
struct Mask {
  Grid grid;
  std::vector<std::uint8_t> values;

  Mask() = default;
  explicit Mask(const Grid& g, std::uint8_t fill = 0) : grid(g), values(g.count(), fill) {}
  std::uint8_t& at(std::int64_t x, std::int64_t y, std::int64_t z) { return values[grid.index(x, y, z)]; }
  std::uint8_t at(std::int64_t x, std::int64_t y, std::int64_t z) const { return values[grid.index(x, y, z)]; }
  std::size_t count() const;  ///< voxels inside
};

/// Largest distance in mm between the same corner of both grids; infinite when the sizes differ. Comparing far corners
/// catches what comparing spacing and direction component by component lets through.
double corner_distance_mm(const Grid& a, const Grid& b);
/// "204x201x60 voxels of 0.977x0.977x3 mm, origin (-100.2, -98, 12) mm, axes (1 0 0) (0 1 0) (0 0 1)", for messages.
std::string describe(const Grid& grid);

}  // namespace radfuse
