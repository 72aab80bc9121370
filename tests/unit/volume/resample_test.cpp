// SPDX-License-Identifier: Apache-2.0
// The grid formula of the IBSI, and interpolation against polynomials known in closed form.
#include "radfuse/volume/resample.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "radfuse/base/error.hpp"
#include "radfuse/volume/roi.hpp"

namespace radfuse {
namespace {

Grid grid_of(std::int64_t x, std::int64_t y, std::int64_t z) {
  Grid g;
  g.size = {x, y, z};
  return g;
}

TEST(ResampledGrid, SizeIsCeilAndCentresAreAligned) {
  Grid g = grid_of(204, 201, 60);
  g.spacing = {0.9769999980926514, 0.9769999980926514, 3};
  g.origin = {10, 20, 30};
  const Grid r = resampled_grid(g, {2, 2, 2});
  EXPECT_EQ(r.size, (std::array<std::int64_t, 3>{100, 99, 90}));
  EXPECT_EQ(r.spacing, (std::array<double, 3>{2, 2, 2}));
  const auto old_middle = g.point(101.5, 100, 29.5), new_middle = r.point(49.5, 49, 44.5);
  for (std::size_t a = 0; a < 3; ++a) EXPECT_NEAR(old_middle[a], new_middle[a], 1e-9);
  // By hand along z: 0.5*59 - 0.5*89*2/3 = -1/6 of an old voxel of 3 mm.
  EXPECT_NEAR(r.origin[2], 30 - 0.5, 1e-9);
}

TEST(ResampledGrid, TwoNumbersOrZeroKeepAnAxis) {
  Grid g = grid_of(10, 10, 7);
  g.spacing = {1, 1, 5};
  EXPECT_EQ(resampled_grid(g, {2, 2}).size, (std::array<std::int64_t, 3>{5, 5, 7}));
  EXPECT_EQ(resampled_grid(g, {0, 2, 0}).size, (std::array<std::int64_t, 3>{10, 5, 7}));
  EXPECT_EQ(resampled_grid(g, {2, 2}).spacing[2], 5);
}

TEST(ResampledGrid, RoundingOfTheSpacingAddsNoVoxel) {
  Grid g = grid_of(100, 1, 1);
  g.spacing = {0.30000001192092896, 1, 1};
  EXPECT_EQ(resampled_grid(g, {0.1, 0, 0}).size[0], 300);
  EXPECT_THROW(resampled_grid(g, {-1, 1}), StudyError);
}

TEST(Resample, LinearReproducesAPlaneAndContinuesItsEdge) {
  Volume v(grid_of(6, 5, 4));
  for (std::int64_t z = 0; z < 4; ++z)
    for (std::int64_t y = 0; y < 5; ++y)
      for (std::int64_t x = 0; x < 6; ++x) v.at(x, y, z) = static_cast<float>(2 * x - 3 * y + 5 * z);
  const Grid to = resampled_grid(v.grid, {0.5, 0.5, 0.5});
  const Volume r = resample(v, to, Interpolator::linear);
  for (std::int64_t z = 0; z < to.size[2]; ++z)
    for (std::int64_t y = 0; y < to.size[1]; ++y)
      for (std::int64_t x = 0; x < to.size[0]; ++x) {
        const auto p = to.point(static_cast<double>(x), static_cast<double>(y), static_cast<double>(z));
        const double px = std::clamp(p[0], 0.0, 5.0), py = std::clamp(p[1], 0.0, 4.0), pz = std::clamp(p[2], 0.0, 3.0);
        EXPECT_NEAR(r.at(x, y, z), 2 * px - 3 * py + 5 * pz, 1e-5);
      }
}

TEST(Resample, CubicReproducesACubicPolynomialAwayFromTheEdges) {
  Volume v(grid_of(80, 3, 1));
  const auto cubic = [](double x) { return 1e-3 * x * x * x - 0.05 * x * x + x - 7; };
  for (std::int64_t y = 0; y < 3; ++y)
    for (std::int64_t x = 0; x < 80; ++x) v.at(x, y, 0) = static_cast<float>(cubic(static_cast<double>(x)));
  const Grid to = resampled_grid(v.grid, {0.37, 0, 0});
  const Volume r = resample(v, to, Interpolator::cubic);
  for (std::int64_t x = 0; x < to.size[0]; ++x) {
    const double p = to.point(static_cast<double>(x), 0, 0)[0];
    if (p < 20 || p > 59) continue;
    EXPECT_NEAR(r.at(x, 1, 0), cubic(p), 2e-5 * (1 + std::abs(cubic(p)))) << p;
  }
}

TEST(Resample, CubicGoesThroughTheSamplesUpToTheEdges) {
  for (const std::int64_t n : {2, 3, 7, 59, 60, 61, 130}) {
    Volume v(grid_of(n, 1, 1));
    for (std::int64_t x = 0; x < n; ++x) v.at(x, 0, 0) = static_cast<float>((x * 37) % 11);
    const Volume r = resample(v, v.grid, Interpolator::cubic);
    for (std::int64_t x = 0; x < n; ++x) EXPECT_NEAR(r.at(x, 0, 0), v.at(x, 0, 0), 1e-5) << n << ' ' << x;
  }
}

TEST(Resample, APartOfTheGridGetsTheSameValuesAsTheWhole) {
  Volume v(grid_of(150, 40, 3));
  for (std::size_t i = 0; i < v.values.size(); ++i) v.values[i] = static_cast<float>((i * 7919) % 1000);
  const Grid whole = resampled_grid(v.grid, {0.7, 0.7, 0.7});
  Grid part = whole;
  part.size = {5, 6, 2};
  part.origin = whole.point(100, 20, 1);
  for (const auto& row : kInterpolators) {
    const Volume a = resample(v, whole, row.value), b = resample(v, part, row.value);
    for (std::int64_t z = 0; z < 2; ++z)
      for (std::int64_t y = 0; y < 6; ++y)
        for (std::int64_t x = 0; x < 5; ++x) EXPECT_NEAR(b.at(x, y, z), a.at(100 + x, 20 + y, 1 + z), 1e-4);
  }
}

TEST(Resample, ATurnedGridIsFollowed) {
  Volume v(grid_of(20, 20, 1));
  for (std::int64_t y = 0; y < 20; ++y)
    for (std::int64_t x = 0; x < 20; ++x) v.at(x, y, 0) = static_cast<float>(3 * x + y);
  Grid to = grid_of(5, 5, 1);
  const double c = std::cos(std::numbers::pi / 6), s = std::sin(std::numbers::pi / 6);
  to.direction = {c, -s, 0, s, c, 0, 0, 0, 1};
  to.origin = {8, 8, 0};
  const Volume r = resample(v, to, Interpolator::linear);
  for (std::int64_t y = 0; y < 5; ++y)
    for (std::int64_t x = 0; x < 5; ++x) {
      const auto p = to.point(static_cast<double>(x), static_cast<double>(y), 0);
      EXPECT_NEAR(r.at(x, y, 0), 3 * p[0] + p[1], 1e-4);
    }
}

TEST(Resample, HalfAVoxelOfTheMaskIsInsideWhateverTheOrigin) {
  for (const double origin : {0.0, -100.4000015258789, 1234.567}) {
    Mask m(grid_of(1, 1, 60));
    m.grid.spacing = {1, 1, 3};
    m.grid.origin = {0.1, 0.2, origin};
    for (std::int64_t z = 21; z <= 28; ++z) m.at(0, 0, z) = 1;
    // New centres lie at i*2/3 - 1/6 old voxels: number 31 at 20.5 and number 43 at 28.5, both half-way.
    const Mask r = resample(m, resampled_grid(m.grid, {0, 0, 2}), Interpolator::linear, 0.5);
    for (std::int64_t z = 0; z < r.grid.size[2]; ++z) EXPECT_EQ(r.at(0, 0, z) != 0, z >= 31 && z <= 43) << z;
  }
}

TEST(Resample, NearestKeepsValues) {
  Volume v(grid_of(4, 1, 1));
  v.values = {1, 2, 4, 8};
  EXPECT_EQ(resample(v, resampled_grid(v.grid, {0.5, 0, 0}), Interpolator::nearest).values,
            (std::vector<float>{1, 1, 2, 2, 4, 4, 8, 8}));
}

TEST(Resample, ALargeCubicImageIsMadeInPartsThatFit) {
  // 5 million coefficients: more than are held at a time.
  Volume v(grid_of(260, 160, 120));
  for (std::size_t i = 0; i < v.values.size(); ++i) v.values[i] = static_cast<float>(i * 2654435761U % 1000);
  const Grid to = resampled_grid(v.grid, {1.5, 1.5, 1.5});
  const Volume whole = resample(v, to, Interpolator::cubic);
  const Box box{{70, 40, 30}, {110, 70, 50}};  // around where the parts meet
  const Volume part = resample(v, crop(to, box), Interpolator::cubic);
  for (std::int64_t z = box.low[2]; z <= box.high[2]; ++z)
    for (std::int64_t y = box.low[1]; y <= box.high[1]; ++y)
      for (std::int64_t x = box.low[0]; x <= box.high[0]; ++x)
        ASSERT_NEAR(whole.at(x, y, z), part.at(x - box.low[0], y - box.low[1], z - box.low[2]), 1e-3);
}

}  // namespace
}  // namespace radfuse
