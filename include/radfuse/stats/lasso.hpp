// SPDX-License-Identifier: Apache-2.0
// Lasso and elastic net: the path over lambda by coordinate descent and its cross-validation, with the conventions of
// the R package glmnet 4.1 (Friedman, Hastie and Tibshirani 2010).
#pragma once

#include <Eigen/Core>
#include <span>
#include <vector>

#include "radfuse/stats/params.hpp"

namespace radfuse::stats {

enum class LassoFamily { binomial, gaussian };

/// Minimises loss / n + lambda (alpha |b|_1 + (1 - alpha) / 2 |b|^2), the loss being the negative log-likelihood
/// (gaussian: half the residual sum of squares), columns scaled to a standard deviation (1/n) of 1 and the intercept
/// free.
struct LassoOptions {
  LassoFamily family = LassoFamily::binomial;
  double alpha = 1;
  int lambda_count = 100;
  double threshold = 1e-7;  ///< steps stop when none changes the loss by more than this share of the null loss
  /// Finishes every solution with Newton steps on the features that have a coefficient, until the optimality conditions
  /// hold to 1e-10 of lambda: exact also where features are nearly collinear and coordinate descent creeps.
  bool exact = false;
  int max_passes = 100000;  ///< over all lambdas; the path ends early when they are used up
  int most_features = 0;    ///< the path ends before the first lambda with more coefficients; 0: it does not
};

struct LassoPath {
  Eigen::VectorXd lambda;        ///< falling
  Eigen::VectorXd intercept;     ///< one for each lambda
  Eigen::MatrixXd coefficients;  ///< columns of x by lambdas, on the scale of x; constant columns have 0
  std::vector<int> nonzero;      ///< coefficients that are not 0
  Eigen::VectorXd deviance_ratio;
  bool complete = true;  ///< false: max_passes were used up before the end
};

/// y is 0 or 1 (binomial, both present) or any number (gaussian, not constant). Without `lambda` the sequence falls
/// from the smallest lambda that leaves no coefficient, log-spaced, to 1e-4 of it (1e-2 when there are more columns
/// than rows), and ends early when the deviance ratio exceeds 0.999 or gains less than 1e-5.
LassoPath fit_lasso(const Eigen::Ref<const Eigen::MatrixXd>& x, const Eigen::Ref<const Eigen::VectorXd>& y,
                    const LassoOptions& options = {}, std::span<const double> lambda = {});

/// Held-out rows at each lambda: mean over folds and its standard error.
struct CvCurve {
  Eigen::VectorXd mean, sd;
  Eigen::Index at_min = 0;     ///< the largest lambda with the best mean
  Eigen::Index at_one_se = 0;  ///< the largest lambda whose mean is within that one's sd
};
struct LassoCv : CvCurve {
  LassoPath path;                                 ///< fitted on all rows
  LassoMeasure measure = LassoMeasure::deviance;  ///< of `mean`; deviance when folds were too small for the AUC
};
/// fold: 0..K-1 for each row, three folds or more. As in cv.glmnet, each fold has a path of its own and predictions
/// are interpolated to the lambdas of the whole. `measure` is for binomial; gaussian has the squared error. The AUC
/// needs ten rows a fold, or deviance takes its place; folds with one class have none and are left out. The result does
/// not depend on `threads`.
LassoCv cross_validate_lasso(const Eigen::Ref<const Eigen::MatrixXd>& x, const Eigen::Ref<const Eigen::VectorXd>& y,
                             std::span<const int> fold, const LassoOptions& options = {}, int threads = 1,
                             LassoMeasure measure = LassoMeasure::deviance);

}  // namespace radfuse::stats
