// SPDX-License-Identifier: Apache-2.0
// Lasso and elastic net for an outcome of several classes, with glmnet's objective and conventions.
#pragma once

#include <Eigen/Core>
#include <span>
#include <vector>

#include "radfuse/stats/lasso.hpp"

namespace radfuse::stats {

/// Minimises loss / n + lambda sum over features of (alpha |b_j| + (1 - alpha) / 2 |b_j|_2^2), the loss being the
/// negative log-likelihood of the softmax of all classes' linear predictors, columns scaled to a standard deviation
/// (1/n) of 1 and intercepts free. |b_j| is the sum of a feature's absolute coefficients or, `grouped`, their root sum
/// of squares: then a feature has coefficients in all classes or in none.
struct MultinomialOptions {
  bool grouped = false;
  double alpha = 1;
  int lambda_count = 100;
  double threshold = 1e-7;   ///< as in LassoOptions
  bool exact = false;        ///< as in LassoOptions
  int max_passes = 1000000;  ///< over all lambdas and classes; the path ends early when they are used up
};

/// Adding the same number to all intercepts changes nothing: they have a mean of 0. With an even number of classes the
/// lasso leaves a feature's coefficients undetermined by a common number, too; fitted probabilities are not.
struct MultinomialPath {
  Eigen::VectorXd lambda;                     ///< falling
  Eigen::MatrixXd intercept;                  ///< classes by lambdas
  std::vector<Eigen::MatrixXd> coefficients;  ///< of each class: columns of x by lambdas, on the scale of x
  std::vector<int> nonzero;                   ///< features with a coefficient in any class
  Eigen::VectorXd deviance_ratio;
  bool complete = true;  ///< false: max_passes were used up before the end
};

/// label: 0..K-1, each class present, K of 2 or more. Lambdas as in fit_lasso.
MultinomialPath fit_multinomial_lasso(const Eigen::Ref<const Eigen::MatrixXd>& x, std::span<const int> label,
                                      const MultinomialOptions& options = {}, std::span<const double> lambda = {});

/// Probabilities, rows by classes, at lambda number `at` of the path.
Eigen::MatrixXd predict_multinomial(const MultinomialPath& path, Eigen::Index at,
                                    const Eigen::Ref<const Eigen::MatrixXd>& x);

struct MultinomialCv : CvCurve {
  MultinomialPath path;
};
/// As cross_validate_lasso; `measure` is deviance or error (the largest probability is of another class). Every class
/// must be present outside every fold.
MultinomialCv cross_validate_multinomial_lasso(const Eigen::Ref<const Eigen::MatrixXd>& x, std::span<const int> label,
                                               std::span<const int> fold, const MultinomialOptions& options = {},
                                               int threads = 1, LassoMeasure measure = LassoMeasure::deviance);

}  // namespace radfuse::stats
