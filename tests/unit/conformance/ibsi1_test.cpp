// SPDX-License-Identifier: Apache-2.0
// What counts as agreement, and how a comparison is counted and written.
#include "radfuse/conformance/ibsi1.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "temporary_folder.hpp"

namespace radfuse::conformance {
namespace {

ReferenceRow row_of(const std::string& printed, double value, double tolerance = 0) {
  return {"A", "Statistics", "", "", "stat_mean", printed, value, tolerance};
}

TEST(Allowed, IsTheToleranceOrHalfAUnitOfTheLastDigit) {
  EXPECT_EQ(allowed(row_of("5", 5, 0.2)), 0.2);
  EXPECT_NEAR(allowed(row_of("0.324", 0.324)), 0.0005, 1e-9);
  EXPECT_NEAR(allowed(row_of("5", 5)), 0.005, 1e-9);          // 5.00: three digits at least
  EXPECT_NEAR(allowed(row_of("125256", 125256)), 0.5, 1e-9);  // six printed
  EXPECT_NEAR(allowed(row_of("-0.00457", -0.00457)), 5e-6, 1e-12);
  EXPECT_NEAR(allowed(row_of("0", 0)), 0.005, 1e-9);
}

TEST(Reproduces, NaNIsNoAgreement) {
  EXPECT_TRUE(reproduces(2.154, row_of("2.15", 2.15)));
  EXPECT_FALSE(reproduces(2.156, row_of("2.15", 2.15)));
  EXPECT_FALSE(reproduces(std::numeric_limits<double>::quiet_NaN(), row_of("2.15", 2.15)));
}

TEST(Compare, ARowThatIsNotProducedHasFailed) {
  ReferenceRow diagnostic = row_of("3", 3), open = row_of("", 0), other = row_of("1", 1);
  diagnostic.family = "Diagnostics";
  diagnostic.tag = "vox_dim_z_init_img";
  open.tag = "ivh_auc";
  other.tag = "stat_var";
  Conformance found;
  compare({row_of("2", 2), diagnostic, open, other}, "A",
          {{"stat_mean", 2.5}, {"vox_dim_z_init_img", 3}, {"ivh_auc", 0.4}}, found);
  EXPECT_EQ(found.features.passed, 0U);
  EXPECT_EQ(found.features.total, 2U);
  EXPECT_EQ(found.diagnostics.passed, 1U);
  EXPECT_EQ(found.diagnostics.total, 1U);
  EXPECT_FALSE(found.all_passed());
  EXPECT_EQ(to_csv(found),
            "configuration,family,aggregation,tag,reference,tolerance,value,difference,pass\n"
            "A,Statistics,,stat_mean,2,0,2.5,0.5,no\n"
            "A,Diagnostics,,vox_dim_z_init_img,3,0,3,0,yes\n"
            "A,Statistics,,stat_var,1,0,,,no\n"
            "A,Statistics,,ivh_auc,,,0.4,,\n");
}

TEST(ReadReference, RefusesWhatIsNoNumberAndFoldersWithoutTables) {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "reference.csv";
  write_file(file,
             "configuration,family,aggregation,feature,tag,consensus,value,tolerance\nA,Statistics,,Mean,m,>=10,x,0\n");
  EXPECT_THROW(read_reference(file), InputError);
  EXPECT_THROW(ibsi1(folder.path() / "none", 1), InputError);
}

}  // namespace
}  // namespace radfuse::conformance
