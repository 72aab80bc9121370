// SPDX-License-Identifier: Apache-2.0
// What must not change a feature, and what must change it in a known way, on random regions.
#include <gtest/gtest.h>

#include <algorithm>

#include "roi.hpp"

namespace radfuse {
namespace {

using test::everything;
using test::features_by_name;
using test::Named;
using test::Roi;

constexpr int kRegions = 30;

Roi region(int index, std::array<double, 3> spacing) {
  Rng rng(3, "invariants", static_cast<std::uint64_t>(index));
  const auto side = [&rng] { return static_cast<std::int64_t>(2 + rng.below(7)); };
  const std::array<std::int64_t, 3> size{side(), side(), side()};
  const int levels = 2 + static_cast<int>(rng.below(30));
  return test::random_roi(rng, size, spacing, levels, 0.35 + 0.6 * rng.uniform());
}

bool has(const std::string& name, const std::string& word) {
  return name.find(word) != std::string::npos;
}

void expect_same(const Named& a, const Named& b, double relative, const std::string& what,
                 bool (*counts)(const std::string&)) {
  for (const auto& [name, value] : a.values) {
    if (!counts(name)) continue;
    const auto other = b.values.find(name);
    ASSERT_NE(other, b.values.end()) << what << ": " << name << " became undefined";
    // Next to zero, rounding of the terms that cancel: features here have terms of the order of 1 to 1e4.
    EXPECT_NEAR(other->second, value, relative * std::max(std::abs(value), 1e-2)) << what << ": " << name;
  }
  for (const auto& [name, reason] : a.reasons)
    if (counts(name)) {
      EXPECT_TRUE(b.reasons.contains(name)) << what << ": " << name << " became defined";
    }
}

bool all(const std::string&) {
  return true;
}
bool not_local(const std::string& name) {
  return !has(name, ".local_intensity.");  // the one family that looks outside the region
}
bool in_volume(const std::string& name) {
  return !has(name, ".2d") && !has(name, ".2.5d");
}

TEST(Invariants, TranslationByWholeVoxels) {
  for (int i = 0; i < kRegions; ++i) {
    const Roi roi = region(i, {1, 1.5, 2});
    const auto zero = [] { return 0.0f; };
    const Named here = features_by_name(test::embedded(roi, {8, 8, 8}, {11, 9, 10}, zero), everything());
    const Named there = features_by_name(test::embedded(roi, {10, 9, 11}, {9, 8, 7}, zero), everything());
    expect_same(here, there, 0, "region " + std::to_string(i), all);
  }
}

TEST(Invariants, PaddingWithAnything) {
  for (int i = 0; i < kRegions; ++i) {
    const Roi roi = region(i, {0.7, 1, 3});
    Rng rng(4, "padding", static_cast<std::uint64_t>(i));
    const auto anything = [&rng] { return static_cast<float>(rng.normal() * 1e4); };
    const Roi padded = test::embedded(roi, {3, 0, 5}, {1, 4, 2}, anything);
    expect_same(features_by_name(roi, everything()), features_by_name(padded, everything()), 0,
                "region " + std::to_string(i), not_local);
  }
}

TEST(Invariants, RotationsAndFlipsOfTheVolume) {
  for (int i = 0; i < kRegions; ++i) {
    const Roi roi = region(i, {1.25, 1.25, 1.25});
    const Named before = features_by_name(roi, everything());
    std::array<std::size_t, 3> order{0, 1, 2};
    do {
      for (int flips = 0; flips < 8; flips += i % 2 == 0 ? 3 : 7) {
        const Roi other = test::turned(roi, order, {(flips & 1) != 0, (flips & 2) != 0, (flips & 4) != 0});
        expect_same(before, features_by_name(other, everything()), 1e-10,
                    "region " + std::to_string(i) + ", flips " + std::to_string(flips), in_volume);
      }
    } while (std::next_permutation(order.begin(), order.end()));
  }
}

// Within slices the 2d and 2.5d aggregations hold as well, and voxels need not be cubes.
TEST(Invariants, RotationsAndFlipsWithinSlices) {
  for (int i = 0; i < kRegions; ++i) {
    const Roi roi = region(i, {0.8, 0.8, 4});
    const Named before = features_by_name(roi, everything());
    for (int flips = 0; flips < 8; ++flips)
      for (const auto& order : {std::array<std::size_t, 3>{0, 1, 2}, std::array<std::size_t, 3>{1, 0, 2}}) {
        const Roi other = test::turned(roi, order, {(flips & 1) != 0, (flips & 2) != 0, (flips & 4) != 0});
        expect_same(before, features_by_name(other, everything()), 1e-10,
                    "region " + std::to_string(i) + ", flips " + std::to_string(flips), all);
      }
  }
}

// Threads work within regions of 2^20 voxels and more.
TEST(Invariants, ThreadsWithinALargeRegion) {
  Rng rng(6, "threads");
  const Roi roi = test::random_roi(rng, {110, 105, 100}, {1, 1, 1}, 200, 0.97);
  RadiomicsParams params = everything(16);
  params.glcm.aggregations = params.glrlm.aggregations = {Aggregation::merged_3d};
  params.glszm.aggregations = {ZoneAggregation::volume};
  params.gldzm = params.glszm;
  params.ngtdm.aggregations = params.ngldm.aggregations = params.glszm.aggregations;
  const auto one = radiomics::extract(roi.image, roi.mask, params, false, 1);
  const auto four = radiomics::extract(roi.image, roi.mask, params, false, 4);
  EXPECT_EQ(one.notes, four.notes);
  ASSERT_EQ(one.values.size(), four.values.size());
  for (std::size_t i = 0; i < one.values.size(); ++i)
    if (!std::isnan(one.values[i])) {
      EXPECT_EQ(one.values[i], four.values[i]) << radiomics::feature_names(params, false)[i];
    }
}

// How a feature answers to intensity -> scale * intensity + shift.
enum class Answer { unchanged, follows, scales, scales_squared, other };
Answer answer_of(const std::string& name) {
  const std::string last = name.substr(name.rfind('.') + 1);
  const auto is = [&last](std::initializer_list<const char*> names) {
    return std::find(names.begin(), names.end(), last) != names.end();
  };
  if (has(name, ".local_intensity.")) return Answer::follows;
  if (has(name, ".morphology.")) {
    if (is({"centre_of_mass_shift", "integrated_intensity"})) return Answer::other;  // a shift changes the weights
    return Answer::unchanged;
  }
  if (has(name, ".intensity_volume_histogram."))
    return has(last, "intensity_at") || has(last, "intensity_fraction_diff") ? Answer::other : Answer::unchanged;
  if (!has(name, ".intensity_statistics.")) return Answer::unchanged;  // grey levels by a fixed number of bins
  if (is({"mean", "median", "minimum", "maximum", "percentile_10", "percentile_90"})) return Answer::follows;
  if (is({"interquartile_range", "range", "mean_absolute_deviation", "robust_mean_absolute_deviation",
          "median_absolute_deviation"}))
    return Answer::scales;
  if (is({"variance"})) return Answer::scales_squared;
  if (is({"skewness", "excess_kurtosis"})) return Answer::unchanged;
  return Answer::other;  // energy, root mean square, coefficients of variation and dispersion
}

TEST(Invariants, IntensityShiftAndScale) {
  constexpr double kScale = 4, kShift = 128;
  std::size_t followed = 0;
  for (int i = 0; i < kRegions; ++i) {
    const Roi roi = region(i, {1, 1, 1});
    Roi other = roi;
    for (float& v : other.image.values) v = static_cast<float>(kScale) * v + static_cast<float>(kShift);
    const Named a = features_by_name(roi, everything()), b = features_by_name(other, everything());
    for (const auto& [name, value] : a.values) {
      double expected = value;
      switch (answer_of(name)) {
        case Answer::unchanged:
          break;
        case Answer::follows:
          expected = kScale * value + kShift;
          break;
        case Answer::scales:
          expected = kScale * value;
          break;
        case Answer::scales_squared:
          expected = kScale * kScale * value;
          break;
        case Answer::other:
          continue;
      }
      ++followed;
      ASSERT_TRUE(b.values.contains(name)) << name;
      EXPECT_NEAR(b.values.at(name), expected, 1e-9 * std::max(std::abs(expected), 1e-2)) << name << " of region " << i;
    }
  }
  EXPECT_GT(followed, 400U * kRegions);
}

// Scaling alone leaves ratios as they are.
TEST(Invariants, IntensityScale) {
  for (int i = 0; i < kRegions; ++i) {
    const Roi roi = region(i, {1, 2, 1});
    Roi other = roi;
    for (float& v : other.image.values) v *= 8;
    const Named a = features_by_name(roi, everything()), b = features_by_name(other, everything());
    for (const char* name :
         {"original.morphology.centre_of_mass_shift", "original.intensity_statistics.coefficient_of_variation",
          "original.intensity_statistics.quartile_coefficient_of_dispersion"}) {
      ASSERT_EQ(a.values.contains(name), b.values.contains(name)) << name;
      if (a.values.contains(name)) {
        EXPECT_NEAR(b.values.at(name), a.values.at(name), 1e-12) << name;
      }
    }
    const std::string integrated = "original.morphology.integrated_intensity";
    EXPECT_NEAR(b.values.at(integrated), 8 * a.values.at(integrated), 1e-9 * std::abs(b.values.at(integrated)));
  }
}

}  // namespace
}  // namespace radfuse
