// SPDX-License-Identifier: Apache-2.0
// One row a case; training rows; folds by patient.
#include "radfuse/select/dataset.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "radfuse/base/error.hpp"
#include "synthetic_study.hpp"

namespace radfuse {
namespace {

CaseRow case_row(std::string id, std::string reader, int outcome, Split split, std::optional<double> age) {
  CaseRow row;
  row.case_id = std::move(id);
  row.patient_id = row.case_id;
  row.reader = std::move(reader);
  row.outcome = outcome;
  row.split = split;
  row.site = "S1";
  row.clinical = {age};
  return row;
}

Cohort small_cohort() {
  Cohort cohort;
  cohort.clinical_columns = {"age"};
  cohort.reference_reader = "A";
  cohort.rows = {case_row("P1", "A", 1, Split::train, 50), case_row("P1", "B", 1, Split::train, 50),
                 case_row("P2", "A", 0, Split::train, std::nullopt), case_row("P3", "A", 0, Split::test, 70)};
  return cohort;
}

TEST(Dataset, regions_become_columns_and_readers_readings) {
  const FeatureTable radiomics(
      {"rad.us.mean"}, {{"P1", "rim", "A"}, {"P1", "tumour", "A"}, {"P1", "tumour", "B"}, {"P2", "tumour", "A"}},
      Eigen::MatrixXd{{1}, {2}, {3}, {4}});
  const FeatureTable deep({"deep.ae.us.000"}, {{"P1", "", ""}, {"P2", "", ""}, {"P3", "", ""}},
                          Eigen::MatrixXd{{10}, {20}, {30}});
  std::vector<std::string> missing;
  const std::vector<FeatureTable> tables = {radiomics, deep};
  Encoders encoders{.rows = {}, .networks = {{"e", "ae", "", false, {}}}};
  for (const RowKey& key : deep.rows())
    encoders.rows.push_back(
        {"features.deep.csv", "ae", "deep.ae.us", EncodedKind::vector, "e", key.case_id, "", false});
  const Dataset data = make_dataset(small_cohort(), tables, encoders, &missing);
  EXPECT_EQ(missing, std::vector<std::string>{"P3"});  // no radiomic features
  EXPECT_EQ(data.table.columns(),
            (std::vector<std::string>{"rad.rim.us.mean", "rad.tumour.us.mean", "deep.ae.us.000", "clin.age"}));
  ASSERT_EQ(data.table.row_count(), 2);
  EXPECT_EQ(data.table.values().row(0), (Eigen::RowVectorXd{{1, 2, 10, 50}}));
  EXPECT_TRUE(std::isnan(data.table.values()(1, 0)));
  EXPECT_EQ(data.table.values()(1, 1), 4);
  EXPECT_TRUE(std::isnan(data.table.values()(1, 3)));
  EXPECT_EQ(data.outcome, (std::vector<int>{1, 0}));
  const Eigen::Index second = data.readings.row_index({"P1", "", "B"});
  ASSERT_GE(second, 0);
  EXPECT_EQ(data.readings.values()(second, data.readings.column_index("rad.tumour.us.mean")), 3);
  EXPECT_EQ(data.readings.column_index("clin.age"), -1);
}

TEST(Dataset, one_region_keeps_its_column_names) {
  const FeatureTable radiomics({"rad.us.mean"}, {{"P1", "tumour", "A"}, {"P2", "tumour", "A"}},
                               Eigen::MatrixXd{{1}, {2}});
  const std::vector<FeatureTable> tables = {radiomics};
  EXPECT_EQ(make_dataset(small_cohort(), tables, {}, nullptr).table.columns()[0], "rad.us.mean");
}

TEST(Dataset, training_rows_are_train_and_labelled) {
  const test::Study study = test::make_study();
  Dataset data = make_dataset(study.cohort, study.features, {}, nullptr);
  data.outcome[0] = -1;
  const TrainingRows rows = training_split(data);
  EXPECT_FALSE(rows.rows().empty());
  for (const Eigen::Index r : rows.rows()) {
    EXPECT_EQ(data.split[static_cast<std::size_t>(r)], Split::train);
    EXPECT_GE(data.outcome[static_cast<std::size_t>(r)], 0);
  }
  std::fill(data.outcome.begin(), data.outcome.end(), 1);
  EXPECT_THROW(training_split(data), InputError);
  std::fill(data.split.begin(), data.split.end(), Split::test);
  EXPECT_THROW(training_split(data), InputError);
}

TEST(Folds, patients_stay_whole_and_classes_are_balanced) {
  const test::Study study = test::make_study({.cases = 150});
  const Dataset data = make_dataset(study.cohort, study.features, {}, nullptr);
  const TrainingRows rows = training_split(data);
  Rng rng(5, "folds");
  const auto folds = make_folds(rows, 5, rng);
  ASSERT_EQ(folds.size(), 5u);
  std::vector<Eigen::Index> seen;
  std::vector<int> positives;
  for (const Fold& fold : folds) {
    std::set<std::string> inside, outside;
    int positive = 0;
    for (const Eigen::Index r : fold.held_out) {
      inside.insert(data.patient[static_cast<std::size_t>(r)]);
      positive += data.outcome[static_cast<std::size_t>(r)];
    }
    for (const Eigen::Index r : fold.fit.rows()) outside.insert(data.patient[static_cast<std::size_t>(r)]);
    for (const std::string& patient : inside) EXPECT_FALSE(outside.contains(patient)) << patient;
    EXPECT_EQ(fold.held_out.size() + fold.fit.rows().size(), rows.rows().size());
    seen.insert(seen.end(), fold.held_out.begin(), fold.held_out.end());
    positives.push_back(positive);
  }
  std::sort(seen.begin(), seen.end());
  EXPECT_EQ(seen, rows.rows());
  EXPECT_LE(
      *std::max_element(positives.begin(), positives.end()) - *std::min_element(positives.begin(), positives.end()),
      2);  // a patient may have two cases
}

TEST(Folds, the_same_stream_gives_the_same_folds) {
  const test::Study study = test::make_study();
  const Dataset data = make_dataset(study.cohort, study.features, {}, nullptr);
  Rng a(1, "x"), b(1, "x"), c(2, "x");
  const auto first = make_folds(training_split(data), 4, a), second = make_folds(training_split(data), 4, b);
  const auto other = make_folds(training_split(data), 4, c);
  EXPECT_EQ(first[0].held_out, second[0].held_out);
  EXPECT_NE(first[0].held_out, other[0].held_out);
}

TEST(Folds, too_few_patients_of_a_class) {
  const test::Study study = test::make_study({.cases = 20});
  const Dataset data = make_dataset(study.cohort, study.features, {}, nullptr);
  Rng rng(1, "x");
  EXPECT_THROW(make_folds(training_split(data), 15, rng), InputError);
}

TEST(Dataset, outer_folds_do_not_move_when_a_case_has_no_features) {
  const test::Study study = test::make_study();
  const Dataset whole = make_dataset(study.cohort, study.features, {}, nullptr);
  const std::string gone = whole.table.rows()[static_cast<std::size_t>(training_split(whole).rows()[5])].case_id;
  std::vector<Eigen::Index> left;
  for (Eigen::Index r = 0; r < study.features[0].row_count(); ++r)
    if (study.features[0].rows()[static_cast<std::size_t>(r)].case_id != gone) left.push_back(r);
  const std::vector<FeatureTable> fewer = {keep_rows(study.features[0], left)};
  const Dataset some = make_dataset(study.cohort, fewer, {}, nullptr);
  const auto cases_of = [](const Dataset& data) {
    std::vector<std::set<std::string>> cases;
    for (const Fold& fold : outer_folds(training_split(data), 4, 7, 1)) {
      cases.emplace_back();
      for (const Eigen::Index r : fold.held_out)
        cases.back().insert(data.table.rows()[static_cast<std::size_t>(r)].case_id);
    }
    return cases;
  };
  auto expected = cases_of(whole);
  std::size_t removed = 0;
  for (auto& fold : expected) removed += fold.erase(gone);
  EXPECT_EQ(removed, 1U);
  EXPECT_EQ(cases_of(some), expected);
}

}  // namespace
}  // namespace radfuse
