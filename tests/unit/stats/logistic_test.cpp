// SPDX-License-Identifier: Apache-2.0
// Logistic regression, calibration and net benefit where the answers are known in closed form.
#include "radfuse/stats/logistic.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "radfuse/stats/calibration.hpp"
#include "radfuse/stats/decision_curve.hpp"

namespace radfuse::stats {
namespace {

// A 2 x 2 table: 3 of 4 events with x = 1, 2 of 8 with x = 0. Slope = log odds ratio, SE^2 = 1/3 + 1/1 + 1/2 + 1/6.
struct Table {
  Eigen::MatrixXd x{{1}, {1}, {1}, {1}, {0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}};
  Eigen::VectorXi y{{1, 1, 1, 0, 1, 1, 0, 0, 0, 0, 0, 0}};
};

TEST(Logistic, two_by_two_table) {
  const Table t;
  const LogisticFit fit = fit_logistic(t.x, t.y);
  EXPECT_EQ(fit.reason, "");
  EXPECT_TRUE(fit.converged);
  EXPECT_NEAR(fit.intercept, std::log(2.0 / 6), 1e-9);
  EXPECT_NEAR(fit.coefficients[0], std::log((3.0 / 1) / (2.0 / 6)), 1e-9);
  EXPECT_NEAR(fit.intercept_se, std::sqrt(1 / 2.0 + 1 / 6.0), 1e-8);
  EXPECT_NEAR(fit.standard_errors[0], std::sqrt(1 / 3.0 + 1 + 1 / 2.0 + 1 / 6.0), 1e-8);
  EXPECT_NEAR(fit.null_deviance, -2 * (5 * std::log(5 / 12.0) + 7 * std::log(7 / 12.0)), 1e-12);
}

TEST(Logistic, separation_and_dependence_are_named) {
  const Eigen::MatrixXd x{{1}, {2}, {3}, {4}, {5}, {6}};
  const Eigen::VectorXi y{{0, 0, 0, 1, 1, 1}};
  const LogisticFit separated = fit_logistic(x, y);
  EXPECT_NE(separated.reason.find("separate"), std::string::npos);
  EXPECT_TRUE(std::isnan(separated.standard_errors[0]));
  const Eigen::MatrixXd half{{1}, {1}, {1}, {0}, {0}, {0}};  // quasi-separation: no event at 0
  EXPECT_NE(fit_logistic(half, Eigen::VectorXi{{1, 1, 0, 0, 0, 0}}).reason.find("separate"), std::string::npos);
  Eigen::MatrixXd twice(6, 2);
  twice << x, 2 * x;
  EXPECT_NE(fit_logistic(twice, Eigen::VectorXi{{0, 1, 0, 1, 0, 1}}).reason.find("dependent"), std::string::npos);
  EXPECT_EQ(fit_logistic(x, Eigen::VectorXi::Ones(6)).reason, "only one class");
}

TEST(Logistic, ridge_is_stationary_and_exact_for_many_columns) {
  const Table t;
  for (const double c : {0.01, 1.0, 100.0}) {
    // Thirty columns for twelve rows, all different.
    Eigen::MatrixXd wide(12, 30);
    for (Eigen::Index i = 0; i < 12; ++i)
      for (Eigen::Index j = 0; j < 30; ++j) wide(i, j) = std::sin(static_cast<double>(i * 31 + j * j));
    const RidgeFit fit = fit_logistic_ridge(wide, t.y, c);
    EXPECT_TRUE(fit.converged);
    const Eigen::VectorXd residual = predict_logistic(fit.intercept, fit.coefficients, wide) - t.y.cast<double>();
    EXPECT_NEAR(residual.sum(), 0, 1e-9);
    EXPECT_LT((fit.coefficients + c * wide.transpose() * residual).cwiseAbs().maxCoeff(), 1e-8 * (1 + c));
  }
  // With almost no penalty: the table's maximum-likelihood estimate.
  EXPECT_NEAR(fit_logistic_ridge(t.x, t.y, 1e9).coefficients[0], std::log(9.0), 1e-7);
}

TEST(Logistic, no_overflow_far_out) {
  EXPECT_EQ(logistic(-1000), 0);
  EXPECT_EQ(logistic(1000), 1);
  EXPECT_NEAR(logit(logistic(3.5)), 3.5, 1e-12);
  EXPECT_TRUE(std::isfinite(logit(0)));
}

// The events are as frequent as predicted in each group: intercept 0, slope 1.
TEST(Calibration, perfect_calibration) {
  const Eigen::VectorXd p{{.25, .25, .25, .25, .75, .75, .75, .75}};
  const Eigen::VectorXi y{{1, 0, 0, 0, 1, 1, 1, 0}};
  const Calibration c = calibration(y, p);
  EXPECT_NEAR(c.intercept, 0, 1e-9);
  EXPECT_NEAR(c.slope, 1, 1e-9);
  EXPECT_NEAR(c.in_the_large, 0, 1e-9);
  EXPECT_NEAR(c.brier, 0.1875, 1e-15);
  EXPECT_NEAR(c.brier_scaled, 0.25, 1e-15);
  EXPECT_LT(c.slope_lower, 1);
  EXPECT_GT(c.slope_upper, 1);
  const auto curve = calibration_curve(y, p, 2);
  ASSERT_EQ(curve.size(), 2u);
  EXPECT_DOUBLE_EQ(curve[0].mean_predicted, 0.25);
  EXPECT_EQ(curve[0].observed.count, 1);
  EXPECT_EQ(curve[0].observed.total, 4);
  const HosmerLemeshow hl = hosmer_lemeshow(y, p, 2, false);
  EXPECT_NEAR(hl.chi_squared, 0, 1e-15);
  EXPECT_EQ(hl.df, 2);
  EXPECT_NEAR(hl.p, 1, 1e-12);
}

TEST(Calibration, equal_probabilities_have_no_slope) {
  const Calibration c = calibration(Eigen::VectorXi{{0, 1, 0, 1}}, Eigen::VectorXd::Constant(4, 0.3));
  EXPECT_TRUE(std::isnan(c.slope));
  EXPECT_NE(c.reason.find("equal"), std::string::npos);
  EXPECT_NEAR(c.in_the_large, -std::log(0.3 / 0.7), 1e-9);
}

// Ten cases, three events. At 0.2: six treated, all events among them.
TEST(DecisionCurve, net_benefit_by_hand) {
  const Eigen::VectorXi y{{1, 1, 1, 0, 0, 0, 0, 0, 0, 0}};
  const Eigen::VectorXd p{{.9, .5, .2, .6, .3, .2, .1, .1, .1, .1}};
  const std::vector<double> thresholds = {0.0, 0.2};
  const auto curve = decision_curve(y, p, thresholds);
  EXPECT_NEAR(curve[0].net_benefit, 0.3, 1e-15);
  EXPECT_TRUE(std::isnan(curve[0].interventions_avoided));
  EXPECT_NEAR(curve[1].net_benefit, 0.3 - 0.3 * 0.25, 1e-15);
  EXPECT_NEAR(curve[1].treat_all, 0.3 - 0.7 * 0.25, 1e-15);
  EXPECT_NEAR(curve[1].interventions_avoided, 0.4, 1e-14);  // four of ten are spared
}

}  // namespace
}  // namespace radfuse::stats
