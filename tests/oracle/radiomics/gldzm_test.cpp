// SPDX-License-Identifier: Apache-2.0
// Distance zones against flood fill and breadth-first search.
#include <gtest/gtest.h>

#include "flood.hpp"

namespace radfuse {
namespace {

TEST(GldzmOracle, RandomRegions) {
  for (std::uint64_t i = 0; i < test::kRandomRois; ++i) {
    SCOPED_TRACE(i);
    const test::RandomRoi roi = test::random_roi(i);
    test::expect_features(roi, FeatureGroup::gldzm, "gldzm",
                          test::aggregate<test::Matrix>(
                              roi, [&roi](const test::Piece& piece) { return test::zone_matrix(roi, piece, true); },
                              test::add_matrix, test::features_by_definition));
  }
}

}  // namespace
}  // namespace radfuse
