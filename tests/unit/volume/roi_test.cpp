// SPDX-License-Identifier: Apache-2.0
// Distances and rings against brute force; components, boxes, crops on masks small enough to see.
#include "radfuse/volume/roi.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "radfuse/base/error.hpp"
#include "radfuse/base/rng.hpp"

namespace radfuse {
namespace {

Mask random_mask(std::uint64_t index, double share) {
  Grid g;
  g.size = {11, 9, 7};
  g.spacing = {0.7, 1.1, 2.5};
  Mask m(g);
  Rng rng(7, "roi_test", index);
  for (auto& v : m.values) v = rng.uniform() < share;
  return m;
}

double brute_force(const Mask& m, std::int64_t x, std::int64_t y, std::int64_t z, bool in_plane) {
  double best = std::numeric_limits<double>::infinity();
  for (std::int64_t k = 0; k < m.grid.size[2]; ++k)
    for (std::int64_t j = 0; j < m.grid.size[1]; ++j)
      for (std::int64_t i = 0; i < m.grid.size[0]; ++i) {
        if (m.at(i, j, k) == 0 || (in_plane && k != z)) continue;
        const double dx = static_cast<double>(i - x) * m.grid.spacing[0];
        const double dy = static_cast<double>(j - y) * m.grid.spacing[1];
        const double dz = static_cast<double>(k - z) * m.grid.spacing[2];
        best = std::min(best, dx * dx + dy * dy + dz * dz);
      }
  return best;
}

TEST(SquaredDistance, EqualsBruteForce) {
  for (std::uint64_t trial = 0; trial < 12; ++trial)
    for (const bool in_plane : {false, true}) {
      const Mask m = random_mask(trial, trial < 6 ? 0.01 : 0.2);
      const auto d = squared_distance_mm2(m, in_plane);
      for (std::int64_t z = 0; z < 7; ++z)
        for (std::int64_t y = 0; y < 9; ++y)
          for (std::int64_t x = 0; x < 11; ++x) {
            const double expected = brute_force(m, x, y, z, in_plane);
            const double found = d[m.grid.index(x, y, z)];
            if (std::isinf(expected))
              EXPECT_TRUE(std::isinf(found));
            else
              EXPECT_NEAR(found, expected, 1e-9);
          }
    }
}

TEST(SquaredDistance, OfAnEmptyMaskIsInfinite) {
  for (const double d : squared_distance_mm2(random_mask(0, 0), false)) EXPECT_TRUE(std::isinf(d));
}

TEST(Ring, EqualsBruteForce) {
  for (std::uint64_t trial = 0; trial < 6; ++trial)
    for (const bool in_plane : {false, true}) {
      const Mask m = random_mask(trial, 0.02);
      ASSERT_GT(m.count(), 0U);
      const Mask r = ring(m, 0.75, 2.6, in_plane);
      for (std::int64_t z = 0; z < 7; ++z)
        for (std::int64_t y = 0; y < 9; ++y)
          for (std::int64_t x = 0; x < 11; ++x) {
            const double d = std::sqrt(brute_force(m, x, y, z, in_plane));
            EXPECT_EQ(r.at(x, y, z) != 0, d > 0.75 && d <= 2.6);
          }
    }
}

TEST(Ring, BordersAreOpenInsideAndClosedOutside) {
  Grid g;
  g.size = {9, 1, 1};
  g.spacing = {0.1, 1, 1};
  Mask m(g);
  m.at(0, 0, 0) = 1;
  EXPECT_EQ(ring(m, 0, 0.3, true).values, (std::vector<std::uint8_t>{0, 1, 1, 1, 0, 0, 0, 0, 0}));
  EXPECT_EQ(ring(m, 0.3, 0.6, true).values, (std::vector<std::uint8_t>{0, 0, 0, 0, 1, 1, 1, 0, 0}));
  EXPECT_THROW(ring(m, 2, 1, true), StudyError);
  EXPECT_THROW(ring(Mask(g), 0, 1, true), CaseError);
}

TEST(LargestComponent, DiagonalNeighboursBelongTogether) {
  Grid g;
  g.size = {6, 2, 2};
  Mask m(g);
  m.at(0, 0, 0) = m.at(1, 1, 1) = m.at(2, 0, 0) = 1;
  m.at(4, 0, 0) = m.at(5, 0, 0) = 1;
  const Mask largest = largest_component(m);
  EXPECT_EQ(largest.count(), 3U);
  EXPECT_EQ(largest.at(1, 1, 1), 1);
  EXPECT_EQ(largest_component(Mask(g)).count(), 0U);
}

TEST(LargestComponent, TiesGoToTheFirstInMemory) {
  Grid g;
  g.size = {5, 1, 1};
  Mask m(g);
  m.values = {0, 1, 0, 1, 0};
  EXPECT_EQ(largest_component(m).values, (std::vector<std::uint8_t>{0, 1, 0, 0, 0}));
}

TEST(Boxes, BoundingBoxCropAndLargestSlice) {
  Mask m(random_mask(0, 0).grid);
  EXPECT_THROW(bounding_box(m), CaseError);
  EXPECT_THROW(largest_slice(m), CaseError);
  m.at(2, 3, 1) = m.at(5, 4, 4) = m.at(6, 4, 4) = m.at(1, 1, 5) = m.at(1, 2, 5) = 1;
  const Box box = bounding_box(m);
  EXPECT_EQ(box.low, (std::array<std::int64_t, 3>{1, 1, 1}));
  EXPECT_EQ(box.high, (std::array<std::int64_t, 3>{6, 4, 5}));
  EXPECT_EQ(largest_slice(m), 4);
  const Mask part = crop(m, box);
  EXPECT_EQ(part.count(), m.count());
  EXPECT_EQ(part.at(0, 0, 4), 1);
  EXPECT_EQ(part.grid.point(0, 0, 0), m.grid.point(1, 1, 1));
}

}  // namespace
}  // namespace radfuse
