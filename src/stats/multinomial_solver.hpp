// SPDX-License-Identifier: Apache-2.0
// The solution of the multinomial lasso at one lambda, from the solution at the one before.
#pragma once

#include <Eigen/Core>
#include <span>
#include <vector>

#include "radfuse/stats/multinomial_lasso.hpp"

namespace radfuse::stats {

/// Coordinate descent with warm starts, active sets and the sequential strong rule, as in LassoSolver. Ungrouped: class
/// by class, each by quadratic approximations of its own. Grouped: all classes together, the curvature of the loss
/// replaced by one number that bounds it, so that the coefficients of a feature shrink as one vector.
class MultinomialSolver {
 public:
  /// x: columns with mean 0 and SD (1/n) of 1, or all 0; it must outlive the solver, like `options`.
  MultinomialSolver(const Eigen::MatrixXd& x, std::span<const int> label, const MultinomialOptions& options);

  double lambda_max() const;
  const Eigen::VectorXd& intercept() const { return intercept_; }
  const Eigen::MatrixXd& beta() const { return beta_; }  ///< columns of x by classes
  double deviance_ratio() const { return 1 - loss() / null_loss_; }
  bool saturated() const;

  /// Moves to the solution at `lambda`, coming from `previous`. False when the passes are used up.
  bool solve(double lambda, double previous);

 private:
  struct Place {
    Eigen::Index feature, klass;
  };
  void add_candidates(double bound);
  bool descend(double lambda);
  bool descend_class(double lambda, Eigen::Index k, double& change);
  bool descend_groups(double lambda, double& change);
  double class_pass(const std::vector<Eigen::Index>& features, double lambda, Eigen::Index k);
  double group_pass(const std::vector<Eigen::Index>& features, double lambda, double bound);
  bool finish(double lambda);
  bool newton_step(double lambda);
  Eigen::MatrixXd hessian(double lambda, const std::vector<Place>& places) const;
  bool stationary(double lambda) const;
  double penalty_slope(double lambda, Eigen::Index j, Eigen::Index k) const;
  bool is_active(Eigen::Index j) const { return (beta_.row(j).array() != 0).any(); }
  void update();
  double loss() const;
  double penalised_loss(double lambda) const;

  const Eigen::MatrixXd& x_;
  const MultinomialOptions& options_;
  Eigen::MatrixXd target_;  // rows by classes, 1 where the row is of the class
  Eigen::VectorXd intercept_;
  Eigen::MatrixXd beta_;
  Eigen::MatrixXd eta_, probability_, residual_;  // residual: (target - probability) / n
  Eigen::VectorXd weight_;                        // of the class that descends
  Eigen::VectorXd curvature_;                     // of the class's quadratic in each candidate
  Eigen::VectorXd gradient_;                      // size of a feature's gradient
  double null_loss_ = 0, limit_ = 0;
  int passes_ = 0;
  std::vector<bool> candidate_, active_;
  std::vector<Eigen::Index> candidates_, active_list_;  // in the order in which they came in
};

}  // namespace radfuse::stats
