// SPDX-License-Identifier: Apache-2.0
// Odd regions under odd settings: every value is finite or has a reason, or the case is refused with a message.
#include <gtest/gtest.h>

#include <cmath>

#include "radfuse/base/error.hpp"
#include "support.hpp"

namespace radfuse::radiomics {
namespace {

test::Sample odd_region(Rng& rng) {
  Grid g;
  for (std::size_t a = 0; a < 3; ++a) {
    g.size[a] = 1 + static_cast<std::int64_t>(rng.below(rng.below(3) == 0 ? 1 : 10));
    g.spacing[a] = std::pow(10.0, 2 * rng.uniform() - 1);
  }
  test::Sample s{Volume(g), Mask(g)};
  const double density = std::pow(rng.uniform(), 2), magnitude = std::pow(10.0, 40 * rng.uniform() - 20);
  const std::uint64_t kind = rng.below(5);
  for (std::size_t i = 0; i < g.count(); ++i) {
    s.mask.values[i] = rng.uniform() < density;
    const double values[] = {5, static_cast<double>(rng.below(2)), static_cast<double>(rng.below(65535)) - 1000,
                             magnitude * (rng.uniform() - 0.5), 1000 + 1e-4 * rng.uniform()};
    s.image.values[i] = static_cast<float>(values[kind]);
  }
  return s;
}

RadiomicsParams odd_settings(Rng& rng) {
  RadiomicsParams p;
  p.families = {FeatureGroup::local_intensity, FeatureGroup::intensity_statistics, FeatureGroup::intensity_histogram,
                FeatureGroup::intensity_volume_histogram};
  if (rng.below(2) == 0) {
    p.resample.emplace();
    for (int a = 0; a < 3; ++a) p.resample->spacing_mm.push_back(rng.below(4) == 0 ? 0 : 0.3 + 5 * rng.uniform());
    p.resample->interpolator = kVoxelInterpolations[rng.below(3)].value;
    p.resample->round_intensities = rng.below(2) == 0;
  }
  if (rng.below(2) == 0) {
    p.resegment.emplace();
    if (rng.below(2) == 0) p.resegment->low = 100 * rng.uniform() - 50;
    if (rng.below(2) == 0) p.resegment->high = 60 + 100 * rng.uniform();
    if (rng.below(2) == 0) p.resegment->outliers_sigma = 0.1 + 3 * rng.uniform();
  }
  p.discretise = DiscretiseParams{kDiscretisations[rng.below(2)].value, std::pow(10.0, 3 * rng.uniform() - 1),
                                  2 + static_cast<int>(rng.below(100))};
  if (rng.below(8) == 0) p.discretise->bins = 65535;
  p.ivh = IvhParams{kIvhDiscretisations[rng.below(3)].value, std::pow(10.0, 3 * rng.uniform() - 1), 1000};
  return p;
}

TEST(Extract, OddRegionsGiveFiniteValuesOrReasonsOrAMessage) {
  std::size_t refused = 0, empty = 0;
  for (std::uint64_t trial = 0; trial < 2000; ++trial) {
    Rng rng(17, "odd regions", trial);
    const auto s = odd_region(rng);
    const RadiomicsParams p = odd_settings(rng);
    empty += s.mask.count() == 0 ? 1 : 0;
    try {
      const auto f = test::features_of(s.image, s.mask, p, s.image.grid.size[2] == 1 && trial % 2 == 0);
      for (const auto& [name, value] : f.values) {
        EXPECT_FALSE(std::isinf(value)) << name << " in trial " << trial;
        EXPECT_EQ(std::isnan(value), f.reasons.count(name) == 1) << name << " in trial " << trial;
      }
      for (const auto& [name, reason] : f.reasons) EXPECT_FALSE(explain_reason(reason).empty()) << reason;
    } catch (const CaseError& error) {
      EXPECT_FALSE(std::string(error.what()).empty());
      ++refused;
    }
  }
  EXPECT_GE(refused, empty);
  EXPECT_LT(refused, 1200U);  // most regions have features
}

}  // namespace
}  // namespace radfuse::radiomics
