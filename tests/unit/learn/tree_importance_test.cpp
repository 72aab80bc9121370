// SPDX-License-Identifier: Apache-2.0
// Shares of the gain of boosted trees, alone and in a chain.
#include "radfuse/learn/tree_importance.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "learn_fixture.hpp"

namespace radfuse {
namespace {

using ::testing::ElementsAre;

TEST(TreeImportance, SharesSumToOne) {
  const Dataset data = test::make_cohort({.train = 80, .external = 0}, 4);
  for (const TreeGain kind : {TreeGain::total_gain, TreeGain::gain}) {
    const EliminationTrees trees{.rounds = 30, .depth = 2, .importance = kind};
    const Eigen::VectorXd share = tree_importance(data.table.values(), data.outcome, trees, 1);
    ASSERT_EQ(share.size(), 7);
    EXPECT_NEAR(share.sum(), 1, 1e-12);
    EXPECT_GE(share.minCoeff(), 0);
    Eigen::Index best = 0;
    share.maxCoeff(&best);
    EXPECT_EQ(best, 1) << "rad.f0 tells";
    EXPECT_EQ(tree_importance(data.table.values(), data.outcome, trees, 1), share) << "the same every time";
  }
}

// Three cases a side have 3 * 0.25 of hessian: a leaf needs 1.
TEST(TreeImportance, NoSplitNoShares) {
  Eigen::MatrixXd x(6, 2);
  x << 1, 0, 1, 1, 1, 2, 0, 3, 0, 4, 0, 5;
  EXPECT_EQ(tree_importance(x, {1, 1, 1, 0, 0, 0}, {}, 1), Eigen::VectorXd::Zero(2));
}

// The outcome is whether rad.f0 and rad.f1 have the same sign: neither says anything alone, nor to a straight line.
// Trees of depth 2 see it.
TEST(TreeImportance, EliminationByTreesFindsAnInteraction) {
  Dataset data = test::make_cohort({.train = 240, .external = 0, .features = 8, .strength = 0}, 9);
  for (std::size_t i = 0; i < data.outcome.size(); ++i) {
    const auto row = data.table.values().row(static_cast<Eigen::Index>(i));
    data.outcome[i] = row[1] * row[2] > 0 ? 1 : 0;
  }
  const EliminationParams params{
      .learner = EliminationLearner::xgboost, .features = 2, .drop = 1, .xgboost = {.rounds = 40, .depth = 3}};
  const std::vector<std::string> rad{"rad"};
  const FittedChain chain = fit_chain({{params}}, training_split(data), rad, 3, {.trees = tree_importance});
  EXPECT_THAT(chain.columns(), ElementsAre("rad.f0", "rad.f1"));
  EXPECT_EQ(to_json(fit_chain({{params}}, training_split(data), rad, 3, {.threads = 3, .trees = tree_importance})),
            to_json(chain));
}

// Missing values: as for the other learners of the step, a column that has some is dropped before.
TEST(TreeImportance, EliminationByTreesDropsColumnsWithGaps) {
  Dataset data = test::make_cohort({.train = 60, .external = 0}, 5);
  Eigen::MatrixXd x = data.table.values();
  x(7, 1) = std::numeric_limits<double>::quiet_NaN();
  data.table = FeatureTable(data.table.columns(), data.table.rows(), x);
  const EliminationParams params{.learner = EliminationLearner::xgboost, .features = 3, .drop = 1};
  const FittedChain chain =
      fit_chain({{params}}, training_split(data), std::vector<std::string>{"rad"}, 3, {.trees = tree_importance});
  EXPECT_EQ(chain.selection()[0].reason, "1 of 60 training values are missing, and no impute step stands before");
}

TEST(TreeImportance, NestedValidationHandsTheTreesDown) {
  const Dataset data = test::make_cohort({}, 6);
  TrainPlan plan = test::quick_plan();
  plan.steps = {StepParams{EliminationParams{
      .learner = EliminationLearner::xgboost, .features = 2, .drop = 0.5, .xgboost = {.rounds = 10, .depth = 2}}}};
  const auto results = cross_validate(training_split(data), plan);
  for (const ValidationResult& result : results)
    for (const FoldResult& fold : result.folds)
      EXPECT_THAT(fold.columns, ::testing::Contains("rad.f0"))
          << result.model << " " << fold.repeat << " " << fold.fold;
}

}  // namespace
}  // namespace radfuse
