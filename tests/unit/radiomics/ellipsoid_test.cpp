// SPDX-License-Identifier: Apache-2.0
// Least ellipsoids known in closed form, and what makes any of them the least.
#include "ellipsoid.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "hull.hpp"
#include "radfuse/base/rng.hpp"

namespace radfuse::radiomics {
namespace {

void expect_axes(const std::array<double, 3>& found, double a, double b, double c, double tolerance = 1e-8) {
  EXPECT_NEAR(found[0], a, tolerance * a);
  EXPECT_NEAR(found[1], b, tolerance * b);
  EXPECT_NEAR(found[2], c, tolerance * c);
}

std::vector<HalfPoint> block(std::int64_t x, std::int64_t y, std::int64_t z) {
  std::vector<HalfPoint> p;
  for (int c = 0; c < 8; ++c) p.push_back({c & 1 ? x : 0, c & 2 ? y : 0, c & 4 ? z : 0});
  return p;
}

TEST(EnclosingEllipsoid, OfABlockHasItsSidesTimesRootThree) {
  // A cube's is its sphere, and a linear map takes one to the other.
  expect_axes(enclosing_ellipsoid(block(2, 2, 2), {1, 1, 1}), std::sqrt(0.75), std::sqrt(0.75), std::sqrt(0.75));
  expect_axes(enclosing_ellipsoid(block(4, 10, 6), {0.5, 1, 3}), 9 * std::sqrt(0.75), 5 * std::sqrt(0.75),
              std::sqrt(0.75));
}

TEST(EnclosingEllipsoid, OfARegularTetrahedronIsItsSphere) {
  const double r = std::sqrt(3.0) / 2;  // half the diagonal of the cube around it, of side 1
  expect_axes(enclosing_ellipsoid({{0, 0, 0}, {2, 2, 0}, {0, 2, 2}, {2, 0, 2}}, {1, 1, 1}), r, r, r);
}

TEST(EnclosingEllipsoid, OfPointsOnAnEllipsoidIsThatOne) {
  Rng rng(3, "sphere");
  std::vector<HalfPoint> points;
  while (points.size() < 500) {
    std::array<double, 3> v{};
    double squared = 0;
    for (double& x : v) {
      x = 2 * rng.uniform() - 1;
      squared += x * x;
    }
    if (squared > 1 || squared < 0.01) continue;
    HalfPoint p{};
    for (std::size_t a = 0; a < 3; ++a) p[a] = std::llround(1e5 * v[a] / std::sqrt(squared));
    points.push_back(p);
  }
  expect_axes(enclosing_ellipsoid(points, {2e-5, 6e-5, 4e-5}), 3, 2, 1, 2e-5);  // the lattice's rounding
}

TEST(EnclosingEllipsoid, DoesNotDependOnOrderOrAxesOrInnerPoints) {
  Rng rng(4, "cloud");
  std::vector<HalfPoint> points, turned;
  for (int i = 0; i < 300; ++i) {
    HalfPoint p{};
    for (auto& v : p) v = static_cast<std::int64_t>(rng.below(60));
    points.push_back(p);
  }
  for (std::size_t i = points.size(); i-- > 0;) turned.push_back({points[i][2], -points[i][0], points[i][1]});
  const auto a = enclosing_ellipsoid(points, {1, 2, 3}), b = enclosing_ellipsoid(turned, {3, 1, 2});
  const auto c = enclosing_ellipsoid(convex_hull(points).points, {1, 2, 3});
  expect_axes(b, a[0], a[1], a[2]);
  expect_axes(c, a[0], a[1], a[2]);
  EXPECT_LT(ellipsoid_volume(a),
            ellipsoid_volume({std::sqrt(0.75) * 180, std::sqrt(0.75) * 120, std::sqrt(0.75) * 60}));
  EXPECT_GT(ellipsoid_volume(a), hull_size(convex_hull(points), {1, 2, 3}).volume_mm3);
}

TEST(EnclosingEllipsoid, OfAPlaneIsNone) {
  EXPECT_EQ(enclosing_ellipsoid({{0, 0, 0}, {4, 0, 0}, {0, 5, 0}, {3, 3, 0}}, {1, 1, 1})[0], 0);
}

TEST(EllipsoidArea, IsTheSeriesOfTheIbsi) {
  EXPECT_NEAR(ellipsoid_area({2, 2, 2}), 16 * std::numbers::pi, 1e-12);
  // With a = b the product (alpha beta)^n P_n is the leading coefficient of P_n times (beta^2 / 2)^n.
  const double h = (1 - 0.64) / 2;
  const double series = 1 - h / 3 - 1.5 * h * h / 15 - 2.5 * h * h * h / 35 - 4.375 * std::pow(h, 4) / 63 -
                        7.875 * std::pow(h, 5) / 99 - 14.4375 * std::pow(h, 6) / 143;
  EXPECT_NEAR(ellipsoid_area({1, 1, 0.8}), 4 * std::numbers::pi * series, 1e-4);
  EXPECT_NEAR(ellipsoid_area({3, 3, 2.4}), 9 * ellipsoid_area({1, 1, 0.8}), 1e-12);
  EXPECT_NEAR(ellipsoid_volume({3, 2, 1}), 8 * std::numbers::pi, 1e-12);
}

}  // namespace
}  // namespace radfuse::radiomics
