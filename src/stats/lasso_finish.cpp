// SPDX-License-Identifier: Apache-2.0
// Newton's method to finish a solution of the lasso.
#include <Eigen/Cholesky>
#include <cmath>

#include "lasso_solver.hpp"

namespace radfuse::stats {
// Newton steps within the orthant of the present signs. True when the conditions hold for all candidates.
bool LassoSolver::finish(double lambda) {
  for (int iteration = 0; iteration < 50 && !stationary(lambda); ++iteration) {
    std::vector<Eigen::Index> features;
    for (const Eigen::Index j : active_list_)
      if (beta_[j] != 0) features.push_back(j);
    if (!newton_step(lambda, features)) break;
  }
  return stationary(lambda);
}

// One damped step; a coefficient that would change its sign stops at 0. False when the step gains nothing.
bool LassoSolver::newton_step(double lambda, const std::vector<Eigen::Index>& features) {
  const double l1 = lambda * options_.alpha, l2 = lambda * (1 - options_.alpha);
  const auto count = static_cast<Eigen::Index>(features.size());
  Eigen::MatrixXd design(x_.rows(), count + 1);
  design.col(0).setOnes();
  design.rightCols(count) = x_(Eigen::all, features);
  Eigen::VectorXd down = design.transpose() * residual_;  // minus the gradient
  for (Eigen::Index k = 0; k < count; ++k)
    down[k + 1] -= std::copysign(l1, beta_[features[static_cast<std::size_t>(k)]]) +
                   l2 * beta_[features[static_cast<std::size_t>(k)]];
  Eigen::MatrixXd hessian = design.transpose() * weight_.asDiagonal() * design;
  hessian.diagonal().tail(count).array() += l2;
  const Eigen::LDLT<Eigen::MatrixXd> factor(hessian);
  const Eigen::VectorXd step = factor.solve(down);
  if (factor.info() != Eigen::Success || !step.allFinite() || !(step.dot(down) > 0)) return false;

  double length = 1;
  Eigen::Index stopped = -1;
  for (Eigen::Index k = 0; k < count; ++k) {
    const double beta = beta_[features[static_cast<std::size_t>(k)]];
    if (beta * (beta + length * step[k + 1]) >= 0) continue;
    length = -beta / step[k + 1];
    stopped = k;
  }
  const Eigen::VectorXd beta_before = beta_;
  const double intercept_before = intercept_, before = penalised_loss(lambda);
  for (int halving = 0; halving < 30; ++halving, length /= 2, stopped = -1) {
    intercept_ = intercept_before + length * step[0];
    for (Eigen::Index k = 0; k < count; ++k) {
      const Eigen::Index j = features[static_cast<std::size_t>(k)];
      beta_[j] = k == stopped ? 0.0 : beta_before[j] + length * step[k + 1];
    }
    update_working_response();
    if (penalised_loss(lambda) <= before * (1 + 1e-15)) return true;
  }
  beta_ = beta_before;
  intercept_ = intercept_before;
  update_working_response();
  return false;
}

bool LassoSolver::stationary(double lambda) const {
  const double l1 = lambda * options_.alpha, l2 = lambda * (1 - options_.alpha);
  if (std::abs(residual_.sum()) > kOptimality * lambda) return false;
  for (const Eigen::Index j : candidates_) {
    const double gradient = x_.col(j).dot(residual_) - l2 * beta_[j];
    const double violation = beta_[j] == 0 ? std::abs(gradient) - l1 : std::abs(gradient - std::copysign(l1, beta_[j]));
    if (violation > kOptimality * lambda) return false;
  }
  return true;
}

}  // namespace radfuse::stats
