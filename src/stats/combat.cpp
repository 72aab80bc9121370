// SPDX-License-Identifier: Apache-2.0
// Parametric ComBat. Names follow sva: gamma (shift), delta (variance), the prior of gamma N(gamma_bar, tau^2), the
// prior of delta inverse gamma (a, b).
#include "radfuse/stats/combat.hpp"

#include <Eigen/QR>
#include <algorithm>
#include <cmath>

#include "radfuse/base/error.hpp"
#include "radfuse/base/stop.hpp"
#include "radfuse/stats/descriptive.hpp"

namespace radfuse::stats {
namespace {

constexpr double kTolerance = 1e-4;   // of sva's iteration
constexpr int kMaxIterations = 1000;  // sva has no limit; it needs about 10

std::vector<std::vector<Eigen::Index>> rows_by_batch(std::span<const int> batch) {
  std::vector<std::vector<Eigen::Index>> rows;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const auto b = static_cast<std::size_t>(batch[i]);
    if (b >= rows.size()) rows.resize(b + 1);
    rows[b].push_back(static_cast<Eigen::Index>(i));
  }
  return rows;
}

// One column for each batch, then the covariates; every column must add something.
Eigen::MatrixXd design_matrix(const std::vector<std::vector<Eigen::Index>>& batches,
                              const Eigen::Ref<const Eigen::MatrixXd>& covariates, std::span<const std::string> names) {
  const auto count = static_cast<Eigen::Index>(batches.size());
  Eigen::MatrixXd design = Eigen::MatrixXd::Zero(covariates.rows(), count + covariates.cols());
  for (Eigen::Index b = 0; b < count; ++b)
    for (const Eigen::Index i : batches[static_cast<std::size_t>(b)]) design(i, b) = 1;
  design.rightCols(covariates.cols()) = covariates;
  for (Eigen::Index q = 0; q < covariates.cols(); ++q) {
    Eigen::MatrixXd part = design.leftCols(count + q + 1);
    for (Eigen::Index j = 0; j < part.cols(); ++j)
      if (const double norm = part.col(j).norm(); norm > 0) part.col(j) /= norm;
    Eigen::ColPivHouseholderQR<Eigen::MatrixXd> qr(part);
    qr.setThreshold(1e-10);
    if (qr.rank() < part.cols())
      throw InputError("covariate '" + names[static_cast<std::size_t>(q)] +
                       "' is confounded with the batches (or with the covariates before it): its effect cannot be "
                       "told from theirs; leave it out");
  }
  return design;
}

// (x - grand mean - covariates slopes) / pooled sd
Eigen::MatrixXd standardise(const CombatModel& m, const Eigen::Ref<const Eigen::MatrixXd>& x,
                            const Eigen::Ref<const Eigen::MatrixXd>& covariates) {
  Eigen::MatrixXd s = x.rowwise() - m.grand_mean.transpose();
  if (covariates.cols() > 0) s.noalias() -= covariates * m.slopes;
  for (Eigen::Index j = 0; j < s.cols(); ++j) s.col(j) /= m.pooled_sd[j];
  return s;
}

// Priors over the features, then the two posteriors in turn until neither moves (sva's it.sol). Sums of squares about
// any g follow from those about the mean: sum (s - g)^2 = centred + n (mean - g)^2.
CombatBatch shrink(const Eigen::VectorXd& gamma_hat, const Eigen::VectorXd& delta_hat, double n, bool mean_only) {
  const double gamma_bar = gamma_hat.mean(), tau2 = variance(gamma_hat);
  if (mean_only) {
    return {(tau2 * gamma_hat.array() + gamma_bar) / (tau2 + 1), Eigen::VectorXd::Ones(gamma_hat.size())};
  }
  const double m = delta_hat.mean(), s2 = variance(delta_hat);
  const double a = (2 * s2 + m * m) / s2, b = (m * s2 + m * m * m) / s2;
  const Eigen::ArrayXd centred = delta_hat.array() * (n - 1);
  Eigen::ArrayXd gamma = gamma_hat, delta = delta_hat;
  for (int iteration = 0; iteration < kMaxIterations; ++iteration) {
    const Eigen::ArrayXd next_gamma = (tau2 * n * gamma_hat.array() + delta * gamma_bar) / (tau2 * n + delta);
    const Eigen::ArrayXd squares = centred + n * (gamma_hat.array() - next_gamma).square();
    const Eigen::ArrayXd next_delta = (0.5 * squares + b) / (n / 2 + a - 1);
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

// Mean and variance (n - 1) of each standardised feature, shrunk towards the other features' when the model does so.
CombatBatch estimate(const Eigen::MatrixXd& s, bool mean_only, bool empirical_bayes) {
  const auto n = static_cast<double>(s.rows());
  const Eigen::VectorXd gamma = s.colwise().mean();
  Eigen::VectorXd delta = Eigen::VectorXd::Ones(s.cols());
  if (!mean_only)
    for (Eigen::Index j = 0; j < s.cols(); ++j) delta[j] = variance(s.col(j));
  // Shrinkage needs features that differ: the priors come from the spread over them.
  if (!empirical_bayes || s.cols() < 2 || !(variance(gamma) > 0) || (!mean_only && !(variance(delta) > 0)))
    return {gamma, (delta.array() > 0).select(delta, 1.0)};
  return shrink(gamma, delta, n, mean_only);
}

std::vector<Eigen::Index> adjusted_features(const std::vector<bool>& adjusted) {
  std::vector<Eigen::Index> features;
  for (std::size_t j = 0; j < adjusted.size(); ++j)
    if (adjusted[j]) features.push_back(static_cast<Eigen::Index>(j));
  return features;
}

}  // namespace

CombatModel fit_combat(const Eigen::Ref<const Eigen::MatrixXd>& x, std::span<const int> batch,
                       const Eigen::Ref<const Eigen::MatrixXd>& covariates,
                       std::span<const std::string> covariate_names, const CombatOptions& options) {
  const auto batches = rows_by_batch(batch);
  const auto count = static_cast<Eigen::Index>(batches.size());
  const Eigen::Index n = x.rows(), p = x.cols(), q = covariates.cols();
  if (count < 2 || std::any_of(batches.begin(), batches.end(), [](const auto& b) { return b.empty(); }))
    throw Error(ExitCode::bug, "ComBat needs two batches, none of them empty");

  CombatModel model;
  model.mean_only =
      options.mean_only || std::any_of(batches.begin(), batches.end(), [](const auto& b) { return b.size() == 1; });
  model.adjusted.assign(static_cast<std::size_t>(p), true);
  for (const auto& rows : batches)
    for (Eigen::Index j = 0; rows.size() > 1 && j < p; ++j)
      if (is_constant(x.col(j)(rows))) model.adjusted[static_cast<std::size_t>(j)] = false;

  const Eigen::MatrixXd design = design_matrix(batches, covariates, covariate_names);
  const Eigen::MatrixXd b_hat = Eigen::HouseholderQR<Eigen::MatrixXd>(design).solve(x);
  Eigen::VectorXd weight(count);
  for (Eigen::Index b = 0; b < count; ++b)
    weight[b] = static_cast<double>(batches[static_cast<std::size_t>(b)].size()) / static_cast<double>(n);
  model.grand_mean = b_hat.topRows(count).transpose() * weight;
  model.slopes = b_hat.bottomRows(q);
  const Eigen::MatrixXd residual = x - design * b_hat;
  model.pooled_sd = (residual.colwise().squaredNorm() / static_cast<double>(n)).cwiseSqrt();
  // A residual of pure rounding: the batches and covariates explain the feature wholly, nothing is left to scale by.
  for (Eigen::Index j = 0; j < p; ++j)
    if (!(model.pooled_sd[j] > 1e-13 * x.col(j).cwiseAbs().maxCoeff())) {
      model.adjusted[static_cast<std::size_t>(j)] = false;
      model.pooled_sd[j] = 1;
    }

  const auto features = adjusted_features(model.adjusted);
  model.empirical_bayes = options.empirical_bayes && features.size() > 1;
  model.gamma = Eigen::MatrixXd::Zero(count, p);
  model.delta = Eigen::MatrixXd::Ones(count, p);
  const Eigen::MatrixXd standardised = standardise(model, x, covariates);
  for (Eigen::Index b = 0; b < count && !features.empty(); ++b) {
    throw_if_stopped();
    const Eigen::MatrixXd s = standardised(batches[static_cast<std::size_t>(b)], features);
    const CombatBatch found = estimate(s, model.mean_only, model.empirical_bayes);
    model.gamma.row(b)(features) = found.gamma.transpose();
    model.delta.row(b)(features) = found.delta.transpose();
  }
  return model;
}

CombatBatch batch_of(const CombatModel& model, Eigen::Index batch) {
  return {model.gamma.row(batch).transpose(), model.delta.row(batch).transpose()};
}

CombatBatch estimate_batch(const CombatModel& model, const Eigen::Ref<const Eigen::MatrixXd>& x,
                           const Eigen::Ref<const Eigen::MatrixXd>& covariates) {
  std::vector<bool> usable = model.adjusted;
  for (Eigen::Index j = 0; j < x.cols(); ++j)
    if (is_constant(x.col(j))) usable[static_cast<std::size_t>(j)] = false;
  const auto features = adjusted_features(usable);
  CombatBatch batch{Eigen::VectorXd::Zero(x.cols()), Eigen::VectorXd::Ones(x.cols())};
  if (features.empty()) return batch;
  const Eigen::MatrixXd s = standardise(model, x, covariates)(Eigen::all, features);
  const CombatBatch found = estimate(s, model.mean_only, model.empirical_bayes);
  batch.gamma(features) = found.gamma;
  batch.delta(features) = found.delta;
  return batch;
}

Eigen::MatrixXd apply_combat(const CombatModel& model, const CombatBatch& batch,
                             const Eigen::Ref<const Eigen::MatrixXd>& x,
                             const Eigen::Ref<const Eigen::MatrixXd>& covariates) {
  Eigen::MatrixXd result = x;
  for (Eigen::Index j = 0; j < x.cols(); ++j) {
    if (!model.adjusted[static_cast<std::size_t>(j)]) continue;
    const double sd = model.pooled_sd[j];
    // Term by term: a feature's numbers do not depend on which other features are there.
    Eigen::ArrayXd centre = Eigen::ArrayXd::Constant(x.rows(), model.grand_mean[j]);
    for (Eigen::Index q = 0; q < covariates.cols(); ++q) centre += covariates.col(q).array() * model.slopes(q, j);
    const Eigen::ArrayXd s = (x.col(j).array() - centre) / sd;
    result.col(j) = (s - batch.gamma[j]) / std::sqrt(batch.delta[j]) * sd + centre;
  }
  return result;
}

}  // namespace radfuse::stats
