// SPDX-License-Identifier: Apache-2.0
// Moran's I and Geary's C two ways: over all pairs of voxels, and by Fourier transforms.
#include "autocorrelation.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "support.hpp"

namespace radfuse::radiomics {
namespace {

using test::grid_of;

constexpr std::size_t kPlenty = std::size_t{1} << 30;

TEST(Autocorrelation, TwoVoxelsByHand) {
  const Volume image = test::image_of(grid_of(2, 1, 1), {0, 2});
  const Mask mask(image.grid, 1);
  for (const auto& r : {autocorrelation_by_pairs(image, mask), autocorrelation_by_fourier(image, mask, kPlenty)}) {
    EXPECT_NEAR(r.moran_i, -1, 1e-12);  // 2/2 * (2 * -1) / 2
    EXPECT_NEAR(r.geary_c, 1, 1e-12);   // 1/(2*2) * (2 * 4) / 2
  }
}

TEST(Autocorrelation, FourierEqualsAllPairs) {
  Rng rng(3, "boxes");
  for (std::uint64_t trial = 0; trial < 60; ++trial) {
    Grid g;
    for (std::size_t a = 0; a < 3; ++a) {
      g.size[a] = 1 + static_cast<std::int64_t>(rng.below(trial < 50 ? 9 : 17));
      g.spacing[a] = 0.1 * std::pow(100, rng.uniform());
    }
    const auto s = test::random_sample(g, trial);
    if (s.mask.count() < 3) continue;
    const auto a = autocorrelation_by_pairs(s.image, s.mask);
    if (std::isnan(a.moran_i)) continue;  // all the same by chance
    for (const std::size_t budget : {kPlenty, std::size_t{0}}) {
      const auto b = autocorrelation_by_fourier(s.image, s.mask, budget);
      EXPECT_NEAR(a.moran_i, b.moran_i, 1e-11 * (1 + std::abs(a.moran_i))) << trial;
      EXPECT_NEAR(a.geary_c, b.geary_c, 1e-11 * (1 + a.geary_c)) << trial;
    }
  }
}

TEST(Autocorrelation, ALargerRegionToo) {
  Grid g = grid_of(20, 31, 24);
  g.spacing = {0.7, 1, 2.5};
  const auto s = test::random_sample(g, 5);
  const auto a = autocorrelation_by_pairs(s.image, s.mask), b = *autocorrelation(s.image, s.mask);
  EXPECT_NEAR(a.moran_i, b.moran_i, 1e-8 * std::abs(a.moran_i));
  EXPECT_NEAR(a.geary_c, b.geary_c, 1e-8 * a.geary_c);
}

TEST(Autocorrelation, LikeNeighboursAndUnlikeOnes) {
  const Grid g = grid_of(16, 16, 16);
  Volume slope(g), checkers(g);
  for (std::int64_t z = 0; z < 16; ++z)
    for (std::int64_t y = 0; y < 16; ++y)
      for (std::int64_t x = 0; x < 16; ++x) {
        slope.at(x, y, z) = static_cast<float>(x + y + z);
        checkers.at(x, y, z) = static_cast<float>((x + y + z) % 2);
      }
  const Mask all(g, 1);
  EXPECT_GT(autocorrelation(slope, all)->moran_i, 0.1);
  EXPECT_LT(autocorrelation(slope, all)->geary_c, 0.9);
  EXPECT_LT(autocorrelation(checkers, all)->moran_i, 0);
  EXPECT_GT(autocorrelation(checkers, all)->geary_c, 1);
}

TEST(Autocorrelation, UndefinedWithoutSpread) {
  // A tenth has no exact binary form: the mean may not round back to it.
  for (const std::int64_t n : {1, 2, 30}) {
    const Grid g = grid_of(n, n, n);
    const auto r = *autocorrelation(Volume(g, 0.1F), Mask(g, 1));
    EXPECT_TRUE(std::isnan(r.moran_i));
    EXPECT_TRUE(std::isnan(r.geary_c));
  }
}

TEST(Autocorrelation, IsTheSameTwice) {
  const auto s = test::random_sample(grid_of(30, 20, 10), 1);
  const auto a = *autocorrelation(s.image, s.mask), b = *autocorrelation(s.image, s.mask);
  EXPECT_EQ(a.moran_i, b.moran_i);
  EXPECT_EQ(a.geary_c, b.geary_c);
}

TEST(Autocorrelation, MemoryStaysNearThatOfTheImage) {
  EXPECT_LT(fourier_budget_bytes(87 * 87 * 87), 66e6);
  EXPECT_LT(fourier_budget_bytes(std::size_t{1} << 27) - (std::size_t{44} << 20), 4 * (std::size_t{1} << 27));
}

}  // namespace
}  // namespace radfuse::radiomics
