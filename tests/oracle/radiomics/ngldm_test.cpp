// SPDX-License-Identifier: Apache-2.0
// Dependences against explicit loops over every neighbour.
#include <gtest/gtest.h>

#include <cstdlib>

#include "random_rois.hpp"

namespace radfuse {
namespace {

test::Matrix dependence_matrix(const test::RandomRoi& roi, const test::Piece& piece) {
  test::Matrix m;
  const int d = roi.distance, deep = piece.planar ? 0 : d;
  for (std::int64_t z = piece.first; z <= piece.last; ++z)
    for (std::int64_t y = 0; y < roi.image.grid.size[1]; ++y)
      for (std::int64_t x = 0; x < roi.image.grid.size[0]; ++x) {
        const int level = roi.level(x, y, z);
        if (level == 0) continue;
        std::int64_t alike = 0;
        for (int dz = -deep; dz <= deep; ++dz)
          for (int dy = -d; dy <= d; ++dy)
            for (int dx = -d; dx <= d; ++dx) {
              const int other = roi.level(x + dx, y + dy, z + dz);
              if (other > 0 && std::abs(level - other) <= roi.coarseness) ++alike;
            }
        m.cells[{level, alike}] += 1;
        ++m.voxels;
      }
  return m;
}

TEST(NgldmOracle, RandomRegions) {
  for (std::uint64_t i = 0; i < test::kRandomRois; ++i) {
    SCOPED_TRACE(i);
    const test::RandomRoi roi = test::random_roi(i);
    const auto features = [](const test::Matrix& m) {
      std::vector<double> f = test::features_by_definition(m);
      double energy = 0;
      for (const auto& [key, count] : m.cells) energy += count / m.voxels * count / m.voxels;
      f.push_back(energy);
      return f;
    };
    test::expect_features(roi, FeatureGroup::ngldm, "ngldm",
                          test::aggregate<test::Matrix>(
                              roi, [&roi](const test::Piece& piece) { return dependence_matrix(roi, piece); },
                              test::add_matrix, features));
  }
}

}  // namespace
}  // namespace radfuse
