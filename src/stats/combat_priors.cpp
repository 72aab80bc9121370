// SPDX-License-Identifier: Apache-2.0
// sva's it.sol, postmean and int.eprior. Sums of squares about any g follow from those about the mean:
// sum (s - g)^2 = centred + n (mean - g)^2, so that no step but the first looks at the rows.
#include "combat_priors.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "radfuse/base/stop.hpp"
#include "radfuse/stats/descriptive.hpp"

namespace radfuse::stats {
namespace {

constexpr double kTolerance = 1e-4;   // of sva's iteration
constexpr int kMaxIterations = 1000;  // sva has no limit; it needs about 10

// Prior of gamma N(gamma_bar, tau^2), of delta inverse gamma (a, b): the two posteriors in turn until neither moves.
CombatBatch parametric(const BatchMoments& batch, const Eigen::ArrayXd& delta_hat, bool mean_only) {
  const double gamma_bar = batch.mean.mean(), tau2 = variance(batch.mean.matrix());
  if (mean_only) return {(tau2 * batch.mean + gamma_bar) / (tau2 + 1), Eigen::VectorXd::Ones(batch.mean.size())};
  const double m = delta_hat.mean(), s2 = variance(delta_hat.matrix());
  const double a = (2 * s2 + m * m) / s2, b = (m * s2 + m * m * m) / s2;
  Eigen::ArrayXd gamma = batch.mean, delta = delta_hat;
  for (int iteration = 0; iteration < kMaxIterations; ++iteration) {
    const Eigen::ArrayXd next_gamma =
        (tau2 * batch.count * batch.mean + delta * gamma_bar) / (tau2 * batch.count + delta);
    const Eigen::ArrayXd squares = batch.centred + batch.count * (batch.mean - next_gamma).square();
    const Eigen::ArrayXd next_delta = (0.5 * squares + b) / (batch.count / 2 + a - 1);
    // As in sva the change is divided by the old gamma with its sign, so that only positive shifts can delay the end.
    double change = 0;
    for (Eigen::Index j = 0; j < gamma.size(); ++j) {
      if (gamma[j] != 0) change = std::max(change, std::abs(next_gamma[j] - gamma[j]) / gamma[j]);
      change = std::max(change, std::abs(next_delta[j] - delta[j]) / delta[j]);
    }
    gamma = next_gamma;
    delta = next_delta;
    if (change <= kTolerance) break;
  }
  return {gamma, delta};
}

// Each feature's shift and scale as the mean of the other features', weighted by the likelihood of its own rows under
// them. In logarithms: the likelihood of some hundred rows is smaller than any double.
CombatBatch non_parametric(const BatchMoments& batch, const Eigen::ArrayXd& delta_hat) {
  const Eigen::Index p = batch.mean.size();
  const Eigen::ArrayXd log_delta = delta_hat.log(), half_inverse = 0.5 / delta_hat;
  CombatBatch found{Eigen::VectorXd(p), Eigen::VectorXd(p)};
  Eigen::ArrayXd weight(p);
  for (Eigen::Index i = 0; i < p; ++i) {
    throw_if_stopped();
    const double n = batch.count[i];
    // The constant (2 pi)^(-n/2) is the same for all.
    weight = -0.5 * n * log_delta - (batch.centred[i] + n * (batch.mean[i] - batch.mean).square()) * half_inverse;
    weight[i] = -std::numeric_limits<double>::infinity();
    weight = (weight - weight.maxCoeff()).exp();
    const double sum = weight.sum();
    found.gamma[i] = (weight * batch.mean).sum() / sum;
    found.delta[i] = (weight * delta_hat).sum() / sum;
  }
  return found;
}

}  // namespace

BatchMoments no_moments(Eigen::Index features) {
  return {Eigen::ArrayXd::Zero(features), Eigen::ArrayXd::Zero(features), Eigen::ArrayXd::Zero(features)};
}

void add_moments(BatchMoments& batch, Eigen::Index feature, const Eigen::VectorXd& standardised) {
  double sum = 0, count = 0, centred = 0;
  for (const double s : standardised)
    if (!std::isnan(s)) sum += s, ++count;
  const double mean = sum / count;
  for (const double s : standardised)
    if (!std::isnan(s)) centred += (s - mean) * (s - mean);
  batch.count[feature] = count;
  batch.mean[feature] = mean;
  batch.centred[feature] = centred;
}

CombatBatch estimate(const BatchMoments& batch, bool mean_only, CombatPrior prior) {
  Eigen::ArrayXd delta = Eigen::ArrayXd::Ones(batch.mean.size());
  if (!mean_only) delta = batch.centred / (batch.count - 1);
  const bool differ = batch.mean.size() > 1 && variance(batch.mean.matrix()) > 0 &&
                      (mean_only || variance(delta.matrix()) > 0) && (delta > 0).all();
  if (prior == CombatPrior::none || !differ) return {batch.mean, (delta > 0).select(delta, 1.0)};
  return prior == CombatPrior::parametric ? parametric(batch, delta, mean_only) : non_parametric(batch, delta);
}

}  // namespace radfuse::stats
