// SPDX-License-Identifier: Apache-2.0
// The solution of the lasso at one lambda, from the solutions before.
#pragma once

#include <Eigen/Core>
#include <array>
#include <vector>

#include "column_products.hpp"
#include "radfuse/stats/lasso.hpp"

namespace radfuse::stats {

/// Coordinate descent on quadratic approximations of the loss, with active sets and a start that goes on from the
/// solutions before. Features are screened by the sequential strong rule (Tibshirani 2012), and every solution is
/// checked against the optimality conditions of all features. The squared loss moves slopes by products of columns, as
/// long as not too many take part.
class LassoSolver {
 public:
  /// x: columns with mean 0 and SD (1/n) of 1, or all 0. `known`: products of its columns, squared loss only. All must
  /// outlive the solver.
  LassoSolver(const Eigen::MatrixXd& x, const Eigen::VectorXd& y, const LassoOptions& options,
              const ColumnProducts* known = nullptr);

  /// Smallest lambda that leaves all coefficients 0; alpha is floored so that ridge has one, too.
  double lambda_max() const;
  double intercept() const { return intercept_; }
  const Eigen::VectorXd& beta() const { return beta_; }
  double deviance_ratio() const { return 1 - loss() / null_loss_; }
  /// All fitted probabilities are 0 or 1: there is nothing left to learn from.
  bool saturated() const;
  /// Products of the columns that had to be looked at so far; none of them where they were too many.
  ColumnProducts products() const;

  /// Moves to the solution at `lambda`, coming from `previous`. False when the passes are used up.
  bool solve(double lambda, double previous);

 private:
  /// Of lambda: largest violation of the conditions in an exact solution.
  static constexpr double kOptimality = 1e-10;

  void start_ahead(double lambda, double previous);
  void add_candidate(Eigen::Index j);
  bool add_violators(double bound);
  void update_gradient();
  bool solve_candidates(double lambda);
  bool descend(double lambda);
  double pass(const std::vector<Eigen::Index>& features, double lambda, double total);
  double product_pass(const std::vector<Eigen::Index>& features, double lambda);
  double moved(Eigen::Index j, double slope, double lambda) const;
  void activate(Eigen::Index j);
  void extend_products();
  bool finish(double lambda);
  bool newton_step(double lambda, const std::vector<Eigen::Index>& features);
  bool stationary(double lambda) const;
  void update_working_response();
  double loss() const;
  double penalised_loss(double lambda) const;

  struct Solution {
    double lambda = 0;
    Eigen::VectorXd beta;
  };
  const Eigen::MatrixXd& x_;
  const Eigen::VectorXd& y_;
  const LassoOptions& options_;
  const ColumnProducts* known_;
  bool binomial_;
  bool by_products_;  // the squared loss, and not too many candidates
  double intercept_ = 0, null_loss_ = 0, limit_ = 0;
  int passes_ = 0;
  Eigen::VectorXd beta_;
  std::array<Solution, 2> before_;  // the last solution but one, and the one before that
  Eigen::VectorXd curvature_;       // of the quadratic in each candidate
  Eigen::VectorXd eta_, weight_, residual_;
  bool residual_stale_ = false;      // coefficients have moved by products since
  Eigen::VectorXd gradient_;         // x' residual: minus the gradient of the loss
  Eigen::VectorXd correlation_;      // gradient_ where all coefficients are 0
  Eigen::MatrixXd products_;         // of candidates, over the number of rows, in their order
  Eigen::VectorXd slope_;            // x' residual of candidates while coefficients move by products
  std::vector<Eigen::Index> place_;  // of features among the candidates
  std::vector<bool> candidate_, active_;
  std::vector<Eigen::Index> candidates_, active_list_;  // in the order in which they came in
};

}  // namespace radfuse::stats
