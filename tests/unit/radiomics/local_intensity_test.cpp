// SPDX-License-Identifier: Apache-2.0
// The sphere of 1 cm^3, and peaks small enough to add up by hand.
#include "local_intensity.hpp"

#include <gtest/gtest.h>

#include "support.hpp"

namespace radfuse::radiomics {
namespace {

using test::features_of;
using test::grid_of;
using test::image_of;

RadiomicsParams local_only() {
  RadiomicsParams p;
  p.families = {FeatureGroup::local_intensity};
  return p;
}

TEST(SphereRows, AreThoseWithin6Point2Millimetres) {
  EXPECT_EQ(local_intensity_reach({2, 3, 6.3}), (std::array<std::int64_t, 3>{3, 2, 0}));
  std::int64_t voxels = 0;
  for (const SphereRow& row : sphere_rows({2, 2, 2}, {99, 99, 99})) {
    voxels += 2 * row.half + 1;
    EXPECT_LE(row.dy * row.dy + row.dz * row.dz + row.half * row.half, 9);
  }
  EXPECT_EQ(voxels, 123);  // points of the integer lattice within 3.1 of one of them
  EXPECT_EQ(sphere_rows({2, 2, 2}, {1, 1, 1}).size(), 1U);
}

TEST(LocalIntensity, CountsVoxelsOutsideTheRegionAndStopsAtTheBorder) {
  // 4 mm voxels in a row: the sphere holds the voxel and its two neighbours.
  Grid g = grid_of(6, 1, 1);
  g.spacing = {4, 20, 20};
  Mask mask(g);
  mask.at(0, 0, 0) = mask.at(3, 0, 0) = 1;
  const auto f = features_of(image_of(g, {9, 1, 30, 6, 60, 5}), mask, local_only());
  EXPECT_DOUBLE_EQ(f.at("local_intensity.local_intensity_peak"), 5);    // (9 + 1) / 2 at the border
  EXPECT_DOUBLE_EQ(f.at("local_intensity.global_intensity_peak"), 32);  // (30 + 6 + 60) / 3
}

TEST(LocalIntensity, OfSeveralHottestVoxelsTheHighestMeanCounts) {
  Grid g = grid_of(7, 1, 1);
  g.spacing = {4, 20, 20};
  Mask mask(g, 1);
  mask.at(0, 0, 0) = 0;  // hotter, but outside
  const auto f = features_of(image_of(g, {99, 0, 8, 2, 2, 8, 5}), mask, local_only());
  EXPECT_DOUBLE_EQ(f.at("local_intensity.local_intensity_peak"), 5);  // (2 + 8 + 5) / 3 beats (0 + 8 + 2) / 3
  EXPECT_NEAR(f.at("local_intensity.global_intensity_peak"), 107.0 / 3, 1e-12);
}

TEST(LocalIntensity, ReadsTheInterpolatedImageAroundTheRegion) {
  // Interpolation to the same voxels changes nothing, whichever way the surroundings were made.
  const auto s = test::random_sample(grid_of(20, 16, 12), 8);
  Mask mask(s.mask.grid);
  for (std::int64_t z = 5; z < 8; ++z)
    for (std::int64_t x = 6; x < 11; ++x) mask.at(x, 7, z) = 1;
  RadiomicsParams p = local_only();
  const auto plain = features_of(s.image, mask, p);
  p.resample.emplace();
  p.resample->spacing_mm = {1, 1, 1};
  const auto interpolated = features_of(s.image, mask, p);
  for (const auto& [name, value] : plain.values) EXPECT_NEAR(interpolated.values.at(name), value, 1e-12) << name;
}

TEST(LocalIntensity, SurroundingsAreMadeOnlyWhenAskedFor) {
  const auto s = test::random_sample(grid_of(9, 9, 9), 9);
  RadiomicsParams p = local_only();
  EXPECT_TRUE(prepare(s.image, s.mask, p, false).surroundings.has_value());
  p.families = {FeatureGroup::intensity_statistics};
  EXPECT_FALSE(prepare(s.image, s.mask, p, false).surroundings.has_value());
}

TEST(LocalIntensity, APlaneGivesADisc) {
  Grid g = grid_of(40, 40, 1);
  Mask mask(g);
  mask.at(20, 20, 0) = 1;
  Volume image(g);
  for (std::int64_t y = 0; y < 40; ++y)
    for (std::int64_t x = 0; x < 40; ++x)
      image.at(x, y, 0) = (x - 20) * (x - 20) + (y - 20) * (y - 20) < 39 ? 2.0F : 1000.0F;  // 6.2035^2 = 38.48
  EXPECT_DOUBLE_EQ(features_of(image, mask, local_only(), true).at("local_intensity.local_intensity_peak"), 2);
}

}  // namespace
}  // namespace radfuse::radiomics
