// SPDX-License-Identifier: Apache-2.0
// Boxes that are known, boxes at any angle, and a search over turns that must not find a smaller one.
#include "bounding_box.hpp"

#include <gtest/gtest.h>

#include <Eigen/Geometry>
#include <cmath>

#include "support.hpp"

namespace radfuse::radiomics {
namespace {

double volume(const std::array<double, 3>& side) {
  return side[0] * side[1] * side[2];
}

/// Corners of a box of 2 x 4 x 6 (thousands of half voxels) turned by a rotation.
std::vector<HalfPoint> turned_block(const Eigen::Matrix3d& r) {
  std::vector<HalfPoint> points;
  for (int c = 0; c < 8; ++c) {
    const Eigen::Vector3d p = r * Eigen::Vector3d(c & 1 ? 2e4 : 0, c & 2 ? 4e4 : 0, c & 4 ? 6e4 : 0);
    points.push_back({std::llround(p[0]), std::llround(p[1]), std::llround(p[2])});
  }
  return points;
}

Eigen::Matrix3d random_turn(Rng& rng) {
  Eigen::Quaterniond q(rng.uniform() - 0.5, rng.uniform() - 0.5, rng.uniform() - 0.5, rng.uniform() - 0.5);
  return q.normalized().toRotationMatrix();
}

TEST(OrientedBox, OfATurnedBlockIsTheBlock) {
  Rng rng(1, "turn");
  for (int trial = 0; trial < 20; ++trial) {
    const auto side = oriented_box(convex_hull(turned_block(random_turn(rng))), {1e-4, 1e-4, 1e-4});
    EXPECT_NEAR(side[0], 3, 3e-4);  // the lattice's rounding
    EXPECT_NEAR(side[1], 2, 3e-4);
    EXPECT_NEAR(side[2], 1, 3e-4);
  }
}

TEST(OrientedBox, OfABlockOfVoxelsIsTheBoxOfItsMesh) {
  Mask m(test::grid_of(9, 5, 7), 1);
  m.grid.spacing = {1, 3, 0.5};
  const auto side = oriented_box(convex_hull(outer_vertices(m)), m.grid.spacing);
  EXPECT_NEAR(volume(side), 9 * 15 * 3.5, 1e-9);
  EXPECT_NEAR(side[0], 15, 1e-12);
  EXPECT_NEAR(side[2], 3.5, 1e-12);
}

TEST(OrientedBox, OfRegularShapes) {
  // A tetrahedron stands on edges, an octahedron on nothing but vertices in a cube of 2/3 of its diagonal.
  EXPECT_NEAR(volume(oriented_box(convex_hull({{0, 0, 0}, {2, 2, 0}, {0, 2, 2}, {2, 0, 2}}), {1, 1, 1})), 1, 1e-12);
  const auto side =
      oriented_box(convex_hull({{1, 0, 0}, {-1, 0, 0}, {0, 1, 0}, {0, -1, 0}, {0, 0, 1}, {0, 0, -1}}), {1, 1, 1});
  EXPECT_NEAR(volume(side), 8.0 / 27, 1e-9);
}

TEST(OrientedBox, NoTurnFindsAMuchSmallerOne) {
  Rng rng(2, "boxes");
  for (int trial = 0; trial < 12; ++trial) {
    const auto s = test::random_sample(test::grid_of(2 + trial % 5, 3 + trial, 4), static_cast<std::uint64_t>(trial));
    const std::array<double, 3> spacing{0.8, 1.1, 2.5};
    const Hull hull = convex_hull(outer_vertices(s.mask));
    const auto side = oriented_box(hull, spacing);
    const auto box = [&](const Eigen::Matrix3d& r) {
      double v = 1;
      for (Eigen::Index a = 0; a < 3; ++a) {
        double low = 1e300, high = -1e300;
        for (const HalfPoint& p : hull.points) {
          double h = 0;
          for (std::size_t k = 0; k < 3; ++k)
            h += r(a, static_cast<Eigen::Index>(k)) * 0.5 * static_cast<double>(p[k]) * spacing[k];
          low = std::min(low, h);
          high = std::max(high, h);
        }
        v *= high - low;
      }
      return v;
    };
    EXPECT_LE(volume(side), box(Eigen::Matrix3d::Identity()) * (1 + 1e-9));
    EXPECT_GE(volume(side), hull_size(hull, spacing).volume_mm3);
    double least = 1e300;
    for (int i = 0; i < 3000; ++i) least = std::min(least, box(random_turn(rng)));
    EXPECT_LE(volume(side), least) << trial;
  }
}

TEST(OrientedBox, DoesNotDependOnOrderOrAxes) {
  Rng rng(4, "cloud");
  for (int trial = 0; trial < 10; ++trial) {
    std::vector<HalfPoint> points, turned;
    for (int i = 0; i < 20 + 10 * trial; ++i) {
      HalfPoint p{};
      for (auto& v : p) v = static_cast<std::int64_t>(rng.below(40));
      points.push_back(p);
    }
    for (std::size_t i = points.size(); i-- > 0;) turned.push_back({points[i][2], -points[i][0], points[i][1]});
    const auto a = oriented_box(convex_hull(points), {1, 2, 3}), b = oriented_box(convex_hull(turned), {3, 1, 2});
    EXPECT_NEAR(volume(b), volume(a), 1e-9 * volume(a));
    EXPECT_NEAR(b[0], a[0], 1e-6 * a[0]);
  }
}

TEST(OrientedBox, OfAPlaneIsNone) {
  EXPECT_EQ(oriented_box(convex_hull({{0, 0, 0}, {4, 0, 0}, {0, 5, 0}, {3, 3, 0}}), {1, 1, 1})[0], 0);
}

}  // namespace
}  // namespace radfuse::radiomics
