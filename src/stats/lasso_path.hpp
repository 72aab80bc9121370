// SPDX-License-Identifier: Apache-2.0
// What all families of the lasso share: scaling, the sequence of lambdas, when a path ends, and how held-out rows are
// summed up.
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <span>
#include <vector>

#include "column_products.hpp"
#include "radfuse/base/stop.hpp"
#include "radfuse/stats/lasso.hpp"

namespace radfuse::stats {

struct Scaled {
  Eigen::MatrixXd x;  ///< columns with mean 0 and SD (1/n) of 1; constant ones are all 0
  Eigen::VectorXd mean, sd;
};
Scaled scale_columns(Eigen::MatrixXd x);

/// The given lambdas or, without any, the path's own: log-spaced from `largest` to 1e-4 of it (1e-2 when there are more
/// columns than rows).
Eigen::VectorXd lambdas_of(std::span<const double> given, double largest, const Scaled& data, int count);

/// The path of a binomial or gaussian lasso on scaled columns. `known`: products of these columns, for the squared
/// loss. `found`, when given, becomes the products that the path had to look at.
LassoPath fit_path(const Scaled& data, const Eigen::VectorXd& y, const LassoOptions& options,
                   std::span<const double> lambda = {}, const ColumnProducts* known = nullptr,
                   ColumnProducts* found = nullptr);

/// When a path ends before its last lambda.
struct PathEnd {
  bool own = true;  ///< it chose its lambdas itself: it ends when little is gained, and has no coefficient at first
  bool gaussian = false;  ///< the least gain is a share of what is explained, and not absolute (as in glmnet)
  int most_features = 0;  ///< it ends before a lambda with more than these; 0: never
};
/// Does it end behind lambda k? `ratio`: deviance ratios so far; `saturated`: all fitted probabilities are 0 or 1.
bool path_ends(const PathEnd& end, const Eigen::VectorXd& ratio, Eigen::Index k, bool saturated);

/// From one lambda of `path` to the next. store(k): what the solver found becomes entry k; keep_first(n): the others
/// go.
template <class Path, class Solver, class Store, class KeepFirst>
void follow_path(Path& path, Solver& solver, const PathEnd& end, const Store& store, const KeepFirst& keep_first) {
  const Eigen::Index count = path.lambda.size();
  path.deviance_ratio.resize(count);
  path.nonzero.assign(static_cast<std::size_t>(count), 0);
  double previous = solver.lambda_max();
  for (Eigen::Index k = 0; k < count; ++k) {
    throw_if_stopped();
    // At its first lambda the path's own sequence has no coefficient, by construction.
    if (!(end.own && k == 0) && !solver.solve(path.lambda[k], std::max(previous, path.lambda[k]))) {
      path.complete = false;
      return keep_first(k);
    }
    store(k);
    path.deviance_ratio[k] = solver.deviance_ratio();
    if (end.most_features > 0 && path.nonzero[static_cast<std::size_t>(k)] > end.most_features) return keep_first(k);
    previous = path.lambda[k];
    if (path_ends(end, path.deviance_ratio, k, solver.saturated())) return keep_first(k + 1);
  }
}

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
