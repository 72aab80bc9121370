// SPDX-License-Identifier: Apache-2.0
// Coordinate descent for the lasso, and Newton's method to finish it.
#include "lasso_solver.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>

#include "radfuse/base/stop.hpp"
#include "radfuse/stats/logistic.hpp"

namespace radfuse::stats {
namespace {

constexpr double kMinProbability = 1e-9;  // when all fitted probabilities are nearer to 0 or 1, the path ends
constexpr double kOptimality = 1e-10;     // of lambda: largest violation of the conditions in an exact solution

// Eight sums side by side, in an order that depends on nothing but n: one alone would wait for itself.
double dot(const double* a, const double* b, Eigen::Index n) {
  using Eight = Eigen::Array<double, 8, 1>;
  Eight sum = Eight::Zero();
  Eigen::Index i = 0;
  for (; i + 8 <= n; i += 8) sum += Eigen::Map<const Eight>(a + i) * Eigen::Map<const Eight>(b + i);
  double rest = 0;
  for (; i < n; ++i) rest += a[i] * b[i];
  return ((sum[0] + sum[4]) + (sum[2] + sum[6])) + ((sum[1] + sum[5]) + (sum[3] + sum[7])) + rest;
}

}  // namespace

LassoSolver::LassoSolver(const Eigen::MatrixXd& x, const Eigen::VectorXd& y, const LassoOptions& options)
    : x_(x),
      y_(y),
      options_(options),
      binomial_(options.family == LassoFamily::binomial),
      by_products_(!binomial_ && x.cols() <= x.rows()),
      beta_(Eigen::VectorXd::Zero(x.cols())),
      curvature_(Eigen::VectorXd::Zero(x.cols())),
      candidate_(static_cast<std::size_t>(x.cols()), false),
      active_(static_cast<std::size_t>(x.cols()), false) {
  const double mean = y.mean();
  intercept_ = binomial_ ? std::log(mean / (1 - mean)) : mean;
  update_working_response();
  null_loss_ = loss();
  limit_ = options.threshold * null_loss_;
  if (by_products_) {
    products_.resize(x.cols(), x.cols());
    has_products_.assign(static_cast<std::size_t>(x.cols()), false);
  }
  gradient_ = (x_.transpose() * residual_).cwiseAbs();
}

double LassoSolver::lambda_max() const {
  return gradient_.maxCoeff() / std::max(options_.alpha, 1e-3);
}

bool LassoSolver::saturated() const {
  return binomial_ && weight_.sum() <= (1 + kMinProbability) * kMinProbability * (1 - kMinProbability);
}

bool LassoSolver::solve(double lambda, double previous) {
  const double strong = options_.alpha * (2 * lambda - previous);
  for (Eigen::Index j = 0; j < x_.cols(); ++j)
    if (gradient_[j] > strong) add_candidate(j);
  for (int round = 0;; ++round) {
    if (!solve_candidates(lambda)) return false;
    const bool finished = !options_.exact || saturated() || finish(lambda) || round >= 50;
    gradient_ = (x_.transpose() * residual_).cwiseAbs();
    const bool more = add_violators(lambda * options_.alpha * (options_.exact ? 1 + kOptimality : 1));
    if (finished && !more) return true;
  }
}

void LassoSolver::add_candidate(Eigen::Index j) {
  if (candidate_[static_cast<std::size_t>(j)]) return;
  candidate_[static_cast<std::size_t>(j)] = true;
  candidates_.push_back(j);
}

bool LassoSolver::add_violators(double bound) {
  const std::size_t before = candidates_.size();
  for (Eigen::Index j = 0; j < x_.cols(); ++j)
    if (gradient_[j] > bound) add_candidate(j);
  return candidates_.size() > before;
}

// A quadratic approximation, its minimum over the candidates, and again until neither moves.
bool LassoSolver::solve_candidates(double lambda) {
  for (;;) {
    for (const Eigen::Index j : candidates_)
      curvature_[j] = binomial_ ? weight_.dot(x_.col(j).cwiseAbs2()) : x_.col(j).squaredNorm() * weight_[0];
    const Eigen::VectorXd beta_before = beta_;
    const double intercept_before = intercept_;
    if (!descend(lambda)) return false;
    const double total = weight_.sum();
    update_working_response();
    if (!binomial_ || saturated()) return true;
    double change = total * std::pow(intercept_ - intercept_before, 2);
    for (const Eigen::Index j : active_list_)
      change = std::max(change, curvature_[j] * std::pow(beta_[j] - beta_before[j], 2));
    if (change < limit_) return true;
  }
}

// Coordinate descent on the quadratic: all candidates once, then those ever active until they rest, and again.
bool LassoSolver::descend(double lambda) {
  const double total = weight_.sum();
  if (by_products_) slope_.noalias() = x_.transpose() * residual_;
  for (;;) {
    throw_if_stopped();
    if (++passes_ > options_.max_passes) return false;
    if (pass(candidates_, lambda, total, true) < limit_) return true;
    do {
      if (++passes_ > options_.max_passes) return false;
    } while (pass(active_list_, lambda, total, false) >= limit_);
  }
}

// One step in each of `features` and the intercept; the largest change of the quadratic by one step.
double LassoSolver::pass(const std::vector<Eigen::Index>& features, double lambda, double total, bool may_activate) {
  if (by_products_) return product_pass(features, lambda, may_activate);
  const double l1 = lambda * options_.alpha, l2 = lambda * (1 - options_.alpha);
  double change = 0;
  for (const Eigen::Index j : features) {
    const double u = dot(x_.col(j).data(), residual_.data(), residual_.size()) + curvature_[j] * beta_[j];
    const double shrunk = std::abs(u) - l1;
    const double next = shrunk > 0 ? std::copysign(shrunk / (curvature_[j] + l2), u) : 0.0;
    const double step = next - beta_[j];
    if (step == 0) continue;
    beta_[j] = next;
    if (binomial_)
      residual_.array() -= step * weight_.array() * x_.col(j).array();
    else
      residual_ -= step * weight_[0] * x_.col(j);
    change = std::max(change, curvature_[j] * step * step);
    if (may_activate && !active_[static_cast<std::size_t>(j)]) {
      active_[static_cast<std::size_t>(j)] = true;
      active_list_.push_back(j);
    }
  }
  const double step = residual_.sum() / total;
  if (step != 0) {
    intercept_ += step;
    residual_ -= step * weight_;
    change = std::max(change, total * step * step);
  }
  return change;
}

// The same for the squared loss by products of columns ("covariance updates"): with fewer columns than rows, what a
// step does to all slopes is told sooner than what it does to the residuals, which are made anew at the end. Columns
// and residuals have a mean of 0: the intercept stays.
double LassoSolver::product_pass(const std::vector<Eigen::Index>& features, double lambda, bool may_activate) {
  const double l1 = lambda * options_.alpha, l2 = lambda * (1 - options_.alpha);
  double change = 0;
  for (const Eigen::Index j : features) {
    const double u = slope_[j] + curvature_[j] * beta_[j];
    const double shrunk = std::abs(u) - l1;
    const double next = shrunk > 0 ? std::copysign(shrunk / (curvature_[j] + l2), u) : 0.0;
    const double step = next - beta_[j];
    if (step == 0) continue;
    beta_[j] = next;
    if (!has_products_[static_cast<std::size_t>(j)]) {
      has_products_[static_cast<std::size_t>(j)] = true;
      products_.col(j).noalias() = weight_[0] * (x_.transpose() * x_.col(j));
    }
    slope_ -= step * products_.col(j);
    change = std::max(change, curvature_[j] * step * step);
    if (may_activate && !active_[static_cast<std::size_t>(j)]) {
      active_[static_cast<std::size_t>(j)] = true;
      active_list_.push_back(j);
    }
  }
  return change;
}

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

// Weights and weighted residuals of the quadratic approximation at the present coefficients.
void LassoSolver::update_working_response() {
  const auto n = static_cast<double>(y_.size());
  eta_ = Eigen::VectorXd::Constant(y_.size(), intercept_);
  for (const Eigen::Index j : active_list_)
    if (beta_[j] != 0) eta_ += beta_[j] * x_.col(j);
  if (!binomial_) {
    weight_ = Eigen::VectorXd::Constant(y_.size(), 1 / n);
    residual_ = (y_ - eta_) / n;
    return;
  }
  weight_.resize(y_.size());
  residual_.resize(y_.size());
  for (Eigen::Index i = 0; i < y_.size(); ++i) {
    const double q = logistic(eta_[i]);
    weight_[i] = q * (1 - q) / n;
    residual_[i] = (y_[i] - q) / n;
  }
}

// For each row: negative log-likelihood, or half the squared residual.
double LassoSolver::loss() const {
  if (!binomial_) return residual_.squaredNorm() * static_cast<double>(y_.size()) / 2;
  double sum = 0;
  for (Eigen::Index i = 0; i < y_.size(); ++i) {
    const double against = y_[i] == 1 ? -eta_[i] : eta_[i];  // log(1 + exp(against)), without overflow
    sum += std::max(against, 0.0) + std::log1p(std::exp(-std::abs(against)));
  }
  return sum / static_cast<double>(y_.size());
}

double LassoSolver::penalised_loss(double lambda) const {
  return loss() + lambda * (options_.alpha * beta_.lpNorm<1>() + (1 - options_.alpha) / 2 * beta_.squaredNorm());
}

}  // namespace radfuse::stats
