// SPDX-License-Identifier: Apache-2.0
// Newton's method that finishes the multinomial lasso.
#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>

#include "multinomial_solver.hpp"

namespace radfuse::stats {
namespace {

constexpr double kOptimality = 1e-10;  // of lambda: largest violation of the conditions in an exact solution

}  // namespace

// Derivative of the penalty in a coefficient that is not 0 (grouped: of a feature that is not).
double MultinomialSolver::penalty_slope(double lambda, Eigen::Index j, Eigen::Index k) const {
  const double b = beta_(j, k);
  const double direction = options_.grouped ? b / beta_.row(j).norm() : std::copysign(1.0, b);
  return lambda * (options_.alpha * direction + (1 - options_.alpha) * b);
}

bool MultinomialSolver::stationary(double lambda) const {
  const double l1 = lambda * options_.alpha, slack = kOptimality * lambda;
  if (residual_.colwise().sum().cwiseAbs().maxCoeff() > slack) return false;
  for (const Eigen::Index j : candidates_) {
    const Eigen::RowVectorXd gradient = x_.col(j).transpose() * residual_;
    if (options_.grouped && !is_active(j)) {
      if (gradient.norm() > l1 + slack) return false;
      continue;
    }
    for (Eigen::Index k = 0; k < gradient.size(); ++k) {
      const bool zero = !options_.grouped && beta_(j, k) == 0;
      const double violation = zero ? std::abs(gradient[k]) - l1 : std::abs(gradient[k] - penalty_slope(lambda, j, k));
      if (violation > slack) return false;
    }
  }
  return true;
}

bool MultinomialSolver::finish(double lambda) {
  for (int iteration = 0; iteration < 50 && !stationary(lambda); ++iteration)
    if (!newton_step(lambda)) break;
  return stationary(lambda);
}

// Of loss and penalty in all intercepts (feature -1) and the coefficients at `places`. Directions in which the loss
// cannot change get a curvature of their own, or the matrix would have no inverse.
Eigen::MatrixXd MultinomialSolver::hessian(double lambda, const std::vector<Place>& places) const {
  const auto n = static_cast<double>(x_.rows());
  const double l1 = lambda * options_.alpha, l2 = lambda * (1 - options_.alpha);
  const auto count = static_cast<Eigen::Index>(places.size());
  const auto full = [&](Eigen::Index j) { return (beta_.row(j).array() != 0).all(); };
  Eigen::MatrixXd weighted(x_.rows(), count), h(count, count);
  const auto column = [&](const Place& place) {
    return place.feature < 0 ? Eigen::VectorXd(Eigen::VectorXd::Ones(x_.rows()))
                             : Eigen::VectorXd(x_.col(place.feature));
  };
  Eigen::MatrixXd plain(x_.rows(), count);
  for (Eigen::Index a = 0; a < count; ++a) {
    plain.col(a) = column(places[static_cast<std::size_t>(a)]);
    weighted.col(a) = plain.col(a).cwiseProduct(probability_.col(places[static_cast<std::size_t>(a)].klass)) / n;
  }
  h.noalias() = -n * weighted.transpose() * weighted;  // - p_k p_l; the diagonal blocks follow
  for (Eigen::Index a = 0; a < count; ++a)
    for (Eigen::Index b = 0; b < count; ++b) {
      const Place &p = places[static_cast<std::size_t>(a)], &q = places[static_cast<std::size_t>(b)];
      if (p.klass == q.klass) h(a, b) += weighted.col(a).dot(plain.col(b));
      if (p.feature != q.feature) continue;
      if (p.feature < 0) {
        h(a, b) += 1;
      } else if (options_.grouped) {
        const double length = beta_.row(p.feature).norm();
        h(a, b) += l1 * ((a == b ? 1 : 0) / length -
                         beta_(p.feature, p.klass) * beta_(p.feature, q.klass) / (length * length * length));
      } else if (l2 == 0 && full(p.feature)) {
        h(a, b) += 1;
      }
      if (a == b && p.feature >= 0) h(a, b) += l2;
    }
  return h;
}

// One damped step. A coefficient that would change its sign stops at 0, and so does a feature (grouped) whose vector
// would come to point the other way. False when the step gains nothing.
bool MultinomialSolver::newton_step(double lambda) {
  std::vector<Place> places;
  for (Eigen::Index k = 0; k < beta_.cols(); ++k) places.push_back({-1, k});
  for (const Eigen::Index j : active_list_)
    for (Eigen::Index k = 0; k < beta_.cols(); ++k)
      if (options_.grouped ? is_active(j) : beta_(j, k) != 0) places.push_back({j, k});
  Eigen::VectorXd down(static_cast<Eigen::Index>(places.size()));
  for (std::size_t a = 0; a < places.size(); ++a) {
    const auto [j, k] = places[a];
    down[static_cast<Eigen::Index>(a)] =
        j < 0 ? residual_.col(k).sum() : x_.col(j).dot(residual_.col(k)) - penalty_slope(lambda, j, k);
  }
  const Eigen::LDLT<Eigen::MatrixXd> factor(hessian(lambda, places));
  const Eigen::VectorXd step = factor.solve(down);
  if (factor.info() != Eigen::Success || !step.allFinite() || !(step.dot(down) > 0)) return false;

  Eigen::MatrixXd towards = Eigen::MatrixXd::Zero(beta_.rows(), beta_.cols());
  for (std::size_t a = 0; a < places.size(); ++a)
    if (places[a].feature >= 0) towards(places[a].feature, places[a].klass) = step[static_cast<Eigen::Index>(a)];
  double length = 1;
  Place stopped{-1, -1};
  for (const auto& [j, k] : places) {
    if (j < 0) continue;
    const double here = options_.grouped ? beta_.row(j).squaredNorm() : beta_(j, k) * beta_(j, k);
    const double along = options_.grouped ? beta_.row(j).dot(towards.row(j)) : beta_(j, k) * towards(j, k);
    if (here + length * along >= 0) continue;
    length = -here / along;
    stopped = {j, k};
  }
  const Eigen::MatrixXd beta_before = beta_;
  const Eigen::VectorXd intercept_before = intercept_;
  const double before = penalised_loss(lambda);
  for (int halving = 0; halving < 30; ++halving, length /= 2, stopped = {-1, -1}) {
    intercept_ = intercept_before + length * step.head(intercept_.size());
    beta_ = beta_before + length * towards;
    if (stopped.feature >= 0 && options_.grouped) beta_.row(stopped.feature).setZero();
    if (stopped.feature >= 0 && !options_.grouped) beta_(stopped.feature, stopped.klass) = 0;
    update();
    if (penalised_loss(lambda) <= before * (1 + 1e-15)) return true;
  }
  beta_ = beta_before;
  intercept_ = intercept_before;
  update();
  return false;
}

}  // namespace radfuse::stats
