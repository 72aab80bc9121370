// SPDX-License-Identifier: Apache-2.0
// Logistic regression: maximum likelihood with standard errors, and with a ridge penalty.
#pragma once

#include <Eigen/Core>
#include <string>

namespace radfuse::stats {

struct LogisticFit {
  double intercept = 0;
  Eigen::VectorXd coefficients;  ///< one for each column of x
  double intercept_se = 0;
  Eigen::VectorXd standard_errors;
  double deviance = 0, null_deviance = 0;
  int iterations = 0;
  bool converged = false;
  std::string reason;  ///< why the fit is no estimate: separation, dependent columns, one class; empty when it is
};

/// Iteratively reweighted least squares as in R's glm (relative change of the deviance below 1e-10, 50 steps at most).
/// With separated classes there is no maximum: `reason` says so and the standard errors are NaN. With linearly
/// dependent columns all numbers are NaN. `offset`, when not empty, is added to the linear predictor.
LogisticFit fit_logistic(const Eigen::Ref<const Eigen::MatrixXd>& x, const Eigen::Ref<const Eigen::VectorXi>& y,
                         const Eigen::VectorXd& offset = {});

struct RidgeFit {
  double intercept = 0;
  Eigen::VectorXd coefficients;
  int iterations = 0;
  bool converged = false;
};

/// Minimises |w|^2 / 2 + c sum(log loss): scikit-learn's LogisticRegression(penalty="l2", C=c); the intercept is free.
/// Newton's method with halved steps, until the gradient is below 1e-10 of its size at w = 0. Exact for more columns
/// than rows, too. Both classes must be present. The loss of case i counts `weight[i]` times; empty: once.
RidgeFit fit_logistic_ridge(const Eigen::Ref<const Eigen::MatrixXd>& x, const Eigen::Ref<const Eigen::VectorXi>& y,
                            double c, const Eigen::VectorXd& weight = {});

/// 1 / (1 + exp(-z)) without overflow.
double logistic(double z);
/// log(p / (1 - p)), p clipped to [1e-15, 1 - 1e-15].
double logit(double p);
Eigen::VectorXd predict_logistic(double intercept, const Eigen::VectorXd& coefficients,
                                 const Eigen::Ref<const Eigen::MatrixXd>& x);

}  // namespace radfuse::stats
