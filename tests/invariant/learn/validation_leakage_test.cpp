// SPDX-License-Identifier: Apache-2.0
// Noise must stay noise: nested cross-validation of the whole chain finds nothing in it, while the same steps done once
// outside the folds find much.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <numeric>

#include "radfuse/learn/validation.hpp"
#include "radfuse/stats/combat.hpp"

namespace radfuse {
namespace {

// AUCs of cross-validation on independent cohorts. A cohort's own standard error is larger than that of one AUC of as
// many cases (0.053 for 60 + 60), because its folds share cases and choose alike; the cohorts are independent, so that
// their spread tells the standard error of the mean. Enough of them are drawn for two standard errors to be 0.03 or
// less.
struct Aucs {
  std::vector<double> values;
  double mean() const { return std::accumulate(values.begin(), values.end(), 0.0) / count(); }
  double standard_error() const {
    double squares = 0;
    for (const double v : values) squares += (v - mean()) * (v - mean());
    return std::sqrt(squares / (count() - 1) / count());
  }
  double count() const { return static_cast<double>(values.size()); }
};

void expect_chance(const Aucs& aucs, const char* what) {
  std::cout << what << ": mean AUC " << aucs.mean() << ", standard error " << aucs.standard_error() << "\n";
  EXPECT_LE(2 * aucs.standard_error(), 0.03) << what;
  EXPECT_NEAR(aucs.mean(), 0.5, 2 * aucs.standard_error()) << what;
}

// Standard normal features, outcomes by turns, all cases for training. `site_of` tells a case's site.
template <class SiteOf>
Dataset noise(int cases, int features, std::uint64_t seed, const SiteOf& site_of) {
  Rng rng(seed, "leakage");
  Dataset data;
  std::vector<std::string> columns;
  for (int j = 0; j < features; ++j) columns.push_back("rad.f" + std::to_string(10000 + j));
  std::vector<RowKey> keys;
  Eigen::MatrixXd values(cases, features);
  for (int i = 0; i < cases; ++i) {
    for (int j = 0; j < features; ++j) values(i, j) = rng.normal();
    keys.push_back({"P" + std::to_string(1000 + i), "", ""});
    data.patient.push_back(keys.back().case_id);
    data.outcome.push_back(i % 2);
    data.site.push_back(site_of(i));
    data.split.push_back(Split::train);
  }
  data.table = FeatureTable(columns, keys, values);
  data.readings = data.table;
  return data;
}

TrainPlan plan_of(std::vector<StepParams> steps) {
  TrainPlan plan;
  plan.params.models = {{"rad", {"rad"}}};
  plan.params.learners = {Learner::logistic};
  plan.params.validation = {.folds = 5, .repeats = 1, .inner_folds = 3};
  plan.params.logistic.c = {0.1, 1};
  plan.steps = std::move(steps);
  plan.seed = 11;
  plan.threads = 2;
  return plan;
}

double validated_auc(const Dataset& data, const TrainPlan& plan) {
  const auto results = cross_validate(training_split(data), plan);
  double sum = 0;
  for (const FoldResult& fold : results.front().folds) sum += fold.auc;
  return sum / static_cast<double>(results.front().folds.size());
}

// The cohort after steps that saw all of its cases: what must never be done.
Dataset treated_outside_the_folds(const Dataset& data, const std::vector<StepParams>& steps) {
  Dataset treated = data;
  const std::vector<std::string> rad{"rad"};
  treated.table = apply(fit_chain(steps, training_split(data), rad, 11), data.table, data.site);
  treated.readings = treated.table;
  return treated;
}

TEST(ValidationLeakage, TwentyOfAThousandNoiseFeatures) {
  constexpr int kCohorts = 50, kCases = 120;
  const std::vector<StepParams> steps = {{UnivariateParams{.threshold = 1, .most = 20}}, {ScaleParams{}}};
  Aucs nested;
  for (int c = 0; c < kCohorts; ++c) {
    const Dataset data = noise(kCases, 1000, static_cast<std::uint64_t>(c), [](int) { return "one"; });
    nested.values.push_back(validated_auc(data, plan_of(steps)));
    if (c < 10) {
      EXPECT_GT(validated_auc(treated_outside_the_folds(data, steps), plan_of({})), 0.8) << "cohort " << c;
    }
  }
  expect_chance(nested, "20 of 1,000 noise features chosen in the folds");
}

// 45 of the 50 negative cases come from site A, 45 of the 50 positive ones from site B.
std::string confounded_site(int i) {
  const bool exception = i / 2 % 10 == 9;
  return (i % 2 == 1) != exception ? "B" : "A";
}

// The table with 1 added to all features of the second site.
Dataset with_shifted_site(const Dataset& data) {
  Dataset moved = data;
  Eigen::MatrixXd values = data.table.values();
  for (std::size_t i = 0; i < data.site.size(); ++i)
    if (data.site[i] == "B") values.row(static_cast<Eigen::Index>(i)).array() += 1;
  moved.table = FeatureTable(data.table.columns(), data.table.rows(), values);
  moved.readings = moved.table;
  return moved;
}

// What is refused: all cases at once, with the outcome as a covariate whose effect is kept.
Dataset with_protected_outcome(const Dataset& data) {
  std::vector<int> batch;
  for (const std::string& site : data.site) batch.push_back(site == "B");
  const Eigen::Index cases = data.table.row_count();
  Eigen::MatrixXd outcome(cases, 1), harmonised(cases, data.table.column_count());
  for (Eigen::Index i = 0; i < cases; ++i) outcome(i, 0) = data.outcome[static_cast<std::size_t>(i)];
  const std::vector<std::string> name{"outcome"};
  const stats::CombatModel model = stats::fit_combat(data.table.values(), batch, outcome, name);
  for (Eigen::Index i = 0; i < cases; ++i)
    harmonised.row(i) = stats::apply_combat(model, stats::batch_of(model, batch[static_cast<std::size_t>(i)]),
                                            data.table.values().row(i), outcome.row(i));
  Dataset leaked = data;
  leaked.table = FeatureTable(data.table.columns(), data.table.rows(), harmonised);
  leaked.readings = leaked.table;
  return leaked;
}

// Site differences that are removed wholly (prior none) leave chance. Empirical Bayes shrinks them: where there are
// none but by chance, about half of them stays in the rows that the model learns from, goes with the outcome there, and
// is taken off the rows left out. That errs on the safe side, below 0.5, never above.
TEST(ValidationLeakage, ComBatWithSitesThatGoWithTheOutcome) {
  constexpr int kCohorts = 30, kCases = 100, kFeatures = 100;
  const std::vector<StepParams> plain = {{CombatParams{.prior = stats::CombatPrior::none}}, {ScaleParams{}}},
                                shrunken = {{CombatParams{}}, {ScaleParams{}}}, without = {{ScaleParams{}}};
  Aucs noise_only, shifted, borrowed, unharmonised, with_outcome;
  for (int c = 0; c < kCohorts; ++c) {
    const Dataset data = noise(kCases, kFeatures, 100 + static_cast<std::uint64_t>(c), confounded_site);
    ASSERT_EQ(std::count(data.site.begin(), data.site.end(), "A"), 50);
    const Dataset moved = with_shifted_site(data);
    noise_only.values.push_back(validated_auc(data, plan_of(plain)));
    shifted.values.push_back(validated_auc(moved, plan_of(plain)));
    borrowed.values.push_back(validated_auc(moved, plan_of(shrunken)));
    if (c >= 10) continue;
    unharmonised.values.push_back(validated_auc(moved, plan_of(without)));
    with_outcome.values.push_back(validated_auc(with_protected_outcome(data), plan_of(without)));
  }
  expect_chance(noise_only, "ComBat in the folds, noise");
  expect_chance(shifted, "ComBat in the folds, noise and a shifted site");
  std::cout << "the same with empirical Bayes " << borrowed.mean() << ", without ComBat " << unharmonised.mean()
            << ", ComBat outside the folds with the outcome protected " << with_outcome.mean() << "\n";
  EXPECT_LT(borrowed.mean(), 0.5);
  EXPECT_GT(unharmonised.mean(), 0.8);
  EXPECT_GT(with_outcome.mean(), 0.6);
}

}  // namespace
}  // namespace radfuse
