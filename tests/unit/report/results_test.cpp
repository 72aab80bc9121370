// SPDX-License-Identifier: Apache-2.0
// What the report reads of the earlier stages: how often features were selected.
#include "radfuse/report/results.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "temporary_folder.hpp"

namespace radfuse {
namespace {

constexpr const char* kFolds =
    "model,feature,selected,folds,share\n"
    "rad,rad.a,4,5,0.8\nrad,rad.b,2,5,0.4\nrad,rad.c,2,5,0.4\nclinical,clin.age,5,5,1\n";
constexpr const char* kSamples =
    "model,feature,selected,samples,share\n"
    "rad,rad.b,9,10,0.9\nrad,rad.d,3,10,0.3\nrad,rad.a,3,10,0.3\nclinical,clin.age,10,10,1\n";

std::vector<std::string> names(const std::vector<SelectionShare>& shares) {
  std::vector<std::string> all;
  for (const SelectionShare& row : shares) all.push_back(row.model + " " + row.feature);
  return all;
}

TEST(Results, SharesOfFoldsAlone) {
  const test::TemporaryFolder folder;
  write_file(folder / "folds.csv", kFolds);
  const auto shares = read_shares(folder / "folds.csv", {});
  EXPECT_THAT(names(shares), ::testing::ElementsAre("rad rad.a", "rad rad.b", "rad rad.c", "clinical clin.age"));
  EXPECT_EQ(shares[0].folds, 0.8);
  EXPECT_TRUE(std::isnan(shares[0].samples));
}

TEST(Results, SharesOfSamplesComeFirst) {
  const test::TemporaryFolder folder;
  write_file(folder / "folds.csv", kFolds);
  write_file(folder / "samples.csv", kSamples);
  const auto shares = read_shares(folder / "folds.csv", folder / "samples.csv");
  EXPECT_THAT(names(shares),
              ::testing::ElementsAre("rad rad.b", "rad rad.a", "rad rad.d", "rad rad.c", "clinical clin.age"));
  EXPECT_EQ(shares[1].folds, 0.8) << "of equal shares over samples the one with the larger over folds";
  EXPECT_EQ(shares[1].samples, 0.3);
  EXPECT_TRUE(std::isnan(shares[2].folds)) << "no fold selected it";
  EXPECT_TRUE(std::isnan(shares[3].samples)) << "no sample selected it";
}

TEST(Results, SharesThatAreNoNumbersAreRefusedByName) {
  const test::TemporaryFolder folder;
  write_file(folder / "folds.csv", "model,feature,selected,folds,share\nrad,rad.a,1,5,often\n");
  try {
    read_shares(folder / "folds.csv", {});
    ADD_FAILURE() << "'often' was taken for a number";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("folds.csv:2: 'often' is not a number"));
  }
}

TEST(Results, StabilityBecomesARemark) {
  const test::TemporaryFolder folder;
  write_file(folder / "stability.csv", "model,stability,remark\nrad,0.5,\"5.0 of 9 features, stability 0.50\"\n");
  StudyResults results;
  read_stability(folder / "stability.csv", results);
  EXPECT_THAT(results.remarks, ::testing::ElementsAre("Selection for rad: 5.0 of 9 features, stability 0.50"));
}

}  // namespace
}  // namespace radfuse
