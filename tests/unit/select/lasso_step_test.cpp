// SPDX-License-Identifier: Apache-2.0
// The lasso step's score: intercept + sum of coefficient x value, for rows that it never saw; and its measures.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "radfuse/base/error.hpp"
#include "radfuse/select/chain.hpp"
#include "radfuse/stats/lasso.hpp"
#include "synthetic_study.hpp"
#include "working.hpp"

namespace radfuse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::vector<std::string> kAll = {"rad", "deep", "clin"};

// Twenty features rad.a00.. and ten deep.net.ax.00.., of which rad.a03, rad.a05 and deep.net.ax.02 tell the outcome.
// Rows from `training` on are test cases.
Dataset two_blocks(int cases = 150, int training = 100) {
  Dataset data;
  Rng rng(3, "test.two_blocks");
  std::vector<std::string> columns;
  for (int j = 0; j < 30; ++j) {
    const std::string number = std::to_string(100 + (j < 20 ? j : j - 20)).substr(1);
    columns.push_back(j < 20 ? "rad.a" + number : "deep.net.ax." + number);
  }
  columns.push_back("clin.age");
  std::vector<RowKey> keys;
  Eigen::MatrixXd x(cases, 31);
  for (int i = 0; i < cases; ++i) {
    keys.push_back({"P" + std::to_string(1000 + i), "", ""});
    data.patient.push_back(keys.back().case_id);
    const int outcome = rng.uniform() < 0.5;
    data.outcome.push_back(outcome);
    data.site.push_back("one");
    data.split.push_back(i < training ? Split::train : Split::test);
    for (Eigen::Index j = 0; j < 31; ++j) x(i, j) = 5 + 2 * rng.normal();
    for (const Eigen::Index j : {3, 5, 22}) x(i, j) += 2.5 * outcome;
  }
  data.table = FeatureTable(columns, keys, x);
  return data;
}

FittedChain fitted(const Dataset& data, const std::vector<StepParams>& steps, int threads = 1) {
  return fit_chain(steps, training_split(data), kAll, 11, {.threads = threads});
}

FeatureTable tests_of(const FittedChain& chain, const Dataset& data) {
  return apply(chain_from_json(to_json(chain)), data.table, data.site);
}

// The coefficients are those of the lasso door at the lambda that the step chose, so that the sum is known outside.
TEST(LassoStep, score_is_the_weighted_sum_on_new_rows) {
  const Dataset data = two_blocks();
  const FittedChain chain = fitted(data, {{LassoParams{.gives = LassoGives::score}}});
  EXPECT_THAT(chain.columns(), ElementsAre("clin.age", "rad.score", "deep.score"));
  const FeatureTable out = tests_of(chain, data);
  const FittedChain parts = fitted(data, {{LassoParams{.gives = LassoGives::both}}});
  const std::vector<Eigen::Index> rows = training_split(data).rows();
  for (const std::string block : {"rad", "deep"}) {
    // lambda as the selection table tells it, three digits, names the step of the path; the door solves there exactly.
    const Eigen::Index first = block == "rad" ? 0 : 20, count = block == "rad" ? 20 : 10;
    Eigen::VectorXd y(static_cast<Eigen::Index>(rows.size()));
    for (std::size_t i = 0; i < rows.size(); ++i)
      y[static_cast<Eigen::Index>(i)] = data.outcome[static_cast<std::size_t>(rows[i])];
    const Eigen::MatrixXd x = data.table.values().middleCols(first, count)(rows, Eigen::all);
    std::string told;
    for (const SelectionRow& row : chain.selection())
      if (row.feature.starts_with(block + ".") && row.reason.find(" at lambda.min = ") != std::string::npos)
        told = row.reason.substr(row.reason.find(" = ") + 3,
                                 row.reason.find_first_of(";", row.reason.find(" = ")) - row.reason.find(" = ") - 3);
    const double lambda = std::stod(told);
    const stats::LassoPath path = stats::fit_lasso(x, y);
    Eigen::Index at = 0;
    (path.lambda.array() - lambda).abs().minCoeff(&at);
    const stats::LassoPath exact = stats::fit_lasso(x, y, {.exact = true}, std::vector<double>{path.lambda[at]});
    ASSERT_GE(exact.nonzero[0], 1);
    const Eigen::VectorXd expected =
        (data.table.values().middleCols(first, count) * exact.coefficients.col(0)).array() + exact.intercept[0];
    const Eigen::VectorXd score = out.values().col(out.column_index(block + ".score"));
    EXPECT_LT((score - expected).cwiseAbs().maxCoeff(), 1e-9) << block;
    const FeatureTable both = tests_of(parts, data);
    EXPECT_EQ(both.values().col(both.column_index(block + ".score")), score);
  }
  EXPECT_THAT(parts.columns(), ::testing::IsSupersetOf({"rad.a03", "rad.a05", "deep.net.ax.02"}));
  for (const SelectionRow& row : chain.selection()) {
    if (row.feature == "rad.a03") {
      EXPECT_THAT(row.reason, HasSubstr("; part of rad.score"));
    }
    if (row.feature == "rad.score") {
      EXPECT_THAT(row.reason, HasSubstr("intercept "));
    }
  }
}

// The column clin.age becomes one of folds.
TEST(LassoStep, given_folds_must_be_of_use) {
  const auto said = [](const std::function<double(Eigen::Index, int)>& fold, bool twins = false) -> std::string {
    Dataset data = two_blocks();
    Eigen::MatrixXd values = data.table.values();
    for (Eigen::Index i = 0; i < values.rows(); ++i) values(i, 30) = fold(i, data.outcome[static_cast<std::size_t>(i)]);
    data.table = FeatureTable(data.table.columns(), data.table.rows(), values);
    if (twins) data.patient[1] = data.patient[0];
    try {
      fitted(data, {{LassoParams{.fold_column = "age"}}});
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  };
  const auto of_five = [](Eigen::Index i, int) { return static_cast<double>(i % 5); };
  EXPECT_EQ(said(of_five), "");
  EXPECT_THAT(said(of_five, true), HasSubstr("puts patient P1000 into two folds"));
  EXPECT_THAT(said([](Eigen::Index i, int) { return static_cast<double>(i % 2); }),
              HasSubstr("three folds are needed"));
  EXPECT_THAT(said([](Eigen::Index i, int outcome) { return outcome == 1 ? 0.0 : static_cast<double>(i % 3); }),
              HasSubstr("all training cases of one class in fold 0"));
  EXPECT_THAT(said([](Eigen::Index i, int) { return i == 7 ? std::nan("") : static_cast<double>(i % 5); }),
              HasSubstr("P1007"));
}

TEST(LassoStep, steps_before_and_after_a_score) {
  const Dataset data = two_blocks();
  const FittedChain plain = fitted(data, {{ScaleParams{}}, {LassoParams{.gives = LassoGives::score}}});
  const FittedChain scaled =
      fitted(data, {{ScaleParams{}}, {LassoParams{.gives = LassoGives::score}}, {ScaleParams{.on = {"rad"}}}});
  const FeatureTable before = tests_of(plain, data), after = tests_of(scaled, data);
  const auto rows = training_split(data).rows();
  const Eigen::VectorXd one = before.values().col(before.column_index("rad.score"));
  const Eigen::VectorXd training = one(rows);
  const double sd =
      std::sqrt((training.array() - training.mean()).square().sum() / static_cast<double>(training.size() - 1));
  const Eigen::VectorXd other = after.values().col(after.column_index("rad.score"));
  EXPECT_LT((other.array() - (one.array() - training.mean()) / sd).abs().maxCoeff(), 1e-12);
  EXPECT_EQ(after.values().col(after.column_index("deep.score")),
            before.values().col(before.column_index("deep.score")));
  // A row alone gets what it gets among others.
  const FeatureTable single =
      apply(plain, FeatureTable(data.table.columns(), {data.table.rows()[120]}, data.table.values().row(120)),
            std::vector<std::string>{"one"});
  EXPECT_EQ(single.values().row(0), before.values().row(120));
  EXPECT_EQ(to_json(fitted(data, {{LassoParams{.gives = LassoGives::score}}}, 3)),
            to_json(fitted(data, {{LassoParams{.gives = LassoGives::score}}}, 1)));
}

TEST(LassoStep, a_score_needs_a_name_of_its_own) {
  Dataset data = two_blocks();
  std::vector<std::string> columns = data.table.columns();
  columns.back() = "rad.score";
  data.table = FeatureTable(columns, data.table.rows(), data.table.values());
  EXPECT_THROW(fitted(data, {{LassoParams{.gives = LassoGives::score}}}), InputError);
}

TEST(LassoStep, noise_gives_a_score_of_one_feature_or_an_error) {
  Dataset data = two_blocks();
  Rng rng(5, "test.noise");
  for (int& outcome : data.outcome) outcome = static_cast<int>(rng.below(2));
  const FittedChain chain =
      fitted(data, {{LassoParams{.lambda = LassoLambda::one_se, .gives = LassoGives::score, .on = {"rad"}}}});
  const FeatureTable out = tests_of(chain, data);
  const Eigen::VectorXd score = out.values().col(out.column_index("rad.score"));
  EXPECT_GT(score.maxCoeff(), score.minCoeff()) << "a constant score says nothing";
  EXPECT_THROW(fitted(data, {{LassoParams{.lambda = LassoLambda::one_se,
                                          .when_empty = LassoEmpty::error,
                                          .gives = LassoGives::score,
                                          .on = {"rad"}}}}),
               InputError);
}

TEST(LassoStep, measures_are_told) {
  const Dataset data = two_blocks();
  const auto remark = [&](LassoParams params) { return fitted(data, {{params}}).remarks().back(); };
  EXPECT_THAT(remark({.measure = stats::LassoMeasure::auc}), HasSubstr("cross-validated AUC 0.9"));
  EXPECT_THAT(remark({.measure = stats::LassoMeasure::error}), HasSubstr("cross-validated share of errors 0."));
  const FittedChain small = fitted(data, {{LassoParams{.folds = 20, .measure = stats::LassoMeasure::auc}}});
  EXPECT_THAT(small.remarks().front(), HasSubstr("folds are too small for AUC: lambda was chosen by deviance"));
}

// deep.<set>.score stands for a network's score; deep.score is the block's own and no network's.
TEST(LassoStep, blocks_and_scores) {
  const auto is_in = [](const char* column, const char* block) {
    return in_blocks(column, std::vector<std::string>{block});
  };
  EXPECT_TRUE(is_in("deep.cnn.ax.score", "deep.cnn.score"));
  EXPECT_TRUE(is_in("deep.score", "deep.score"));
  EXPECT_TRUE(is_in("deep.score", "deep"));
  EXPECT_FALSE(is_in("deep.cnn.ax.score", "deep.score"));
}

}  // namespace
}  // namespace radfuse
