// SPDX-License-Identifier: Apache-2.0
// Order statistics by counting and by radix sort against std::sort.
#include "intensities.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "distribution.hpp"
#include "support.hpp"

namespace radfuse::radiomics {
namespace {

std::vector<float> values_of(const Intensities& intensities) {
  std::vector<float> values;
  intensities.each([&values](double v, double count) {
    values.insert(values.end(), static_cast<std::size_t>(count), static_cast<float>(v));
  });
  return values;
}

TEST(Intensities, AreTheMasksValuesInOrderCountedOrSorted) {
  for (const float scale : {1.0F, 0.25F, 1e5F}) {
    const auto s = test::random_sample(test::grid_of(20, 20, 9), 5);
    Volume image = s.image;
    for (std::size_t i = 0; i < image.values.size(); ++i)
      image.values[i] = (image.values[i] - 3) * scale + (scale < 1 ? 1e-4F * static_cast<float>(i % 700) : 0);
    std::vector<float> sorted;
    for (std::size_t i = 0; i < image.values.size(); ++i)
      if (s.mask.values[i] != 0) sorted.push_back(image.values[i]);
    std::sort(sorted.begin(), sorted.end());
    const Intensities found = intensities_of(image, s.mask);
    EXPECT_EQ(found.counted(), scale == 1.0F);
    EXPECT_EQ(found.whole, scale >= 1.0F);
    EXPECT_EQ(found.count, sorted.size());
    EXPECT_EQ(values_of(found), sorted);
  }
}

TEST(Intensities, RadixSortOrdersSignsAndMagnitudes) {
  Rng rng(5, "sort");
  std::vector<float> values = {0.0F, -0.0F, 1e-40F, -1e-40F, 3e38F, -3e38F};
  for (int i = 0; i < 3000; ++i)
    values.push_back(static_cast<float>(std::ldexp(rng.uniform() - 0.5, static_cast<int>(rng.below(200)) - 100)));
  std::vector<float> sorted = values;
  std::sort(sorted.begin(), sorted.end());
  sort_floats(values);
  EXPECT_EQ(values, sorted);
}

TEST(Distribution, PercentilesAreThoseOfTheSortedValues) {
  for (std::uint64_t trial = 0; trial < 60; ++trial) {
    Rng rng(3, "distribution", trial);
    std::vector<float> sorted(1 + trial);
    for (float& v : sorted) v = static_cast<float>(rng.below(trial < 30 ? 5 : 1000));
    std::sort(sorted.begin(), sorted.end());
    Intensities counted, listed;
    counted.count = listed.count = sorted.size();
    listed.sorted = sorted;
    for (const float v : sorted)
      if (!counted.runs.empty() && counted.runs.back().value == static_cast<double>(v))
        ++counted.runs.back().count;
      else
        counted.runs.push_back({static_cast<double>(v), 1});
    const auto percentile = [&sorted](double share) {
      const double rank = share * static_cast<double>(sorted.size() - 1);
      const auto below = static_cast<std::size_t>(rank);
      const double low = static_cast<double>(sorted[below]);
      const double high = static_cast<double>(sorted[std::min(below + 1, sorted.size() - 1)]);
      return low + (rank - static_cast<double>(below)) * (high - low);
    };
    const Distribution a = distribution_of(listed), b = distribution_of(counted);
    for (const Distribution& d : {a, b}) {
      EXPECT_NEAR(d.p10, percentile(0.1), 1e-9);
      EXPECT_NEAR(d.p25, percentile(0.25), 1e-9);
      EXPECT_NEAR(d.median, percentile(0.5), 1e-9);
      EXPECT_NEAR(d.p75, percentile(0.75), 1e-9);
      EXPECT_NEAR(d.p90, percentile(0.9), 1e-9);
    }
    EXPECT_NEAR(a.variance, b.variance, 1e-6);
    EXPECT_NEAR(a.median_deviation, b.median_deviation, 1e-9);
  }
}

}  // namespace
}  // namespace radfuse::radiomics
