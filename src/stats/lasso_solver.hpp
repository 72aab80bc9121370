// SPDX-License-Identifier: Apache-2.0
// The solution of the lasso at one lambda, from the solution at the one before.
#pragma once

#include <Eigen/Core>
#include <vector>

#include "radfuse/stats/lasso.hpp"

namespace radfuse::stats {

/// Coordinate descent on quadratic approximations of the loss, with warm starts and active sets. Features are screened
/// by the sequential strong rule (Tibshirani 2012), and every solution is checked against the optimality conditions of
/// all features.
class LassoSolver {
 public:
  /// x: columns with mean 0 and SD (1/n) of 1, or all 0. All three must outlive the solver.
  LassoSolver(const Eigen::MatrixXd& x, const Eigen::VectorXd& y, const LassoOptions& options);

  /// Smallest lambda that leaves all coefficients 0; alpha is floored so that ridge has one, too.
  double lambda_max() const;
  double intercept() const { return intercept_; }
  const Eigen::VectorXd& beta() const { return beta_; }
  double deviance_ratio() const { return 1 - loss() / null_loss_; }
  /// All fitted probabilities are 0 or 1: there is nothing left to learn from.
  bool saturated() const;

  /// Moves to the solution at `lambda`, coming from `previous`. False when the passes are used up.
  bool solve(double lambda, double previous);

 private:
  void add_candidate(Eigen::Index j);
  bool add_violators(double bound);
  bool solve_candidates(double lambda);
  bool descend(double lambda);
  double pass(const std::vector<Eigen::Index>& features, double lambda, double total, bool may_activate);
  double product_pass(const std::vector<Eigen::Index>& features, double lambda, bool may_activate);
  bool finish(double lambda);
  bool newton_step(double lambda, const std::vector<Eigen::Index>& features);
  bool stationary(double lambda) const;
  void update_working_response();
  double loss() const;
  double penalised_loss(double lambda) const;

  const Eigen::MatrixXd& x_;
  const Eigen::VectorXd& y_;
  const LassoOptions& options_;
  bool binomial_;
  bool by_products_;
  double intercept_ = 0, null_loss_ = 0, limit_ = 0;
  int passes_ = 0;
  Eigen::VectorXd beta_;
  Eigen::VectorXd curvature_;  // of the quadratic in each candidate
  Eigen::VectorXd eta_, weight_, residual_;
  Eigen::VectorXd gradient_;  // |x' residual|
  Eigen::MatrixXd products_;  // of columns, over the number of rows; those of features that have had a coefficient
  std::vector<bool> has_products_;
  Eigen::VectorXd slope_;  // x' residual while coefficients move by products
  std::vector<bool> candidate_, active_;
  std::vector<Eigen::Index> candidates_, active_list_;  // in the order in which they came in
};

}  // namespace radfuse::stats
