// SPDX-License-Identifier: Apache-2.0
// Merging sparse matrices: sums, weights of any size, and the limit of memory.
#include "aggregate.hpp"

#include <gtest/gtest.h>

#include "directional.hpp"
#include "support.hpp"

namespace radfuse::radiomics {
namespace {

TEST(Merged, AddsEntriesAndVoxelsByWeight) {
  Merged<PairList> m(100);
  m.add({{1, 2, 10}, {3, 3, 4}}, 5, 2);  // the heavier matrix comes second: the first is weighed anew
  m.add({{1, 1, 1}, {1, 2, 6}, {4, 4, 8}}, 5, 1);
  ASSERT_EQ(m.list().size(), 4U);
  const double scale = m.facts().scale;
  EXPECT_NEAR(m.list()[0].count * scale, std::exp(-1), 1e-15);
  EXPECT_NEAR(m.list()[1].count * scale, 10 * std::exp(-2) + 6 * std::exp(-1), 1e-15);
  EXPECT_NEAR(m.list()[2].count * scale, 4 * std::exp(-2), 1e-15);
  EXPECT_EQ(m.list()[3].i, 4);
  EXPECT_NEAR(m.facts().voxels * scale, 5 * std::exp(-2) + 5 * std::exp(-1), 1e-15);
}

TEST(Merged, AMatrixWithoutWeightBesideTheOthersIsLeftOut) {
  Merged<PairList> m(100);
  m.add({{1, 1, 1}}, 1, 10);
  m.add({{2, 2, 1}}, 1, 5000);
  ASSERT_EQ(m.list().size(), 1U);
  EXPECT_EQ(m.list()[0].count, 1);
  EXPECT_EQ(m.facts().voxels, 1);
}

TEST(Aggregate, AMergedMatrixThatDoesNotFitIsNotMade) {
  const std::vector<Aggregation> asked = {Aggregation::average_3d, Aggregation::merged_3d};
  const auto ones = [](const PairList&, const MatrixFacts&) {
    GlcmAggregate::Values v;
    v.fill(1);
    return v;
  };
  GlcmAggregate aggregate(asked, ones, weight_exponents(DistanceWeighting::none, 1), 3);
  aggregate.add_direction(0, {{1, 1, 1}, {2, 2, 1}}, 4);
  aggregate.add_direction(1, {{3, 3, 1}, {4, 4, 1}}, 4);
  aggregate.finish();
  Extraction out;
  for (const Aggregation a : asked) {
    Cells cells(kGlcm, name_of(kAggregations, a));
    aggregate.store(a, cells, "zero_denominator");
    cells.append_to(out);
  }
  EXPECT_EQ(out.values.at(0), 1);
  EXPECT_TRUE(std::isnan(out.values.at(25)));
  ASSERT_EQ(out.notes.size(), 25U);
  EXPECT_EQ(out.notes[0].second, "too_many_grey_levels");
}

}  // namespace
}  // namespace radfuse::radiomics
