// SPDX-License-Identifier: Apache-2.0
// Coordinates of a turned grid, comparison by the far corner, and the description for messages.
#include "radfuse/volume/volume.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace radfuse {
namespace {

TEST(Grid, PointFollowsColumnsOfTheDirection) {
  Grid g;
  g.spacing = {2, 3, 4};
  g.origin = {10, 20, 30};
  g.direction = {0, -1, 0, 1, 0, 0, 0, 0, 1};  // x runs along patient y, y along patient -x
  EXPECT_EQ(g.point(1, 1, 1), (std::array<double, 3>{7, 22, 34}));
}

TEST(CornerDistance, SeesASmallTurnAtTheFarCorner) {
  Grid a;
  a.size = {512, 512, 100};
  Grid b = a;
  EXPECT_EQ(corner_distance_mm(a, b), 0);
  b.spacing[0] = 1.0001;
  EXPECT_NEAR(corner_distance_mm(a, b), 0.0511, 1e-9);
  b.size[0] = 511;
  EXPECT_TRUE(std::isinf(corner_distance_mm(a, b)));
}

TEST(Describe, ReadsAsText) {
  Grid g;
  g.size = {204, 201, 60};
  g.spacing = {0.9769999980926514, 0.9769999980926514, 3};
  g.origin = {-100.2, -98, 12};
  EXPECT_EQ(describe(g),
            "204x201x60 voxels of 0.977x0.977x3 mm, origin (-100.2, -98, 12) mm, axes (1 0 0) (0 1 0) (0 0 1)");
}

}  // namespace
}  // namespace radfuse
