// SPDX-License-Identifier: Apache-2.0
// What all families of the lasso share: scaling, the sequence of lambdas, when a path ends, and how held-out rows are
// summed up.
#pragma once

#include <Eigen/Core>
#include <span>
#include <vector>

#include "radfuse/stats/lasso.hpp"

namespace radfuse::stats {

struct Scaled {
  Eigen::MatrixXd x;  ///< columns with mean 0 and SD (1/n) of 1; constant ones are all 0
  Eigen::VectorXd mean, sd;
};
Scaled scale_columns(const Eigen::Ref<const Eigen::MatrixXd>& x);

/// The given lambdas or, without any, the path's own: log-spaced from `largest` to 1e-4 of it (1e-2 when there are more
/// columns than rows).
Eigen::VectorXd lambdas_of(std::span<const double> given, double largest, const Scaled& data, int count);

/// Does a path that chooses its own lambdas end behind lambda k? `ratio`: deviance ratios so far; `saturated`: all
/// fitted probabilities are 0 or 1. As in glmnet, the least gain is a share of what is explained for gaussian, and not
/// for the other families.
bool path_ends(const Eigen::VectorXd& ratio, Eigen::Index k, bool saturated, bool gaussian = false);

/// A lambda between two of a path: `share` of the left one and the rest of the right one; held beyond its ends.
struct Between {
  Eigen::Index left = 0, right = 0;
  double share = 0;
};
Between between(const Eigen::VectorXd& path, double lambda);

/// Rows held out of each fold; fold: 0..K-1.
std::vector<std::vector<Eigen::Index>> held_out(std::span<const int> fold);
std::vector<Eigen::Index> rows_but(std::span<const int> fold, int left_out);

/// Mean and standard error over folds, or over single rows when folds have fewer than three of them, as in cv.glmnet.
/// errors: rows by lambdas.
CvCurve curve_of_rows(const Eigen::MatrixXd& errors, const std::vector<std::vector<Eigen::Index>>& held);
/// Of values for each fold (folds by lambdas), weighted by the folds' sizes. Folds with NaN do not count.
/// `largest`: the best value is the largest.
CvCurve curve_of_folds(const Eigen::MatrixXd& values, const std::vector<std::vector<Eigen::Index>>& held, bool largest);

constexpr double kHeldOutProbability = 1e-5;  ///< least one in the deviance of held-out rows

}  // namespace radfuse::stats
