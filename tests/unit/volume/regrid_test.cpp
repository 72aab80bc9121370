// SPDX-License-Identifier: Apache-2.0
// Masks onto other grids: shifts, turns, other voxel sizes, faces between voxels.
#include "radfuse/volume/regrid.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "radfuse/base/error.hpp"
#include "radfuse/base/rng.hpp"

namespace radfuse {
namespace {

Grid grid_of(std::int64_t x, std::int64_t y, std::int64_t z) {
  Grid grid;
  grid.size = {x, y, z};
  return grid;
}

Mask speckled(const Grid& grid, std::uint64_t index) {
  Mask mask(grid);
  Rng rng(5, "test.regrid", index);
  for (auto& v : mask.values) v = rng.uniform() < 0.4;
  return mask;
}

/// A proper rotation from a random unit quaternion.
std::array<double, 9> rotation(Rng& rng) {
  std::array<double, 4> q;
  double norm = 0;
  for (double& v : q) norm += (v = rng.normal(), v * v);
  for (double& v : q) v /= std::sqrt(norm);
  const auto [w, x, y, z] = q;
  return {1 - 2 * (y * y + z * z), 2 * (x * y - z * w),     2 * (x * z + y * w),
          2 * (x * y + z * w),     1 - 2 * (x * x + z * z), 2 * (y * z - x * w),
          2 * (x * z - y * w),     2 * (y * z + x * w),     1 - 2 * (x * x + y * y)};
}

TEST(PatientToIndex, UndoesPoint) {
  Rng rng(1, "test.patient_to_index");
  for (int i = 0; i < 200; ++i) {
    Grid grid = grid_of(5, 6, 7);
    grid.direction = rotation(rng);
    for (std::size_t a = 0; a < 3; ++a) {
      grid.spacing[a] = rng.uniform(0.1, 5);
      grid.origin[a] = rng.uniform(-500, 500);
    }
    const std::array<double, 3> at{rng.uniform(-9, 9), rng.uniform(-9, 9), rng.uniform(-9, 9)};
    const auto back = PatientToIndex(grid)(grid.point(at[0], at[1], at[2]));
    for (std::size_t a = 0; a < 3; ++a) EXPECT_NEAR(back[a], at[a], 1e-9);
  }
}

TEST(PatientToIndex, FlatAxesAreRefused) {
  Grid grid = grid_of(2, 2, 2);
  grid.direction = {1, 1, 0, 0, 0, 0, 0, 0, 1};
  EXPECT_THROW(PatientToIndex{grid}, InputError);
}

TEST(RegridNearest, SameGridIsTheSameMask) {
  const Mask mask = speckled(grid_of(5, 4, 3), 0);
  EXPECT_EQ(regrid_nearest(mask, mask.grid).values, mask.values);
}

TEST(RegridNearest, AWholeShiftMovesVoxelsAndOutsideIsEmpty) {
  const Mask mask = speckled(grid_of(5, 4, 3), 1);
  Grid to = grid_of(6, 6, 6);
  to.origin = {2, -1, 1};
  const Mask out = regrid_nearest(mask, to);
  for (std::int64_t z = 0; z < 6; ++z)
    for (std::int64_t y = 0; y < 6; ++y)
      for (std::int64_t x = 0; x < 6; ++x)
        EXPECT_EQ(out.at(x, y, z), mask.grid.contains(x + 2, y - 1, z + 1) ? mask.at(x + 2, y - 1, z + 1) : 0);
}

TEST(RegridNearest, FinerVoxelsRepeatAndComeBack) {
  const Mask mask = speckled(grid_of(5, 4, 3), 2);
  Grid fine = grid_of(10, 8, 6);
  fine.spacing = {0.5, 0.5, 0.5};
  fine.origin = {-0.25, -0.25, -0.25};
  const Mask out = regrid_nearest(mask, fine);
  EXPECT_EQ(out.count(), 8 * mask.count());
  EXPECT_EQ(regrid_nearest(out, mask.grid).values, mask.values) << "a centre on a face takes the higher voxel";
}

TEST(RegridNearest, FlippedAndTurnedAxesKeepTheirPlace) {
  const Mask mask = speckled(grid_of(5, 4, 3), 3);
  Grid to = grid_of(4, 5, 3);  // its x runs along the mask's -y, its y along x
  to.direction = {0, 1, 0, -1, 0, 0, 0, 0, 1};
  to.origin = {0, 3, 0};
  const Mask out = regrid_nearest(mask, to);
  for (std::int64_t z = 0; z < 3; ++z)
    for (std::int64_t y = 0; y < 5; ++y)
      for (std::int64_t x = 0; x < 4; ++x) EXPECT_EQ(out.at(x, y, z), mask.at(y, 3 - x, z));
}

/// Every voxel by Grid::point alone: the mask's voxel whose centre is nearest, found by looking at all of them.
TEST(RegridNearest, RandomGridsAgreeWithASearch) {
  Rng rng(2, "test.regrid.search");
  for (std::uint64_t trial = 0; trial < 40; ++trial) {
    Grid from = grid_of(6, 5, 4), to = grid_of(7, 6, 5);
    from.direction = rotation(rng);
    to.direction = trial % 2 == 0 ? rotation(rng) : from.direction;
    for (std::size_t a = 0; a < 3; ++a) {
      from.spacing[a] = rng.uniform(0.5, 2);
      to.spacing[a] = rng.uniform(0.5, 2);
      from.origin[a] = rng.uniform(-2, 2);
      to.origin[a] = rng.uniform(-2, 2);
    }
    const Mask mask = speckled(from, trial + 10), out = regrid_nearest(mask, to);
    for (std::int64_t z = 0; z < 5; ++z)
      for (std::int64_t y = 0; y < 6; ++y)
        for (std::int64_t x = 0; x < 7; ++x) {
          const auto p = to.point(static_cast<double>(x), static_cast<double>(y), static_cast<double>(z));
          bool inside = false;
          for (std::int64_t k = 0; k < 4; ++k)
            for (std::int64_t j = 0; j < 5; ++j)
              for (std::int64_t i = 0; i < 6; ++i) {
                const auto q = from.point(static_cast<double>(i), static_cast<double>(j), static_cast<double>(k));
                bool in_box = true;
                for (std::size_t a = 0; a < 3; ++a) {
                  double along = 0;
                  for (std::size_t r = 0; r < 3; ++r) along += (p[r] - q[r]) * from.direction[r * 3 + a];
                  in_box = in_box && std::abs(along) <= from.spacing[a] / 2;
                }
                inside = inside || (in_box && mask.at(i, j, k) != 0);
              }
          EXPECT_EQ(out.at(x, y, z) != 0, inside) << trial << ": " << x << " " << y << " " << z;
        }
  }
}

TEST(RegridNearest, AMaskElsewhereLeavesNothing) {
  const Mask mask = speckled(grid_of(3, 3, 3), 4);
  Grid to = grid_of(3, 3, 3);
  to.origin = {100, 0, 0};
  EXPECT_EQ(regrid_nearest(mask, to).count(), 0U);
  EXPECT_EQ(regrid_nearest(Mask(mask.grid), mask.grid).count(), 0U);
}

}  // namespace
}  // namespace radfuse
