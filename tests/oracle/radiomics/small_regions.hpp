// SPDX-License-Identifier: Apache-2.0
// Two hundred small random regions, and features by name, for comparison with direct definitions.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "radfuse/base/rng.hpp"
#include "radfuse/radiomics/extract.hpp"

namespace radfuse::test {

inline constexpr std::uint64_t kSmallRegions = 200;

struct SmallRegion {
  Volume image;
  Mask mask;
  bool whole = true;  ///< intensities are whole numbers
  std::vector<double> inside() const {
    std::vector<double> values;
    for (std::size_t i = 0; i < mask.values.size(); ++i)
      if (mask.values[i] != 0) values.push_back(static_cast<double>(image.values[i]));
    return values;
  }
};

/// 1 to 9 voxels an axis of 0.1 to 10 mm, masks of any density (so mostly disconnected), and intensities of four kinds:
/// a few whole numbers, signed whole numbers, numbers with fractions, and one number only.
inline SmallRegion small_region(std::uint64_t index) {
  Rng rng(41, "small region", index);
  Grid grid;
  for (std::size_t a = 0; a < 3; ++a) {
    grid.size[a] = 1 + static_cast<std::int64_t>(rng.below(9));
    grid.spacing[a] = std::pow(10.0, 2 * rng.uniform() - 1);
  }
  SmallRegion r{Volume(grid), Mask(grid)};
  const double density = 0.1 + 0.9 * rng.uniform();
  for (std::size_t i = 0; i < grid.count(); ++i) {
    r.mask.values[i] = rng.uniform() < density;
    const double kinds[] = {1.0 + static_cast<double>(rng.below(6)), static_cast<double>(rng.below(600)) - 300,
                            200 * rng.uniform() - 100, 7};
    r.image.values[i] = static_cast<float>(kinds[index % 8 == 7 ? 3 : index % 3]);
  }
  r.whole = index % 8 == 7 || index % 3 != 2;
  r.mask.values[rng.below(grid.count())] = 1;
  return r;
}

struct NamedFeatures {
  std::map<std::string, double> values;
  std::string prefix;
  double operator[](const std::string& name) const { return values.at(prefix + name); }
};
inline NamedFeatures extracted(const SmallRegion& r, RadiomicsParams params, FeatureGroup group,
                               const std::string& family) {
  params.families = {group};
  const auto names = radiomics::feature_names(params, false);
  const auto extraction = radiomics::extract(r.image, r.mask, params, false);
  NamedFeatures out{{}, "original." + family + "."};
  for (std::size_t i = 0; i < names.size(); ++i) out.values[names[i]] = extraction.values[i];
  for (const auto& [name, reason] : extraction.notes)
    EXPECT_FALSE(radiomics::explain_reason(reason).empty()) << name << ": " << reason;
  return out;
}

/// Equal to 1e-9 of the value (of `scale` where the value is small by cancellation), or both undefined.
inline void expect_same(double found, double direct, const std::string& what, double scale = 0) {
  if (!std::isfinite(direct)) {
    EXPECT_TRUE(std::isnan(found)) << what << ": " << found << " where the definition gives none";
    return;
  }
  EXPECT_NEAR(found, direct, 1e-9 * std::max({std::abs(direct), scale, 1e-6})) << what;
}

}  // namespace radfuse::test
