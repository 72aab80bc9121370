// SPDX-License-Identifier: Apache-2.0
// Coordinate descent for the multinomial lasso; Newton's method that finishes it is in multinomial_newton.cpp.
#include "multinomial_solver.hpp"

#include <algorithm>
#include <cmath>

#include "radfuse/base/stop.hpp"

namespace radfuse::stats {
namespace {

constexpr double kMinProbability = 1e-9;  // when all fitted probabilities are nearer to 0 or 1, the path ends

}  // namespace

MultinomialSolver::MultinomialSolver(const Eigen::MatrixXd& x, std::span<const int> label,
                                     const MultinomialOptions& options)
    : x_(x),
      options_(options),
      curvature_(Eigen::VectorXd::Zero(x.cols())),
      candidate_(static_cast<std::size_t>(x.cols()), false),
      active_(static_cast<std::size_t>(x.cols()), false) {
  const int classes = *std::max_element(label.begin(), label.end()) + 1;
  target_ = Eigen::MatrixXd::Zero(x.rows(), classes);
  for (std::size_t i = 0; i < label.size(); ++i) target_(static_cast<Eigen::Index>(i), label[i]) = 1;
  beta_ = Eigen::MatrixXd::Zero(x.cols(), classes);
  intercept_ = target_.colwise().mean().transpose().array().log();
  intercept_.array() -= intercept_.mean();
  update();
  null_loss_ = loss();
  limit_ = options.threshold * null_loss_;
  add_candidates(std::numeric_limits<double>::infinity());
}

double MultinomialSolver::lambda_max() const {
  return gradient_.maxCoeff() / std::max(options_.alpha, 1e-3);
}

bool MultinomialSolver::saturated() const {
  return (probability_.array() * (1 - probability_.array())).maxCoeff() <= kMinProbability;
}

// Gradients anew, and the features whose gradient exceeds `bound`.
void MultinomialSolver::add_candidates(double bound) {
  const Eigen::MatrixXd slopes = x_.transpose() * residual_;
  if (options_.grouped)
    gradient_ = slopes.rowwise().norm();
  else
    gradient_ = slopes.cwiseAbs().rowwise().maxCoeff();
  for (Eigen::Index j = 0; j < x_.cols(); ++j) {
    if (!(gradient_[j] > bound) || candidate_[static_cast<std::size_t>(j)]) continue;
    candidate_[static_cast<std::size_t>(j)] = true;
    candidates_.push_back(j);
  }
}

bool MultinomialSolver::solve(double lambda, double previous) {
  add_candidates(options_.alpha * (2 * lambda - previous));
  for (int round = 0;; ++round) {
    if (!descend(lambda)) return false;
    const bool finished = !options_.exact || saturated() || finish(lambda) || round >= 50;
    const std::size_t before = candidates_.size();
    add_candidates(lambda * options_.alpha * (options_.exact ? 1 + 1e-10 : 1));
    if (finished && candidates_.size() == before) {
      intercept_.array() -= intercept_.mean();
      return true;
    }
  }
}

bool MultinomialSolver::descend(double lambda) {
  for (;;) {
    throw_if_stopped();
    double change = 0;
    if (options_.grouped) {
      if (!descend_groups(lambda, change)) return false;
      update();
    } else {
      for (Eigen::Index k = 0; k < target_.cols(); ++k) {
        if (!descend_class(lambda, k, change)) return false;
        update();
      }
    }
    if (change < limit_ || saturated()) return true;
  }
}

// The minimum of one class's quadratic approximation, the other classes held.
bool MultinomialSolver::descend_class(double lambda, Eigen::Index k, double& change) {
  const auto n = static_cast<double>(x_.rows());
  weight_ = probability_.col(k).array() * (1 - probability_.col(k).array()) / n;
  if (!(weight_.sum() > 0)) return true;
  for (const Eigen::Index j : candidates_) curvature_[j] = weight_.dot(x_.col(j).cwiseAbs2());
  const Eigen::VectorXd before = beta_.col(k);
  const double intercept_before = intercept_[k];
  for (;;) {
    if (++passes_ > options_.max_passes) return false;
    if (class_pass(candidates_, lambda, k) < limit_) break;
    do {
      if (++passes_ > options_.max_passes) return false;
    } while (class_pass(active_list_, lambda, k) >= limit_);
  }
  change = std::max(change, weight_.sum() * std::pow(intercept_[k] - intercept_before, 2));
  for (const Eigen::Index j : active_list_)
    change = std::max(change, curvature_[j] * std::pow(beta_(j, k) - before[j], 2));
  return true;
}

double MultinomialSolver::class_pass(const std::vector<Eigen::Index>& features, double lambda, Eigen::Index k) {
  const double l1 = lambda * options_.alpha, l2 = lambda * (1 - options_.alpha);
  auto residual = residual_.col(k);
  double change = 0;
  for (std::size_t f = 0; f < features.size(); ++f) {
    const Eigen::Index j = features[f];
    if (!(curvature_[j] > 0)) continue;
    const double u = x_.col(j).dot(residual) + curvature_[j] * beta_(j, k);
    const double shrunk = std::abs(u) - l1;
    const double next = shrunk > 0 ? std::copysign(shrunk / (curvature_[j] + l2), u) : 0.0;
    const double step = next - beta_(j, k);
    if (step == 0) continue;
    beta_(j, k) = next;
    residual.array() -= step * weight_.array() * x_.col(j).array();
    change = std::max(change, curvature_[j] * step * step);
    if (!active_[static_cast<std::size_t>(j)]) {
      active_[static_cast<std::size_t>(j)] = true;
      active_list_.push_back(j);
    }
  }
  const double total = weight_.sum(), step = residual.sum() / total;
  intercept_[k] += step;
  residual -= step * weight_;
  return std::max(change, total * step * step);
}

// diag(p) - p p' has no eigenvalue above 2 max p (1 - p) (Gershgorin): the curvature of every feature, whose mean
// square is 1, and of the intercepts.
bool MultinomialSolver::descend_groups(double lambda, double& change) {
  const double bound = 2 * (probability_.array() * (1 - probability_.array())).maxCoeff();
  const Eigen::MatrixXd before = beta_;
  const Eigen::VectorXd intercept_before = intercept_;
  for (;;) {
    if (++passes_ > options_.max_passes) return false;
    if (group_pass(candidates_, lambda, bound) < limit_) break;
    do {
      if (++passes_ > options_.max_passes) return false;
    } while (group_pass(active_list_, lambda, bound) >= limit_);
  }
  change = std::max(change, bound * (intercept_ - intercept_before).squaredNorm());
  for (const Eigen::Index j : active_list_)
    change = std::max(change, bound * (beta_.row(j) - before.row(j)).squaredNorm());
  return true;
}

double MultinomialSolver::group_pass(const std::vector<Eigen::Index>& features, double lambda, double bound) {
  const double l1 = lambda * options_.alpha, l2 = lambda * (1 - options_.alpha);
  const double each = bound / static_cast<double>(x_.rows());
  double change = 0;
  for (std::size_t f = 0; f < features.size(); ++f) {
    const Eigen::Index j = features[f];
    const Eigen::RowVectorXd u = x_.col(j).transpose() * residual_ + bound * beta_.row(j);
    const double length = u.norm(), shrunk = length - l1;
    const Eigen::RowVectorXd next =
        shrunk > 0 ? Eigen::RowVectorXd(u * (shrunk / length / (bound + l2))) : Eigen::RowVectorXd::Zero(u.size());
    const Eigen::RowVectorXd step = next - beta_.row(j);
    if ((step.array() == 0).all()) continue;
    beta_.row(j) = next;
    residual_.noalias() -= each * x_.col(j) * step;
    change = std::max(change, bound * step.squaredNorm());
    if (!active_[static_cast<std::size_t>(j)]) {
      active_[static_cast<std::size_t>(j)] = true;
      active_list_.push_back(j);
    }
  }
  const Eigen::RowVectorXd step = residual_.colwise().sum() / bound;
  intercept_ += step.transpose();
  residual_.rowwise() -= each * step;
  return std::max(change, bound * step.squaredNorm());
}

// Linear predictors, probabilities and residuals at the present coefficients.
void MultinomialSolver::update() {
  eta_ = intercept_.transpose().replicate(x_.rows(), 1);
  for (const Eigen::Index j : active_list_)
    if (is_active(j)) eta_.noalias() += x_.col(j) * beta_.row(j);
  probability_ = (eta_.colwise() - eta_.rowwise().maxCoeff()).array().exp();
  probability_.array().colwise() /= probability_.array().rowwise().sum();
  residual_ = (target_ - probability_) / static_cast<double>(x_.rows());
}

double MultinomialSolver::loss() const {
  double sum = 0;
  for (Eigen::Index i = 0; i < eta_.rows(); ++i) {
    const double largest = eta_.row(i).maxCoeff();
    sum += largest + std::log((eta_.row(i).array() - largest).exp().sum()) - eta_.row(i).dot(target_.row(i));
  }
  return sum / static_cast<double>(eta_.rows());
}

double MultinomialSolver::penalised_loss(double lambda) const {
  const double l1 = options_.grouped ? beta_.rowwise().norm().sum() : beta_.cwiseAbs().sum();
  return loss() + lambda * (options_.alpha * l1 + (1 - options_.alpha) / 2 * beta_.squaredNorm());
}

}  // namespace radfuse::stats
