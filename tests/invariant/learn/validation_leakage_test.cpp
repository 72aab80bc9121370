// SPDX-License-Identifier: Apache-2.0
// Noise must stay noise: nested cross-validation of the whole chain finds nothing in it, while the same steps done once
// outside the folds find much.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <iostream>

#include "radfuse/learn/validation.hpp"
#include "radfuse/stats/combat.hpp"

namespace radfuse {
namespace {

// Without signal the AUC of n positive and n negative cases has the variance (2 n + 1) / (12 n^2) (Mann and Whitney
// 1947). The mean over independent cohorts is judged, because one cohort's own interval (for 60 + 60 cases 0.5 +-
// 0.106) would let a good part of the leaks pass.
double two_standard_errors(int of_each_class, int cohorts) {
  return 2 * std::sqrt((2.0 * of_each_class + 1) / (12.0 * of_each_class * of_each_class * cohorts));
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
  treated.table = apply(fit_chain(steps, training_split(data), rad, 11, 1), data.table, data.site);
  treated.readings = treated.table;
  return treated;
}

TEST(ValidationLeakage, TwentyOfAThousandNoiseFeatures) {
  constexpr int kCohorts = 12, kCases = 120;
  const std::vector<StepParams> steps = {{UnivariateParams{.threshold = 1, .most = 20}}, {ScaleParams{}}};
  double nested = 0;
  for (int c = 0; c < kCohorts; ++c) {
    const Dataset data = noise(kCases, 1000, static_cast<std::uint64_t>(c), [](int) { return "one"; });
    const double inside = validated_auc(data, plan_of(steps));
    const double outside = validated_auc(treated_outside_the_folds(data, steps), plan_of({}));
    std::cout << "cohort " << c << ": inside " << inside << ", outside " << outside << "\n";
    EXPECT_GT(outside, 0.8);
    nested += inside / kCohorts;
  }
  std::cout << "inside, mean: " << nested << "\n";
  EXPECT_NEAR(nested, 0.5, two_standard_errors(kCases / 2, kCohorts));
}

// 45 of the 50 negative cases come from site A, 45 of the 50 positive ones from site B.
std::string confounded_site(int i) {
  const bool exception = i / 2 % 10 == 9;
  return (i % 2 == 1) != exception ? "B" : "A";
}

TEST(ValidationLeakage, ComBatWithSitesThatGoWithTheOutcome) {
  constexpr int kCohorts = 24, kCases = 100, kFeatures = 100;
  const std::vector<StepParams> steps = {{CombatParams{}}, {ScaleParams{}}};
  double plain = 0, shifted = 0, unharmonised = 0, protected_outcome = 0;
  for (int c = 0; c < kCohorts; ++c) {
    const Dataset data = noise(kCases, kFeatures, 100 + static_cast<std::uint64_t>(c), confounded_site);
    ASSERT_EQ(std::count(data.site.begin(), data.site.end(), "A"), 50);
    plain += validated_auc(data, plan_of(steps)) / kCohorts;

    Dataset moved = data;  // the second site measures everything one SD higher
    Eigen::MatrixXd values = data.table.values();
    for (std::size_t i = 0; i < data.site.size(); ++i)
      if (data.site[i] == "B") values.row(static_cast<Eigen::Index>(i)).array() += 1;
    moved.table = FeatureTable(data.table.columns(), data.table.rows(), values);
    moved.readings = moved.table;
    shifted += validated_auc(moved, plan_of(steps)) / kCohorts;
    unharmonised += validated_auc(moved, plan_of({{ScaleParams{}}})) / kCohorts;

    // What is refused: all cases at once, with the outcome as a covariate whose effect is kept.
    std::vector<int> batch;
    for (const std::string& site : data.site) batch.push_back(site == "B");
    Eigen::MatrixXd outcome(kCases, 1);
    for (int i = 0; i < kCases; ++i) outcome(i, 0) = data.outcome[static_cast<std::size_t>(i)];
    const std::vector<std::string> name{"outcome"};
    const stats::CombatModel model = stats::fit_combat(data.table.values(), batch, outcome, name);
    Eigen::MatrixXd harmonised(kCases, kFeatures);
    for (int i = 0; i < kCases; ++i)
      harmonised.row(i) = stats::apply_combat(model, stats::batch_of(model, batch[static_cast<std::size_t>(i)]),
                                              data.table.values().row(i), outcome.row(i));
    Dataset leaked = data;
    leaked.table = FeatureTable(data.table.columns(), data.table.rows(), harmonised);
    leaked.readings = leaked.table;
    protected_outcome += validated_auc(leaked, plan_of({{ScaleParams{}}})) / kCohorts;
  }
  std::cout << "ComBat in the folds " << plain << ", with a shifted site " << shifted << "; without ComBat "
            << unharmonised << "; with the outcome protected " << protected_outcome << "\n";
  const double bound = two_standard_errors(kCases / 2, kCohorts);
  EXPECT_NEAR(plain, 0.5, bound);
  EXPECT_NEAR(shifted, 0.5, bound);
  EXPECT_GT(unharmonised, 0.8);
  EXPECT_GT(protected_outcome, 0.8);
}

}  // namespace
}  // namespace radfuse
