// SPDX-License-Identifier: Apache-2.0
// Nested cross-validation: honest on noise, blind to everything outside the training split, the same bytes always.
#include "radfuse/learn/validation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "learn_fixture.hpp"
#include "radfuse/base/error.hpp"

namespace radfuse {
namespace {

using test::all_predictions, test::CohortShape, test::make_cohort, test::quick_plan;

std::string bytes(const std::vector<ValidationResult>& results) {
  return to_csv(all_predictions(results)) + folds_to_csv(results);
}
std::string validated(const Dataset& data, const TrainPlan& plan) {
  return bytes(cross_validate(training_split(data), plan));
}

TEST(Validation, EachTrainingCaseOnceInEachRepeatPatientsWhole) {
  const Dataset data = make_cohort({.train = 30, .external = 6, .cases_of_patient = 2}, 1);
  const TrainPlan plan = quick_plan();
  const auto results = cross_validate(training_split(data), plan);
  ASSERT_EQ(results.size(), 4U);
  EXPECT_EQ(results[0].model, "rad");
  EXPECT_EQ(results[1].learner, Learner::xgboost);
  EXPECT_EQ(results[2].model, "fusion");
  std::map<std::pair<int, std::string>, int> fold_of_case;
  for (const Prediction& p : results[0].predictions) fold_of_case[{p.repeat, p.case_id}] = p.fold;
  for (const auto& result : results) {
    ASSERT_EQ(result.predictions.size(), 2U * 60U);
    ASSERT_EQ(result.folds.size(), 6U);
    std::set<std::pair<int, std::string>> cases;
    std::map<std::pair<int, std::string>, std::set<int>> folds_of_patient;
    for (const Prediction& p : result.predictions) {
      EXPECT_EQ(p.split, Split::train);
      EXPECT_EQ(p.kind, PredictionKind::oof);
      EXPECT_TRUE(p.probability > 0 && p.probability < 1);
      EXPECT_TRUE(cases.emplace(p.repeat, p.case_id).second);
      folds_of_patient[{p.repeat, p.patient_id}].insert(p.fold);
      EXPECT_EQ((fold_of_case[{p.repeat, p.case_id}]), p.fold) << "models are compared on the same folds";
    }
    for (const auto& [patient, folds] : folds_of_patient) EXPECT_EQ(folds.size(), 1U) << patient.second;
  }
}

TEST(Validation, FindsSignal) {
  const Dataset data = make_cohort({.train = 80, .external = 0, .strength = 3}, 2);
  for (const auto& result : cross_validate(training_split(data), quick_plan())) {
    double mean = 0;
    for (const FoldResult& fold : result.folds) mean += fold.auc / static_cast<double>(result.folds.size());
    EXPECT_GT(mean, 0.75) << result.model;
  }
}

TEST(Validation, NoiseIsNoise) {
  // 100 noise features, 50 cases of each class, LASSO inside the folds. Without signal the standard deviation of an AUC
  // is sqrt((50 + 50 + 1) / (12 * 50 * 50)) = 0.058; the mean of six cohorts must lie within two of its own 0.024.
  // Selection outside the folds would give about 0.9.
  TrainPlan plan = quick_plan();
  plan.params.models = {{"rad", {"rad"}}};
  plan.params.validation.repeats = 1;
  plan.params.validation.folds = 5;
  plan.steps = {StepParams{ScaleParams{}}, StepParams{LassoParams{.folds = 5}}};
  plan.threads = 2;
  constexpr int kCohorts = 6;
  std::map<Learner, double> mean;
  for (int cohort = 0; cohort < kCohorts; ++cohort) {
    const Dataset data =
        make_cohort({.train = 100, .external = 0, .features = 100, .strength = 0}, 100 + static_cast<unsigned>(cohort));
    for (const auto& result : cross_validate(training_split(data), plan))
      for (const FoldResult& fold : result.folds)
        mean[result.learner] += fold.auc / static_cast<double>(result.folds.size()) / kCohorts;
  }
  const double bound = 2 * std::sqrt(101.0 / (12 * 50 * 50)) / std::sqrt(kCohorts);
  for (const auto& [learner, auc] : mean) {
    EXPECT_NEAR(auc, 0.5, bound) << name_of(kLearners, learner);
    RecordProperty(std::string(name_of(kLearners, learner)), std::to_string(auc));
  }
}

TEST(Validation, NothingOutsideTheTrainingSplitMatters) {
  const Dataset data = make_cohort({}, 3);
  Dataset other = data;
  Eigen::MatrixXd values = data.table.values();
  for (std::size_t r = 0; r < data.split.size(); ++r) {
    if (data.split[r] == Split::train) continue;
    other.outcome[r] = 1 - data.outcome[r];
    other.site[r] = "elsewhere";
    values.row(static_cast<Eigen::Index>(r)) *= -1000;
  }
  other.table = FeatureTable(data.table.columns(), data.table.rows(), values);
  other.readings = other.table;
  EXPECT_EQ(validated(other, quick_plan()), validated(data, quick_plan()));
}

TEST(Validation, ThreadsDoNotMatter) {
  const Dataset data = make_cohort({.train = 40}, 4);
  TrainPlan plan = quick_plan();
  plan.params.xgboost.subsample = 0.7;
  plan.params.xgboost.columns = 0.7;
  const std::string one = validated(data, plan);
  std::vector<int> seen;
  int total = 0;
  plan.threads = 3;
  plan.progress = [&](int done, int of) {
    seen.push_back(done);
    total = of;
  };
  EXPECT_EQ(validated(data, plan), one);
  EXPECT_EQ(total, 2 * 2 * 3);
  ASSERT_EQ(seen.size(), 12U);
  for (int i = 0; i < 12; ++i) EXPECT_EQ(seen[static_cast<std::size_t>(i)], i + 1);
  plan.seed = 8;
  EXPECT_NE(validated(data, plan), one);
}

TEST(Validation, OrderOfRowsDoesNotMatter) {
  const Dataset data = make_cohort({.train = 40}, 5);
  Cohort cohort{.clinical_columns = {"age"}, .image_names = {}, .rows = {}, .reference_reader = ""};
  for (std::size_t r = 0; r < data.outcome.size(); ++r)
    cohort.rows.push_back({.case_id = data.table.rows()[r].case_id,
                           .patient_id = data.patient[r],
                           .reader = "",
                           .outcome = data.outcome[r],
                           .site = data.site[r],
                           .split = data.split[r],
                           .clinical = {data.table.values()(static_cast<Eigen::Index>(r), 0)},
                           .images = {}});
  std::vector<std::string> rad(data.table.columns().begin() + 1, data.table.columns().end());
  const FeatureTable features = keep_columns(data.table, rad);
  const std::vector<FeatureTable> tables{features};

  Rng rng(6, "order");
  const auto order = rng.permutation(cohort.rows.size());
  Cohort shuffled = cohort;
  std::vector<RowKey> keys;
  Eigen::MatrixXd values(features.row_count(), features.column_count());
  for (std::size_t i = 0; i < order.size(); ++i) {
    shuffled.rows[i] = cohort.rows[order[i]];
    keys.push_back(features.rows()[order[i]]);
    values.row(static_cast<Eigen::Index>(i)) = features.values().row(static_cast<Eigen::Index>(order[i]));
  }
  const std::vector<FeatureTable> shuffled_tables{FeatureTable(rad, keys, values)};
  EXPECT_EQ(validated(make_dataset(shuffled, shuffled_tables, {}, nullptr), quick_plan()),
            validated(make_dataset(cohort, tables, {}, nullptr), quick_plan()));
}

// A model of one column that is a probability, beside an ordinary one.
struct ScoredCohort {
  ScoredCohort() : data(make_cohort({.train = 40, .external = 6}, 9)) {
    plan = quick_plan();
    plan.params.models = {{"cnn", {"deep.cnn.score"}}, {"rad", {"rad"}}};
    plan.params.learners_of = {{"cnn", {"as_is"}}};
    data.table = with_score(0.25);
    data.readings = data.table;
    data.reader.assign(data.outcome.size(), "");
    for (std::size_t r = 0; r < data.outcome.size(); ++r)
      data.known.push_back({data.table.rows()[r].case_id, data.patient[r], data.split[r], data.outcome[r]});
  }
  // deep.cnn.us.score: `low`, and 1 - low for every third row.
  FeatureTable score(double low) const {
    Eigen::MatrixXd values(data.table.row_count(), 1);
    for (Eigen::Index r = 0; r < values.rows(); ++r) values(r, 0) = r % 3 == 0 ? 1 - low : low;
    return FeatureTable({"deep.cnn.us.score"}, data.table.rows(), values);
  }
  FeatureTable with_score(double low) const { return join(data.table, score(low)); }
  Dataset data;
  TrainPlan plan;
};

TEST(Validation, AModelMayHaveItsOwnLearnerAndItsScoreUnchanged) {
  const ScoredCohort made;
  const auto results = cross_validate(training_split(made.data), made.plan);
  ASSERT_EQ(results.size(), 3U);  // cnn as it is; rad by both learners
  EXPECT_EQ(results[0].learner, Learner::as_is);
  EXPECT_EQ(results[2].learner, Learner::xgboost);
  for (const Prediction& p : results[0].predictions) {
    const Eigen::Index row = made.data.table.row_index({p.case_id, "", ""});
    EXPECT_EQ(p.probability, made.data.table.values()(row, made.data.table.column_index("deep.cnn.us.score")));
  }
}

TEST(Validation, EachOuterFoldIsJudgedWithItsOwnDeepFeatures) {
  ScoredCohort made;
  const TrainingRows rows = training_split(made.data);
  made.plan.fold_features = [&](int repeat, int fold) {
    FoldFeatures own{.repeat = repeat, .fold = fold, .file = "fold"};
    own.table = made.score(0.01 * repeat + 0.001 * fold);
    own.encoders.networks = {{"e", "cnn", "", false, {}}};
    for (const RowKey& key : own.table.rows())
      own.encoders.rows.push_back({"fold", "cnn", "deep.cnn.us", EncodedKind::score, "e", key.case_id, "", false});
    return own;
  };
  const auto results = cross_validate(rows, made.plan);
  for (const Prediction& p : results[0].predictions) {
    const double low = 0.01 * p.repeat + 0.001 * p.fold;
    EXPECT_EQ(p.probability, made.data.table.row_index({p.case_id, "", ""}) % 3 == 0 ? 1 - low : low);
  }
  // A network that saw what it is to be judged on.
  made.plan.fold_features = [inner = made.plan.fold_features](int repeat, int fold) {
    FoldFeatures own = inner(repeat, fold);
    own.encoders.networks[0].cases = {own.table.rows()[0].case_id};
    own.encoders.rows[0].fitted = true;
    return own;
  };
  EXPECT_THROW(cross_validate(rows, made.plan), InputError);
}

TEST(Validation, TooFewPatientsSayWhichKeyToChange) {
  const Dataset data = make_cohort({.train = 12, .external = 0, .strength = 0}, 7);
  TrainPlan plan = quick_plan();
  plan.params.validation.inner_folds = 5;
  try {
    cross_validate(training_split(data), plan);
    ADD_FAILURE() << "4 positive patients made 5 folds";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), testing::StartsWith("model rad, repeat 1, fold 1: train.validation.inner_folds: "));
  }
  plan.params.validation.folds = 7;
  try {
    cross_validate(training_split(data), plan);
    ADD_FAILURE() << "6 positive patients made 7 folds";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), testing::StartsWith("train.validation.folds: "));
  }
}

TEST(Validation, BestIsTheFirstOfEquals) {
  const std::vector<CandidateScore> scores{
      {{{"c", 1}}, 0.6, 0.7}, {{{"c", 2}}, 0.5, 0.8}, {{{"c", 3}}, 0.5, 0.9}, {{{"c", 4}}, 0.7, 0.9}};
  EXPECT_EQ(to_text(best(scores, TuneBy::log_loss).settings), "c=2");
  EXPECT_EQ(to_text(best(scores, TuneBy::auc).settings), "c=3");
}

}  // namespace
}  // namespace radfuse
