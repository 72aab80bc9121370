// SPDX-License-Identifier: Apache-2.0
// A linear model of the log-odds, with the standardisation it was fitted with.
#pragma once

#include <Eigen/Core>
#include <vector>

namespace radfuse {

struct LinearModel {
  Eigen::VectorXd mean;         ///< of the training rows; also stands for a missing value
  Eigen::VectorXd scale;        ///< SD of the training rows (over n); 1 where the column is constant, or not wanted
  Eigen::VectorXd coefficient;  ///< of (value - mean) / scale; 0 where the column is constant
  double intercept = 0;         ///< log-odds of the row of means

  Eigen::VectorXd log_odds(const Eigen::MatrixXd& x) const;
  /// coefficient x (value - mean) / scale: the parts of log_odds() - intercept.
  Eigen::MatrixXd contributions(const Eigen::MatrixXd& x) const;
};

/// Logistic regression with the L2 penalty |coefficient|^2 / (2 c); the intercept is free, case i counts weight[i]
/// times. Standardised when `standardise`, else the penalty is on the raw scale.
LinearModel fit_linear(const Eigen::MatrixXd& x, const std::vector<int>& y, const std::vector<double>& weight, double c,
                       bool standardise);

/// The model that knows no feature: the weighted share of outcome 1.
LinearModel constant_model(const std::vector<int>& y, const std::vector<double>& weight);

}  // namespace radfuse
