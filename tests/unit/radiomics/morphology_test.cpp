// SPDX-License-Identifier: Apache-2.0
// Meshes and hulls of shapes with known answers; exact hulls against brute force.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "hull.hpp"
#include "mesh.hpp"
#include "support.hpp"

namespace radfuse::radiomics {
namespace {

using test::grid_of;

Mask ball(std::int64_t n, double radius, std::array<double, 3> spacing = {1, 1, 1}) {
  Grid g = grid_of(n, n, n);
  g.spacing = spacing;
  Mask m(g);
  const double c = static_cast<double>(n - 1) / 2;
  for (std::int64_t z = 0; z < n; ++z)
    for (std::int64_t y = 0; y < n; ++y)
      for (std::int64_t x = 0; x < n; ++x)
        m.at(x, y, z) = std::hypot((static_cast<double>(x) - c) * spacing[0], (static_cast<double>(y) - c) * spacing[1],
                                   (static_cast<double>(z) - c) * spacing[2]) <= radius;
  return m;
}

TEST(Mesh, OneVoxelIsAnOctahedron) {
  Mask m(grid_of(1, 1, 1), 1);
  m.grid.spacing = {2, 2, 2};
  const MeshSize size = mesh_size(m);
  EXPECT_NEAR(size.volume_mm3, 8.0 / 6, 1e-12);
  EXPECT_NEAR(size.area_mm2, 8 * std::sqrt(3.0) / 4 * 2, 1e-12);  // eight triangles of side sqrt(2)
}

TEST(Mesh, ABlockLosesItsCorners) {
  // Faces lie half a voxel outside the outer centres; edges and corners are cut off at 45 degrees.
  Mask m(grid_of(4, 5, 6), 1);
  const double edges = 3 + 4 + 5, box = 4 * 5 * 6;
  // Along each of 4 edges per direction a prism of 1/8; at each of 8 corners an octant of 1/48 instead of 1/8.
  EXPECT_NEAR(mesh_size(m).volume_mm3, box - 4 * edges / 8 - 8 * (1.0 / 8 - 1.0 / 48), 1e-12);
}

TEST(Mesh, IsClosedForEveryKindOfCube) {
  // The signed volume of a closed surface does not depend on the origin.
  for (std::uint64_t trial = 0; trial < 10; ++trial) {
    const auto s = test::random_sample(grid_of(6, 6, 6), trial);
    Mask moved(grid_of(12, 12, 12));
    for (std::int64_t z = 0; z < 6; ++z)
      for (std::int64_t y = 0; y < 6; ++y)
        for (std::int64_t x = 0; x < 6; ++x) moved.at(x + 5, y + 4, z + 3) = s.mask.at(x, y, z);
    const MeshSize a = mesh_size(s.mask), b = mesh_size(moved);
    EXPECT_NEAR(a.volume_mm3, b.volume_mm3, 1e-9);
    EXPECT_NEAR(a.area_mm2, b.area_mm2, 1e-9);
    EXPECT_GT(a.volume_mm3, 0);
  }
}

TEST(Mesh, ABallComesNearItsFormula) {
  const MeshSize size = mesh_size(ball(41, 19.3));
  EXPECT_NEAR(size.volume_mm3 / (4.0 / 3 * std::numbers::pi * 19.3 * 19.3 * 19.3), 1, 0.005);
  EXPECT_NEAR(size.area_mm2 / (4 * std::numbers::pi * 19.3 * 19.3), 1, 0.1);  // marching cubes overestimates
}

TEST(Hull, ContainsEveryPointAndIsTight) {
  for (std::uint64_t trial = 0; trial < 40; ++trial) {
    Rng rng(5, "hull", trial);
    std::vector<HalfPoint> points;
    const std::uint64_t reach = 2 + trial;  // small reaches make many coplanar and collinear points
    for (int i = 0; i < 120; ++i) {
      HalfPoint p{};
      for (auto& v : p) v = static_cast<std::int64_t>(rng.below(reach));
      points.push_back(p);
    }
    const Hull hull = convex_hull(points);
    ASSERT_FALSE(hull.faces.empty());
    EXPECT_EQ(2 * hull.points.size(), hull.faces.size() + 4);  // Euler, for triangles
    for (const auto& face : hull.faces) {
      const auto &a = hull.points[face[0]], &b = hull.points[face[1]], &c = hull.points[face[2]];
      const HalfPoint u{b[0] - a[0], b[1] - a[1], b[2] - a[2]}, v{c[0] - a[0], c[1] - a[1], c[2] - a[2]};
      const HalfPoint n{u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]};
      for (const auto& p : points) EXPECT_LE(n[0] * (p[0] - a[0]) + n[1] * (p[1] - a[1]) + n[2] * (p[2] - a[2]), 0);
    }
  }
}

TEST(Hull, OfABlockIsTheBlockWithoutItsCorners) {
  const Mask m(grid_of(3, 3, 3), 1);
  const Hull hull = convex_hull(outer_vertices(m));
  const MeshSize size = hull_size(hull, {1, 1, 1}), mesh = mesh_size(m);
  EXPECT_NEAR(size.volume_mm3, mesh.volume_mm3, 1e-12);
  EXPECT_NEAR(size.area_mm2, mesh.area_mm2, 1e-12);
  EXPECT_NEAR(diameter(hull.points, {1, 1, 1}), std::sqrt(3 * 3 + 2 * 2 + 2 * 2), 1e-12);
}

TEST(Hull, DiameterEqualsBruteForceOverAllVertices) {
  const auto s = test::random_sample(grid_of(9, 8, 7), 8);
  const auto all = outer_vertices(s.mask);
  EXPECT_EQ(diameter(convex_hull(all).points, {0.7, 1.3, 2}), diameter(all, {0.7, 1.3, 2}));
}

TEST(Morphology, BallsAreRoundAndEllipsoidsAreNot) {
  auto p = test::params_of();
  p.families = {FeatureGroup::morphology};
  const Mask m = ball(41, 19.3);
  const auto f = test::features_of(Volume(m.grid, 3), m, p);
  EXPECT_NEAR(f.at("morphology.elongation"), 1, 1e-9);
  EXPECT_NEAR(f.at("morphology.flatness"), 1, 1e-9);
  EXPECT_NEAR(f.at("morphology.major_axis_length"), 4 * 19.3 / std::sqrt(5.0), 0.05);  // variance of a ball: r^2/5
  EXPECT_NEAR(f.at("morphology.centre_of_mass_shift"), 0, 1e-9);
  EXPECT_EQ(f.reason("morphology.morans_i_index"), "one_intensity");
  const double v = f.at("morphology.volume"), a = f.at("morphology.surface_area");
  // The hull holds the mesh and lies within half a voxel of the ball.
  EXPECT_LE(f.at("morphology.volume_density_convex_hull"), 1);
  EXPECT_GE(f.at("morphology.volume_density_convex_hull"), v / (4.0 / 3 * std::numbers::pi * 19.8 * 19.8 * 19.8));
  EXPECT_NEAR(f.at("morphology.sphericity"), std::cbrt(36 * std::numbers::pi * v * v) / a, 1e-12);
}

TEST(Morphology2d, RectangleByHand) {
  auto p = test::params_of();
  p.families = {FeatureGroup::morphology};
  Mask m(grid_of(6, 4, 1));
  m.grid.spacing = {2, 2, 5};
  for (std::int64_t y = 1; y < 3; ++y)
    for (std::int64_t x = 1; x < 5; ++x) m.at(x, y, 0) = 1;
  const auto f = test::features_of(Volume(m.grid), m, p, true);
  EXPECT_NEAR(f.at("morphology_2d.pixel_surface"), 32, 1e-12);
  EXPECT_NEAR(f.at("morphology_2d.mesh_surface"), 32 - 4 * 0.5, 1e-12);  // four corners of half a mm^2
  EXPECT_NEAR(f.at("morphology_2d.perimeter"), 2 * 6 + 2 * 2 + 4 * std::sqrt(2.0), 1e-12);
  EXPECT_NEAR(f.at("morphology_2d.maximum_diameter"), std::hypot(8, 2), 1e-12);
  EXPECT_NEAR(f.at("morphology_2d.major_axis_length"), 4 * 2 * std::sqrt(1.25), 1e-12);
  EXPECT_NEAR(f.at("morphology_2d.minor_axis_length"), 4 * 2 * std::sqrt(0.25), 1e-12);
  EXPECT_NEAR(f.at("morphology_2d.elongation"), std::sqrt(0.2), 1e-12);
}

}  // namespace
}  // namespace radfuse::radiomics
