// SPDX-License-Identifier: Apache-2.0
// Tone differences against explicit loops over every neighbour and every pair of grey levels.
#include <gtest/gtest.h>

#include <cstdlib>

#include "random_rois.hpp"

namespace radfuse {
namespace {

struct Tones {
  std::map<int, double> n, s;  ///< by grey level
};

Tones tones_of(const test::RandomRoi& roi, const test::Piece& piece) {
  Tones t;
  const int d = roi.distance, deep = piece.planar ? 0 : d;
  for (std::int64_t z = piece.first; z <= piece.last; ++z)
    for (std::int64_t y = 0; y < roi.image.grid.size[1]; ++y)
      for (std::int64_t x = 0; x < roi.image.grid.size[0]; ++x) {
        const int level = roi.level(x, y, z);
        if (level == 0) continue;
        double sum = 0, neighbours = 0;
        for (int dz = -deep; dz <= deep; ++dz)
          for (int dy = -d; dy <= d; ++dy)
            for (int dx = -d; dx <= d; ++dx) {
              if (dx == 0 && dy == 0 && dz == 0) continue;
              const int other = roi.level(x + dx, y + dy, z + dz);
              sum += other;
              neighbours += other > 0;
            }
        if (neighbours == 0) continue;
        t.n[level] += 1;
        t.s[level] += std::abs(level - sum / neighbours);
      }
  return t;
}

std::vector<double> features_by_definition(const Tones& t) {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  if (t.n.empty()) return {kNaN, kNaN, kNaN, kNaN, kNaN};
  double voxels = 0, differences = 0, weighted = 0;
  for (const auto& [i, n] : t.n) voxels += n;
  for (const auto& [i, s] : t.s) {
    differences += s;
    weighted += t.n.at(i) / voxels * s;
  }
  double contrast = 0, complexity = 0, strength = 0, apart = 0;
  for (const auto& [i, ni] : t.n)
    for (const auto& [j, nj] : t.n) {
      const double pi = ni / voxels, pj = nj / voxels;
      contrast += pi * pj * (i - j) * (i - j);
      apart += std::abs(i * ni - j * nj) / voxels;
      complexity += std::abs(i - j) * (pi * t.s.at(i) + pj * t.s.at(j)) / (pi + pj);
      strength += (pi + pj) * (i - j) * (i - j);
    }
  const auto levels = static_cast<double>(t.n.size());
  const bool flat = t.n.size() == 1;
  return {weighted > 0 ? 1 / weighted : 1e6, flat ? 0 : contrast / (levels * (levels - 1)) * differences / voxels,
          flat ? 0 : weighted / apart, complexity / voxels, differences > 0 ? strength / differences : 0};
}

TEST(NgtdmOracle, RandomRegions) {
  for (std::uint64_t i = 0; i < test::kRandomRois; ++i) {
    SCOPED_TRACE(i);
    const test::RandomRoi roi = test::random_roi(i);
    const auto merge = [](Tones& a, const Tones& b) {
      for (const auto& [level, n] : b.n) a.n[level] += n;
      for (const auto& [level, s] : b.s) a.s[level] += s;
    };
    test::expect_features(
        roi, FeatureGroup::ngtdm, "ngtdm",
        test::aggregate<Tones>(
            roi, [&roi](const test::Piece& piece) { return tones_of(roi, piece); }, merge, features_by_definition));
  }
}

}  // namespace
}  // namespace radfuse
