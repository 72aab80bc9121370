// SPDX-License-Identifier: Apache-2.0
// Contributions in log-odds.
#include "radfuse/learn/shap.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "radfuse/base/rng.hpp"
#include "radfuse/stats/logistic.hpp"

namespace radfuse {
namespace {

TEST(Shap, AddUpToTheLogOdds) {
  Rng rng(4, "shap test");
  Eigen::MatrixXd x(60, 3);
  std::vector<int> y;
  for (Eigen::Index i = 0; i < 60; ++i) {
    for (Eigen::Index j = 0; j < 3; ++j) x(i, j) = rng.normal();
    y.push_back(x(i, 1) + 0.5 * rng.normal() > 0);
  }
  for (const auto& row : kLearners) {
    if (row.value == Learner::as_is) continue;  // one column only
    const TrainParams params;
    const auto fit = fit_learner(row.value, params, candidates(row.value, params).back(), x, y, 1);
    const Contributions c = explain(fit, x);
    ASSERT_EQ(c.values.rows(), 60);
    ASSERT_EQ(c.values.cols(), 3);
    const Eigen::VectorXd p = fit.predict(x);
    for (Eigen::Index i = 0; i < 60; ++i)
      EXPECT_NEAR(c.base + c.values.row(i).sum(), stats::logit(p[i]), 2e-5) << row.name;  // XGBoost: single precision
    Eigen::Index most = -1;
    c.values.cwiseAbs().colwise().mean().maxCoeff(&most);
    EXPECT_EQ(most, 1) << row.name;  // the column that makes the outcome
    EXPECT_EQ(explain(fit, Eigen::MatrixXd(0, 3)).values.rows(), 0);
  }
}

TEST(Shap, LogisticIsMeasuredFromTheTrainingMean) {
  Eigen::MatrixXd x(4, 1);
  x << 1, 2, 3, 6;
  TrainParams params;
  const auto fit = fit_learner(Learner::logistic, params, {{"c", 1}}, x, {0, 0, 1, 1}, 1);
  Eigen::MatrixXd mean(1, 1);
  mean << 3;
  const Contributions c = explain(fit, mean);
  EXPECT_EQ(c.values(0, 0), 0);
  EXPECT_NEAR(c.base, stats::logit(fit.predict(mean)[0]), 1e-12);
}

TEST(Shap, AScoreTakenAsItIsIsItsOwnReason) {
  Eigen::MatrixXd x(4, 1);
  x << 0.2, 0.4, 0.6, 1;
  const auto fit = fit_learner(Learner::as_is, TrainParams{}, {}, x, {0, 0, 1, 1}, 1);
  const Contributions c = explain(fit, x);
  EXPECT_NEAR(c.base, stats::logit(0.55), 1e-12);
  for (Eigen::Index i = 0; i < 3; ++i) EXPECT_NEAR(c.base + c.values(i, 0), stats::logit(x(i, 0)), 1e-12);
  EXPECT_TRUE(std::isfinite(c.values(3, 0)));
}

}  // namespace
}  // namespace radfuse
