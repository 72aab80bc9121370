// SPDX-License-Identifier: Apache-2.0
// Size zones against flood fill.
#include <gtest/gtest.h>

#include "flood.hpp"
#include "zones.hpp"

namespace radfuse {
namespace {

TEST(GlszmOracle, RandomRegions) {
  for (std::uint64_t i = 0; i < test::kRandomRois; ++i) {
    SCOPED_TRACE(i);
    const test::RandomRoi roi = test::random_roi(i);
    test::expect_features(roi, FeatureGroup::glszm, "glszm",
                          test::aggregate<test::Matrix>(
                              roi, [&roi](const test::Piece& piece) { return test::zone_matrix(roi, piece, false); },
                              test::add_matrix, test::features_by_definition));
  }
}

/// Zones whose size does not fit in the bits of the first pass are counted in a second one.
TEST(GlszmOracle, LargeZonesCountTheSameWithFewBits) {
  for (std::uint64_t i = 0; i < test::kRandomRois; ++i) {
    SCOPED_TRACE(i);
    const test::RandomRoi roi = test::random_roi(i);
    const auto& size = roi.image.grid.size;
    std::vector<std::uint16_t> levels;
    for (std::int64_t z = 0; z < size[2]; ++z)
      for (std::int64_t y = 0; y < size[1]; ++y)
        for (std::int64_t x = 0; x < size[0]; ++x) levels.push_back(static_cast<std::uint16_t>(roi.level(x, y, z)));
    const auto zones = [&](unsigned bits) {
      std::map<std::array<std::int64_t, 3>, int> found;
      radiomics::find_zones(
          {levels.data(), roi.mask.values.data(), size, false},
          [&](const radiomics::Zone& zone) {
            ++found[{zone.level, zone.size, zone.distance}];
          },
          bits);
      return found;
    };
    const auto expected = zones(0);
    for (const unsigned bits : {1U, 2U, 4U}) EXPECT_EQ(zones(bits), expected) << bits;
  }
}

}  // namespace
}  // namespace radfuse
