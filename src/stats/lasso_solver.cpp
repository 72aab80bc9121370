// SPDX-License-Identifier: Apache-2.0
// The lasso from one lambda to the next: screening, start, and what a solution says.
#include "lasso_solver.hpp"

#include <algorithm>
#include <cmath>

#include "lasso_kernels.hpp"
#include "radfuse/stats/logistic.hpp"

namespace radfuse::stats {
namespace {

constexpr double kMinProbability = 1e-9;  // when all fitted probabilities are nearer to 0 or 1, the path ends

// How fast a coefficient moves, by its last two steps: the slower of the two, or not at all where it turned.
double speed(double last, double before) {
  return last * before <= 0 ? 0 : std::copysign(std::min(std::abs(last), std::abs(before)), last);
}

}  // namespace

LassoSolver::LassoSolver(const Eigen::MatrixXd& x, const Eigen::VectorXd& y, const LassoOptions& options,
                         const ColumnProducts* known)
    : x_(x),
      y_(y),
      options_(options),
      known_(known),
      binomial_(options.family == LassoFamily::binomial),
      by_products_(!binomial_),
      beta_(Eigen::VectorXd::Zero(x.cols())),
      curvature_(Eigen::VectorXd::Zero(x.cols())),
      place_(static_cast<std::size_t>(x.cols()), -1),
      candidate_(static_cast<std::size_t>(x.cols()), false),
      active_(static_cast<std::size_t>(x.cols()), false) {
  const double mean = y.mean();
  intercept_ = binomial_ ? std::log(mean / (1 - mean)) : mean;
  update_working_response();
  null_loss_ = loss();
  limit_ = options.threshold * null_loss_;
  gradient_ = correlation_ = dots(x_, residual_);
  if (!binomial_) curvature_ = x_.colwise().squaredNorm().transpose() * weight_[0];
}

double LassoSolver::lambda_max() const {
  return correlation_.cwiseAbs().maxCoeff() / std::max(options_.alpha, 1e-3);
}

bool LassoSolver::saturated() const {
  return binomial_ && weight_.sum() <= (1 + kMinProbability) * kMinProbability * (1 - kMinProbability);
}

bool LassoSolver::solve(double lambda, double previous) {
  const double strong = options_.alpha * (2 * lambda - previous);
  for (Eigen::Index j = 0; j < x_.cols(); ++j)
    if (std::abs(gradient_[j]) > strong) add_candidate(j);
  extend_products();
  if (by_products_) start_ahead(lambda, previous);
  for (int round = 0;; ++round) {
    if (!solve_candidates(lambda)) return false;
    if (options_.exact && residual_stale_) update_working_response();
    const bool finished = !options_.exact || saturated() || finish(lambda) || round >= 50;
    update_gradient();
    const bool more = add_violators(lambda * options_.alpha * (options_.exact ? 1 + kOptimality : 1));
    if (finished && !more) return true;
    extend_products();
  }
}

// Solutions lie on a curve: the start goes on as far as lambda does. Where two steps do not agree, as in directions in
// which coordinate descent creeps and has stopped early, it stays. For the squared loss only: the binomial path takes
// the steps of glmnet, whose results at one threshold so become ours.
void LassoSolver::start_ahead(double lambda, double previous) {
  auto& [last, before] = before_;
  Solution now{previous, beta_};
  if (before.lambda > last.lambda && last.lambda > previous) {
    for (const Eigen::Index j : active_list_) {
      if (beta_[j] == 0 || last.beta[j] == 0) continue;
      const double ahead = (previous - lambda) * speed((beta_[j] - last.beta[j]) / (last.lambda - previous),
                                                       (last.beta[j] - before.beta[j]) / (before.lambda - last.lambda));
      const double next = (beta_[j] + ahead) * beta_[j] > 0 ? beta_[j] + ahead : 0;
      add_scaled(slope_.data(), beta_[j] - next, products_.col(place_[static_cast<std::size_t>(j)]).data(),
                 slope_.size());
      beta_[j] = next;
    }
    residual_stale_ = true;
  }
  before = std::move(last);
  last = std::move(now);
}

void LassoSolver::add_candidate(Eigen::Index j) {
  if (candidate_[static_cast<std::size_t>(j)]) return;
  candidate_[static_cast<std::size_t>(j)] = true;
  place_[static_cast<std::size_t>(j)] = static_cast<Eigen::Index>(candidates_.size());
  candidates_.push_back(j);
}

bool LassoSolver::add_violators(double bound) {
  const std::size_t before = candidates_.size();
  for (Eigen::Index j = 0; j < x_.cols(); ++j)
    if (std::abs(gradient_[j]) > bound) add_candidate(j);
  return candidates_.size() > before;
}

void LassoSolver::update_gradient() {
  if (by_products_ && known_ != nullptr && known_->complete) {
    gradient_ = correlation_;
    for (const Eigen::Index j : active_list_)
      if (beta_[j] != 0)
        add_scaled(gradient_.data(), -beta_[j], known_->of.col(known_->place[static_cast<std::size_t>(j)]).data(),
                   gradient_.size());
  } else {
    if (residual_stale_) update_working_response();
    gradient_ = dots(x_, residual_);
  }
  if (by_products_) slope_ = gradient_(candidates_);
}

// Weights and weighted residuals of the quadratic approximation at the present coefficients.
void LassoSolver::update_working_response() {
  residual_stale_ = false;
  const auto n = static_cast<double>(y_.size());
  eta_ = Eigen::VectorXd::Constant(y_.size(), intercept_);
  for (const Eigen::Index j : active_list_)
    if (beta_[j] != 0) add_scaled(eta_.data(), beta_[j], x_.col(j).data(), eta_.size());
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
  if (!binomial_ && residual_stale_) return null_loss_ - beta_.dot(correlation_ + gradient_) / 2;
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
