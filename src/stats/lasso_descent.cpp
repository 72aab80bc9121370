// SPDX-License-Identifier: Apache-2.0
// Coordinate descent for the lasso.
#include <algorithm>
#include <cmath>

#include "lasso_kernels.hpp"
#include "lasso_solver.hpp"
#include "radfuse/base/stop.hpp"

namespace radfuse::stats {
namespace {

// With more candidates than this many times the rows, their products cost more than they save.
constexpr Eigen::Index kCandidatesPerRow = 3;
constexpr Eigen::Index kAlwaysAllowed = 1000;

}  // namespace

// A quadratic approximation (the squared loss is one already), its minimum over the candidates, and again until neither
// moves.
bool LassoSolver::solve_candidates(double lambda) {
  if (!binomial_) return descend(lambda);
  for (;;) {
    for (const Eigen::Index j : candidates_) curvature_[j] = weight_.dot(x_.col(j).cwiseAbs2());
    const Eigen::VectorXd beta_before = beta_;
    const double intercept_before = intercept_;
    if (!descend(lambda)) return false;
    const double total = weight_.sum();
    update_working_response();
    if (saturated()) return true;
    double change = total * std::pow(intercept_ - intercept_before, 2);
    for (const Eigen::Index j : active_list_)
      change = std::max(change, curvature_[j] * std::pow(beta_[j] - beta_before[j], 2));
    if (change < limit_) return true;
  }
}

// Coordinate descent on the quadratic: all candidates once, then those ever active until they rest, and again.
bool LassoSolver::descend(double lambda) {
  const double total = weight_.sum();
  const auto go = [&](const std::vector<Eigen::Index>& features) {
    return by_products_ ? product_pass(features, lambda) : pass(features, lambda, total);
  };
  for (;;) {
    throw_if_stopped();
    if (++passes_ > options_.max_passes) return false;
    if (go(candidates_) < limit_) return true;
    do {
      if (++passes_ > options_.max_passes) return false;
    } while (go(active_list_) >= limit_);
  }
}

// Where the quadratic is least in coefficient j, given the slope of the loss in it.
double LassoSolver::moved(Eigen::Index j, double slope, double lambda) const {
  const double u = slope + curvature_[j] * beta_[j];
  const double shrunk = std::abs(u) - lambda * options_.alpha;
  return shrunk > 0 ? std::copysign(shrunk / (curvature_[j] + lambda * (1 - options_.alpha)), u) : 0.0;
}

void LassoSolver::activate(Eigen::Index j) {
  if (active_[static_cast<std::size_t>(j)]) return;
  active_[static_cast<std::size_t>(j)] = true;
  active_list_.push_back(j);
}

// One step in each of `features` and the intercept; the largest change of the quadratic by one step.
double LassoSolver::pass(const std::vector<Eigen::Index>& features, double lambda, double total) {
  double change = 0;
  for (const Eigen::Index j : features) {
    const double next = moved(j, dot(x_.col(j).data(), residual_.data(), residual_.size()), lambda);
    const double step = next - beta_[j];
    if (step == 0) continue;
    beta_[j] = next;
    if (binomial_)
      add_scaled(residual_.data(), -step, x_.col(j).data(), weight_.data(), residual_.size());
    else
      add_scaled(residual_.data(), -step * weight_[0], x_.col(j).data(), residual_.size());
    change = std::max(change, curvature_[j] * step * step);
    activate(j);
  }
  const double step = residual_.sum() / total;
  if (step != 0) {
    intercept_ += step;
    residual_ -= step * weight_;
    change = std::max(change, total * step * step);
  }
  return change;
}

// The same for the squared loss: a step changes the slopes of all candidates, and nobody looks at rows. Four features
// take their steps one after the other, by the products among them, before the others are told of all four. Columns and
// residuals have a mean of 0: the intercept stays.
double LassoSolver::product_pass(const std::vector<Eigen::Index>& features, double lambda) {
  double change = 0;
  for (std::size_t first = 0; first < features.size(); first += 4) {
    const std::size_t count = std::min<std::size_t>(4, features.size() - first);
    std::array<double, 4> back = {};  // steps, with their signs turned
    std::array<const double*, 4> column;
    column.fill(products_.col(place_[static_cast<std::size_t>(features[first])]).data());
    for (std::size_t k = 0; k < count; ++k) {
      const Eigen::Index j = features[first + k], place = place_[static_cast<std::size_t>(j)];
      column[k] = products_.col(place).data();
      double slope = slope_[place];
      for (std::size_t l = 0; l < k; ++l) slope += back[l] * column[l][place];
      const double next = moved(j, slope, lambda), step = next - beta_[j];
      if (step == 0) continue;
      beta_[j] = next;
      back[k] = -step;
      change = std::max(change, curvature_[j] * step * step);
      activate(j);
    }
    if (back == std::array<double, 4>{}) continue;
    add_scaled(slope_.data(), back, column, slope_.size());
    residual_stale_ = true;
  }
  return change;
}

// Products of the candidates that are new, with all: known ones are copied.
void LassoSolver::extend_products() {
  const auto count = static_cast<Eigen::Index>(candidates_.size()), before = slope_.size();
  if (!by_products_ || count == before) return;
  if (count > std::max(kCandidatesPerRow * x_.rows(), kAlwaysAllowed)) {
    by_products_ = false;
    products_.resize(0, 0);
    update_working_response();
    return;
  }
  if (count > products_.cols()) {
    const Eigen::Index room = std::min(std::max(2 * products_.cols(), count), x_.cols());
    products_.conservativeResize(room, room);
  }
  const auto column_of = [&](Eigen::Index k) { return x_.col(candidates_[static_cast<std::size_t>(k)]); };
  const auto known = [&](Eigen::Index k) {
    return known_ == nullptr ? -1 : known_->place[static_cast<std::size_t>(candidates_[static_cast<std::size_t>(k)])];
  };
  std::vector<Eigen::Index> unknown;  // new candidates
  slope_.conservativeResize(count);
  for (Eigen::Index l = before; l < count; ++l) {
    slope_[l] = gradient_[candidates_[static_cast<std::size_t>(l)]];
    const Eigen::Index column = known(l);
    if (column < 0) unknown.push_back(candidates_[static_cast<std::size_t>(l)]);
    for (Eigen::Index k = 0; column >= 0 && k <= l; ++k) {
      const Eigen::Index row = known(k);
      products_(k, l) = products_(l, k) =
          row >= 0 ? known_->of(row, column)
                   : dot(column_of(k).data(), column_of(l).data(), x_.rows()) / static_cast<double>(x_.rows());
    }
  }
  for (const Eigen::Index j : unknown) {
    const Eigen::Index l = place_[static_cast<std::size_t>(j)];
    products_.col(l).head(count) = dots(x_, candidates_, x_.col(j)) / static_cast<double>(x_.rows());
    products_.row(l).head(count) = products_.col(l).head(count).transpose();
  }
}

ColumnProducts LassoSolver::products() const {
  const auto count = static_cast<Eigen::Index>(candidates_.size());
  if (!by_products_) return {std::vector<Eigen::Index>(place_.size(), -1), {}, false};
  return {place_, products_.topLeftCorner(count, count), count == x_.cols()};
}

}  // namespace radfuse::stats
