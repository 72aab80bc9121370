// SPDX-License-Identifier: Apache-2.0
// Convex hulls of 200 random regions against every plane through three mesh vertices that has all others on one side.
#include "hull.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "radfuse/base/rng.hpp"

namespace radfuse::radiomics {
namespace {

using Whole = std::array<std::int64_t, 3>;
using Point = std::array<double, 3>;

Whole minus(const Whole& a, const Whole& b) {
  return {a[0] - b[0], a[1] - b[1], a[2] - b[2]};
}
Whole cross(const Whole& a, const Whole& b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}
std::int64_t dot(const Whole& a, const Whole& b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/// Every mesh vertex, by definition: half way from an inside voxel to an outside neighbour, in half voxels.
std::vector<Whole> mesh_vertices(const Mask& mask) {
  std::set<Whole> vertices;
  const auto& size = mask.grid.size;
  for (std::int64_t z = 0; z < size[2]; ++z)
    for (std::int64_t y = 0; y < size[1]; ++y)
      for (std::int64_t x = 0; x < size[0]; ++x)
        for (std::size_t axis = 0; mask.at(x, y, z) != 0 && axis < 3; ++axis)
          for (const std::int64_t side : {-1, 1}) {
            Whole n{x, y, z};
            n[axis] += side;
            if (mask.grid.contains(n[0], n[1], n[2]) && mask.at(n[0], n[1], n[2]) != 0) continue;
            Whole vertex{2 * x, 2 * y, 2 * z};
            vertex[axis] += side;
            vertices.insert(vertex);
          }
  return {vertices.begin(), vertices.end()};
}

/// The part of the hull in one plane: its points sorted around their mean, as a fan of triangles in mm.
struct Face {
  double area = 0, volume = 0;
};
Face face_of(std::vector<Whole> points, const Whole& normal, const std::array<double, 3>& spacing,
             const Point& inside) {
  Point centre{};
  for (const Whole& p : points)
    for (std::size_t a = 0; a < 3; ++a) centre[a] += static_cast<double>(p[a]) / static_cast<double>(points.size());
  // Two directions in the plane; a linear map keeps the order around the mean.
  const Whole u = minus(points[1], points[0]), v = cross(normal, u);
  const auto angle = [&](const Whole& p) {
    double along = 0, across = 0;
    for (std::size_t a = 0; a < 3; ++a) {
      const double d = static_cast<double>(p[a]) - centre[a];
      along += d * static_cast<double>(u[a]) / std::sqrt(static_cast<double>(dot(u, u)));
      across += d * static_cast<double>(v[a]) / std::sqrt(static_cast<double>(dot(v, v)));
    }
    return std::atan2(across, along);
  };
  // Only corners: a point inside the polygon or on an edge would spoil the fan, so the outline is taken first.
  std::vector<Whole> corners;
  for (const Whole& p : points)
    for (const Whole& q : points) {
      if (p == q) continue;
      const Whole edge = minus(q, p);
      bool one_side = true, last = true;
      for (const Whole& r : points) {
        const std::int64_t turn = dot(cross(edge, minus(r, p)), normal);
        one_side = one_side && turn >= 0;
        if (turn == 0 && dot(minus(r, p), edge) > dot(edge, edge)) last = false;
        if (turn == 0 && dot(minus(r, p), edge) < 0) last = false;
      }
      if (one_side && last) corners.push_back(p);
    }
  std::ranges::sort(corners);
  corners.erase(std::unique(corners.begin(), corners.end()), corners.end());
  std::ranges::sort(corners, {}, angle);
  const auto mm = [&spacing](const auto& p) {
    Point out{};
    for (std::size_t a = 0; a < 3; ++a) out[a] = static_cast<double>(p[a]) * spacing[a] / 2;
    return out;
  };
  const Point c = mm(centre), m = mm(inside);
  Face face;
  for (std::size_t i = 0; i < corners.size(); ++i) {
    const Point p = mm(corners[i]), q = mm(corners[(i + 1) % corners.size()]);
    Point a{}, b{}, d{};
    for (std::size_t k = 0; k < 3; ++k) {
      a[k] = p[k] - c[k];
      b[k] = q[k] - c[k];
      d[k] = c[k] - m[k];
    }
    const Point n{a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
    face.area += std::sqrt(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]) / 2;
    face.volume += std::abs(n[0] * d[0] + n[1] * d[1] + n[2] * d[2]) / 6;
  }
  return face;
}

MeshSize hull_by_planes(const std::vector<Whole>& points, const std::array<double, 3>& spacing) {
  Point inside{};
  for (const Whole& p : points)
    for (std::size_t a = 0; a < 3; ++a) inside[a] += static_cast<double>(p[a]) / static_cast<double>(points.size());
  std::set<std::vector<std::size_t>> done;
  MeshSize size;
  for (std::size_t i = 0; i < points.size(); ++i)
    for (std::size_t j = i + 1; j < points.size(); ++j)
      for (std::size_t k = j + 1; k < points.size(); ++k) {
        const Whole normal = cross(minus(points[j], points[i]), minus(points[k], points[i]));
        if (normal == Whole{0, 0, 0}) continue;
        bool above = false, below = false;
        std::vector<std::size_t> in_plane;
        for (std::size_t p = 0; p < points.size() && !(above && below); ++p) {
          const std::int64_t side = dot(normal, minus(points[p], points[i]));
          above = above || side > 0;
          below = below || side < 0;
          if (side == 0) in_plane.push_back(p);
        }
        if ((above && below) || !done.insert(in_plane).second) continue;
        std::vector<Whole> flat;
        for (const std::size_t p : in_plane) flat.push_back(points[p]);
        const Face face = face_of(std::move(flat), normal, spacing, inside);
        size.area_mm2 += face.area;
        size.volume_mm3 += face.volume;
      }
  return size;
}

TEST(HullOracle, TwoHundredRegions) {
  for (std::uint64_t index = 0; index < 200; ++index) {
    Rng rng(9, "hull", index);
    Grid grid;
    for (std::size_t a = 0; a < 3; ++a) {
      grid.size[a] = static_cast<std::int64_t>(1 + rng.below(4));
      grid.spacing[a] = std::pow(10, 2 * rng.uniform() - 1);
    }
    Mask mask(grid);
    for (auto& v : mask.values) v = rng.uniform() < 0.5 ? 1 : 0;
    mask.values[rng.below(mask.values.size())] = 1;
    const MeshSize expected = hull_by_planes(mesh_vertices(mask), grid.spacing);
    const MeshSize found = hull_size(convex_hull(outer_vertices(mask)), grid.spacing);
    EXPECT_NEAR(found.volume_mm3, expected.volume_mm3, 1e-9 * expected.volume_mm3) << index;
    EXPECT_NEAR(found.area_mm2, expected.area_mm2, 1e-9 * expected.area_mm2) << index;
  }
}

}  // namespace
}  // namespace radfuse::radiomics
