// SPDX-License-Identifier: Apache-2.0
// Final models: what they learned from, what they predict, and that they read back.
#include "radfuse/learn/model_bundle.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "learn_fixture.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/hash.hpp"

namespace radfuse {
namespace {

using test::make_cohort, test::quick_plan;

Chains chains_of(const Dataset& data, const TrainPlan& plan) {
  Chains chains;
  for (const auto& [name, blocks] : plan.params.models)
    chains.emplace_back(name, fit_chain(plan.steps, training_split(data), blocks, plan.seed));
  return chains;
}

struct Trained {
  Chains chains;
  std::vector<ValidationResult> validation;
  std::vector<TrainedModel> models;
};
Trained train(const Dataset& data, const TrainPlan& plan) {
  Trained t;
  t.chains = chains_of(data, plan);
  t.validation = cross_validate(training_split(data), plan);
  t.models = fit_final(training_split(data), plan, t.chains, t.validation);
  return t;
}

TEST(ModelBundle, PredictsEveryRowAndSaysWhatItHadSeen) {
  Dataset data = make_cohort({.train = 40, .external = 10}, 11);
  data.outcome[3] = -1;  // a training case whose outcome is unknown teaches nothing
  const TrainPlan plan = quick_plan();
  const Trained t = train(data, plan);
  ASSERT_EQ(t.models.size(), 4U);
  EXPECT_EQ(t.models[3].name(), "fusion.xgboost");
  EXPECT_EQ(t.models[0].fitted_on.size(), 39U);
  EXPECT_EQ(t.models[2].columns.front(), "clin.age");
  for (std::size_t m = 0; m < t.models.size(); ++m) {
    const auto predictions = predict(t.models[m], t.chains[m / 2].second, data);
    ASSERT_EQ(predictions.size(), 50U);
    for (const Prediction& p : predictions) {
      const bool seen = p.split == Split::train && p.outcome >= 0;
      EXPECT_EQ(p.kind, seen ? PredictionKind::resubstitution : PredictionKind::final) << p.case_id;
      EXPECT_TRUE(p.probability > 0 && p.probability < 1);
    }
  }
}

TEST(ModelBundle, ThresholdComesFromOutOfFoldPredictions) {
  const Dataset data = make_cohort({.train = 40, .external = 0, .strength = 3}, 12);
  const Trained t = train(data, quick_plan());
  for (std::size_t m = 0; m < t.models.size(); ++m) {
    const auto means = mean_out_of_fold(t.validation[m].predictions, t.models[m].model, t.models[m].kind);
    const auto youden = [&](double threshold) {
      double hits = 0, positives = 0, passes = 0;
      for (const Prediction& p : means) {
        positives += p.outcome;
        hits += p.outcome == 1 && p.probability >= threshold;
        passes += p.outcome == 0 && p.probability < threshold;
      }
      return hits / positives + passes / (static_cast<double>(means.size()) - positives);
    };
    for (const Prediction& p : means)
      EXPECT_GE(youden(t.models[m].threshold) + 1e-12, youden(p.probability)) << t.models[m].name();
    EXPECT_GT(t.models[m].cv_auc, 0.6);
  }
}

TEST(ModelBundle, ReadsBackToTheSameBytesAndProbabilities) {
  const Dataset data = make_cohort({.train = 40, .external = 10}, 13);
  const Trained t = train(data, quick_plan());
  for (std::size_t m = 0; m < t.models.size(); ++m) {
    const std::string json = to_json(t.models[m]);
    const TrainedModel again = trained_model_from_json(json);
    EXPECT_EQ(to_json(again), json);
    EXPECT_EQ(predict(again, t.chains[m / 2].second, data), predict(t.models[m], t.chains[m / 2].second, data));
  }
  EXPECT_THAT(models_to_csv(t.models),
              testing::StartsWith("model,learner,settings,threshold,cv_auc,columns_used,columns\nrad,logistic,c="));
}

TEST(ModelBundle, SameBytesForThreadsAndForOtherTestRows) {
  const Dataset data = make_cohort({.train = 40, .external = 10}, 14);
  Dataset other = data;
  Eigen::MatrixXd values = data.table.values();
  for (std::size_t r = 40; r < 50; ++r) {
    ASSERT_EQ(data.split[r], Split::external);
    other.outcome[r] = 1 - data.outcome[r];
    values.row(static_cast<Eigen::Index>(r)).setConstant(1e6);
  }
  other.table = other.readings = FeatureTable(data.table.columns(), data.table.rows(), values);
  TrainPlan two = quick_plan();
  two.threads = 2;
  const Trained a = train(data, quick_plan()), b = train(other, two);
  for (std::size_t m = 0; m < a.models.size(); ++m) EXPECT_EQ(to_json(b.models[m]), to_json(a.models[m]));
  EXPECT_EQ(models_to_csv(b.models), models_to_csv(a.models));
}

TEST(ModelBundle, RefusesAnotherChain) {
  const Dataset data = make_cohort({.train = 40, .external = 10}, 15);
  const TrainPlan plan = quick_plan();
  const Trained t = train(data, plan);
  EXPECT_THROW(predict(t.models[0], t.chains[1].second, data), InputError);

  Rng rng(1, "fold");
  Chains of_a_fold;
  for (const auto& [name, blocks] : plan.params.models) {
    const auto folds = make_folds(training_split(data), 3, rng);
    of_a_fold.emplace_back(name, fit_chain(plan.steps, folds[0].fit, blocks, plan.seed));
  }
  EXPECT_THROW(fit_final(training_split(data), plan, of_a_fold, t.validation), InputError);
  EXPECT_THROW(fit_final(training_split(data), plan, {t.chains[0]}, t.validation), InputError);
}

TEST(ModelBundle, RefusesWhatIsNoModel) {
  EXPECT_THROW(trained_model_from_json("{}"), InputError);
  EXPECT_THROW(trained_model_from_json("radfuse"), InputError);
  const Dataset data = make_cohort({.train = 30, .external = 0}, 16);
  std::string json = to_json(train(data, quick_plan()).models[0]);
  json.replace(json.find("\"radfuse_model\": 1"), 18, "\"radfuse_model\": 2");
  EXPECT_THROW(trained_model_from_json(json), InputError);
}

}  // namespace
}  // namespace radfuse
