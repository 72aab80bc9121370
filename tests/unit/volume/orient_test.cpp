// SPDX-License-Identifier: Apache-2.0
// Every voxel keeps its place in the patient; axes point to left, back and head; slices stay slices.
#include "radfuse/volume/orient.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

namespace radfuse {
namespace {

using Place = std::tuple<long, long, long>;

/// Values by where they lie, in thousandths of a millimetre.
std::map<Place, float> by_place(const Volume& image) {
  std::map<Place, float> all;
  const Grid& g = image.grid;
  for (std::int64_t z = 0; z < g.size[2]; ++z)
    for (std::int64_t y = 0; y < g.size[1]; ++y)
      for (std::int64_t x = 0; x < g.size[0]; ++x) {
        const auto p = g.point(static_cast<double>(x), static_cast<double>(y), static_cast<double>(z));
        all[{std::lround(p[0] * 1e3), std::lround(p[1] * 1e3), std::lround(p[2] * 1e3)}] = image.at(x, y, z);
      }
  return all;
}

Volume counted(const std::array<double, 9>& direction) {
  Grid grid;
  grid.size = {4, 3, 2};
  grid.spacing = {0.5, 0.75, 3};
  grid.origin = {10, -20, 30};
  grid.direction = direction;
  Volume image(grid);
  for (std::size_t i = 0; i < image.values.size(); ++i) image.values[i] = static_cast<float>(i);
  return image;
}

TEST(Orient, AnAxialStackInTheUsualOrderStaysAsItIs) {
  const Volume image = counted({1, 0, 0, 0, 1, 0, 0, 0, 1});
  const Volume out = canonical(image);
  EXPECT_EQ(out.grid, image.grid);
  EXPECT_EQ(out.values, image.values);
}

TEST(Orient, AMirroredAxisIsRunBackwards) {
  const Volume out = canonical(counted({-1, 0, 0, 0, 1, 0, 0, 0, 1}));
  EXPECT_EQ(out.grid.direction, (std::array<double, 9>{1, 0, 0, 0, 1, 0, 0, 0, 1}));
  EXPECT_EQ(out.grid.origin, (std::array<double, 3>{8.5, -20, 30}));  // 10 - 3 * 0.5
  EXPECT_EQ(std::vector<float>(out.values.begin(), out.values.begin() + 4), (std::vector<float>{3, 2, 1, 0}));
}

TEST(Orient, ASagittalStackKeepsItsSlices) {
  // Columns: x towards the back, y towards the feet, slices towards the left.
  const Volume image = counted({0, 0, 1, 1, 0, 0, 0, -1, 0});
  const Volume out = canonical(image);
  EXPECT_EQ(out.grid.size, image.grid.size) << "back, head, left: in the plane only y is mirrored";
  EXPECT_EQ(out.grid.direction, (std::array<double, 9>{0, 0, 1, 1, 0, 0, 0, 1, 0}));
  EXPECT_EQ(out.at(0, 0, 1), image.at(0, 2, 1));
}

TEST(Orient, ACoronalStackKeepsItsSlices) {
  // x towards the left, y towards the feet, slices towards the back: becomes (head, left, back).
  const Volume image = counted({1, 0, 0, 0, 0, 1, 0, -1, 0});
  const Volume out = canonical(image);
  EXPECT_EQ(out.grid.size, (std::array<std::int64_t, 3>{3, 4, 2}));
  EXPECT_EQ(out.grid.spacing, (std::array<double, 3>{0.75, 0.5, 3}));
  EXPECT_EQ(out.at(0, 0, 0), image.at(0, 2, 0));
  EXPECT_EQ(out.at(2, 3, 1), image.at(3, 0, 1));
}

TEST(Orient, AllFortyEightOrientationsKeepEveryVoxelInItsPlace) {
  std::array<std::size_t, 3> order{0, 1, 2};
  do {
    for (unsigned signs = 0; signs < 8; ++signs) {
      std::array<double, 9> direction{};
      for (std::size_t a = 0; a < 3; ++a) direction[3 * order[a] + a] = (signs >> a & 1U) != 0 ? -1 : 1;
      const Volume image = counted(direction), out = canonical(image);
      ASSERT_EQ(by_place(out), by_place(image)) << describe(image.grid);
      EXPECT_EQ(out.grid, canonical(image.grid));
      EXPECT_EQ(out.grid.size[2], image.grid.size[2]);
      const auto& d = out.grid.direction;
      EXPECT_GE(*std::min_element(d.begin(), d.end()), 0);
      const double determinant =
          d[0] * (d[4] * d[8] - d[5] * d[7]) - d[1] * (d[3] * d[8] - d[5] * d[6]) + d[2] * (d[3] * d[7] - d[4] * d[6]);
      EXPECT_EQ(determinant, 1);
      EXPECT_EQ(canonical(out).values, out.values) << "twice is once";
    }
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(Orient, ObliqueAxesKeepTheirDirection) {
  const double c = std::cos(0.4), s = std::sin(0.4);
  const Volume image = counted({c, -s, 0, s, c, 0, 0, 0, -1});
  const Volume out = canonical(image);
  EXPECT_EQ(by_place(out), by_place(image));
  EXPECT_DOUBLE_EQ(out.grid.direction[0], c);
}

TEST(Orient, MasksFollowTheirImage) {
  const Volume image = counted({0, 1, 0, -1, 0, 0, 0, 0, -1});
  Mask mask(image.grid);
  mask.at(3, 1, 0) = 1;
  const Mask out = canonical(mask);
  const Volume turned = canonical(image);
  EXPECT_EQ(out.grid, turned.grid);
  const auto inside = static_cast<std::size_t>(std::find(out.values.begin(), out.values.end(), 1) - out.values.begin());
  EXPECT_EQ(turned.values[inside], image.at(3, 1, 0));
}

}  // namespace
}  // namespace radfuse
