// SPDX-License-Identifier: Apache-2.0
// The feature table and the cohort: order, uniqueness, exact numbers, messages.
#include "radfuse/table/feature_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include <limits>

#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/table/cohort.hpp"
#include "temporary_folder.hpp"

namespace radfuse {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

FeatureTable small() {
  Eigen::MatrixXd values(3, 2);
  values << 1, 0.1, 2, kNaN, 3, 1e300;
  return FeatureTable({"rad.x", "deep.y"}, {{"P2", "t", ""}, {"P1", "t", "r1"}, {"P1", "rim", ""}}, values);
}

TEST(FeatureTable, RowsAreSorted) {
  const FeatureTable t = small();
  EXPECT_EQ(t.rows()[0], (RowKey{"P1", "rim", ""}));
  EXPECT_EQ(t.rows()[2], (RowKey{"P2", "t", ""}));
  EXPECT_EQ(t.values()(0, 0), 3);
  EXPECT_EQ(t.column_index("deep.y"), 1);
  EXPECT_EQ(t.column_index("none"), -1);
  EXPECT_EQ(t.row_index({"P2", "t", ""}), 2);
}

TEST(FeatureTable, CsvIsExactAndReadsBack) {
  const test::TemporaryFolder folder;
  const std::string csv = to_csv(small());
  EXPECT_EQ(csv, "case_id,roi,reader,rad.x,deep.y\nP1,rim,,3,1e+300\nP1,t,r1,2,\nP2,t,,1,0.1\n");
  write_file(folder / "f.csv", csv);
  EXPECT_EQ(to_csv(read_feature_table(folder / "f.csv")), csv);
}

// Lines are counted before rows are read: these leave fewer rows than lines, and rows out of order.
TEST(FeatureTable, BlankAndQuotedLinesAndNoLastLineEnd) {
  const test::TemporaryFolder folder;
  write_file(folder / "f.csv", "case_id,roi,reader,rad.x,\"deep\n.y\"\r\nP2,t,,1,2\r\n\r\nP1,t,,3,");
  const FeatureTable table = read_feature_table(folder / "f.csv");
  ASSERT_EQ(table.row_count(), 2);
  EXPECT_EQ(table.columns()[1], "deep\n.y");
  EXPECT_EQ(table.rows()[0].case_id, "P1");
  EXPECT_EQ(table.values()(0, 0), 3);
  EXPECT_TRUE(std::isnan(table.values()(0, 1)));
  EXPECT_EQ(table.values()(1, 1), 2);
  write_file(folder / "empty.csv", "case_id,roi,reader,rad.x");
  EXPECT_EQ(read_feature_table(folder / "empty.csv").row_count(), 0);
}

TEST(FeatureTable, AMessageNamesFileLineColumnAndCase) {
  const test::TemporaryFolder folder;
  write_file(folder / "f.csv", "case_id,roi,reader,rad.x,deep.y\nP1,t,,1,2\nP2,t,,3,abc\n");
  try {
    read_feature_table(folder / "f.csv");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), testing::EndsWith("f.csv:3:5 (case P2, region t, deep.y): 'abc' is not a number"));
  }
}

TEST(FeatureTable, RefusesDuplicatesAndInfinity) {
  const Eigen::MatrixXd two = Eigen::MatrixXd::Ones(2, 1);
  EXPECT_THROW(FeatureTable({"a"}, {{"P", "", ""}, {"P", "", ""}}, two), InputError);
  EXPECT_THROW(FeatureTable({"a", "a"}, {{"P", "", ""}}, Eigen::MatrixXd::Ones(1, 2)), InputError);
  EXPECT_THROW(
      FeatureTable({"a"}, {{"P", "", ""}}, Eigen::MatrixXd::Constant(1, 1, std::numeric_limits<double>::infinity())),
      InputError);
}

TEST(FeatureTable, JoinNamesRowsThatOneSideLacks) {
  const FeatureTable left({"a"}, {{"P1", "", ""}, {"P2", "", ""}}, Eigen::MatrixXd::Ones(2, 1));
  const FeatureTable right({"b"}, {{"P1", "", ""}, {"P2", "", ""}}, Eigen::MatrixXd::Zero(2, 1));
  EXPECT_EQ(to_csv(join(left, right)), "case_id,roi,reader,a,b\nP1,,,1,0\nP2,,,1,0\n");
  const FeatureTable other({"b"}, {{"P1", "", ""}, {"P3", "", ""}}, Eigen::MatrixXd::Zero(2, 1));
  try {
    join(left, other);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("case P2; case P3"));
  }
}

TEST(Cohort, ReadsBackAndKnowsItsReferenceReader) {
  const test::TemporaryFolder folder;
  Cohort cohort{{"age", "sex=M"}, {"us"}, {}, "R2"};
  for (const char* reader : {"R1", "R2"}) {
    CaseRow row;
    row.case_id = "007";
    row.patient_id = "x";
    row.reader = reader;
    row.outcome = 1;
    row.split = Split::external;
    row.clinical = {61.5, std::nullopt};
    row.images = {{"1_import/images/007.us.nii.gz", ""}};
    cohort.rows.push_back(row);
  }
  const std::string csv = to_csv(cohort);
  write_file(folder / "cohort.csv", csv);
  const Cohort back = read_cohort(folder / "cohort.csv");
  EXPECT_EQ(to_csv(back), csv);
  EXPECT_EQ(back.reference_reader, "R2");
  ASSERT_NE(back.find("007"), nullptr);
  EXPECT_EQ(back.find("007")->reader, "R2");
  EXPECT_EQ(back.reference_rows().size(), 1u);
  EXPECT_EQ(back.rows[0].unit(), "007@R1");
}

}  // namespace
}  // namespace radfuse
