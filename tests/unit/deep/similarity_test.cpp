// SPDX-License-Identifier: Apache-2.0
// Cosines of small vectors by hand; who is compared with whom; which columns vary.
#include "similarity.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "radfuse/base/error.hpp"

namespace radfuse::deep {
namespace {

using testing::ElementsAre;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(Cosine, OfVectorsByHand) {
  EXPECT_DOUBLE_EQ(cosine(std::vector{3.0, 4.0}, std::vector{4.0, 3.0}), 0.96);
  EXPECT_DOUBLE_EQ(cosine(std::vector{1.0, 0.0}, std::vector{0.0, 5.0}), 0);
  EXPECT_DOUBLE_EQ(cosine(std::vector{1.0, 2.0}, std::vector{-2.0, -4.0}), -1);
  EXPECT_DOUBLE_EQ(cosine(std::vector{3e200, 4e200}, std::vector{4e-200, 3e-200}), 0.96);
  EXPECT_TRUE(std::isnan(cosine(std::vector{0.0, 0.0}, std::vector{1.0, 1.0})));
  EXPECT_TRUE(std::isnan(cosine(std::vector{kNaN, 1.0}, std::vector{1.0, 1.0})));
  EXPECT_THROW(cosine(std::vector{1.0}, std::vector{1.0, 1.0}), Error);
}

TEST(Similarities, OfAllPairsOfReadersSortedWithTheReferenceFirst) {
  const std::vector<ReaderVector> vectors = {
      {"B", "", {1, 1}}, {"A", "r2", {2, 0}}, {"A", "", {3, 4}}, {"A", "r1", {4, 3}}, {"C", "r1", {1, 1}}};
  const auto rows = similarities("ae", vectors, std::vector{3.0, 3.0});
  ASSERT_EQ(rows.size(), 3U);  // B and C have one reader each
  EXPECT_EQ(rows[0].first, "reference");
  EXPECT_EQ(rows[0].second, "r1");
  EXPECT_DOUBLE_EQ(rows[0].cosine, 0.96);
  EXPECT_DOUBLE_EQ(rows[0].centred, 0);  // (0, 1) and (1, 0)
  EXPECT_EQ(rows[1].second, "r2");
  EXPECT_EQ(rows[2].first, "r1");
  EXPECT_EQ(rows[2].second, "r2");
  EXPECT_DOUBLE_EQ(rows[2].cosine, 0.8);
}

TEST(Similarities, WithoutAnAnswerSayWhy) {
  const std::vector<ReaderVector> vectors = {{"A", "", {0, 0}}, {"A", "r1", {4, 3}}};
  EXPECT_EQ(similarity_csv(similarities("ae", vectors, std::vector{4.0, 3.0})),
            "case_id,set,reader_1,reader_2,cosine,cosine_centred,note\n"
            "A,ae,reference,r1,,,a vector is all 0 or not defined\n");
  const std::vector<ReaderVector> same = {{"A", "", {1, 0}}, {"A", "r1", {1, 0}}};
  EXPECT_EQ(similarities("ae", same, {}).at(0).note, "no training cases to take the mean of");
  EXPECT_EQ(similarities("ae", same, std::vector{1.0, 0.0}).at(0).note, "a vector is the training mean itself");
  EXPECT_EQ(similarities("ae", same, std::vector{0.0, 0.0}).at(0).note, "");
}

TEST(ColumnMeans, LeaveOutWhatIsMissing) {
  EXPECT_THAT(column_means(std::vector<std::vector<double>>{{1, kNaN, kNaN}, {3, 5, kNaN}}), ElementsAre(2, 5, 0));
  EXPECT_TRUE(column_means({}).empty());
}

TEST(VaryingColumns, AreCountedWithinTheirSet) {
  const std::vector<std::vector<double>> rows = {{1, 0, 7, kNaN, 2}, {2, 0, 7, 3, kNaN}, {1, 0, 8, 3, kNaN}};
  EXPECT_EQ(varying_columns(rows, 0, 5), 2U);
  EXPECT_EQ(varying_columns(rows, 1, 1), 0U);
  EXPECT_EQ(varying_columns(rows, 1, 3), 1U);
  EXPECT_EQ(varying_columns({}, 0, 5), 0U);
  EXPECT_EQ(varying_note("deep.r18.us", 482, 512), "482 of 512 columns of deep.r18.us vary");
  EXPECT_EQ(varying_note("deep.r18.us", 512, 512), "all 512 columns of deep.r18.us vary");
}

}  // namespace
}  // namespace radfuse::deep
