// SPDX-License-Identifier: Apache-2.0
// ComBat: location and scale of each feature by least squares, then of each batch. Names follow sva: gamma (shift),
// delta (variance). How they borrow from other features is in combat_priors.cpp.
#include "radfuse/stats/combat.hpp"

#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "combat_priors.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/stop.hpp"
#include "radfuse/stats/descriptive.hpp"

namespace radfuse::stats {
namespace {

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

// What the rows of one batch say of the features, standardised: (x - grand mean - covariates slopes) / pooled sd.
BatchMoments batch_moments(const CombatModel& m, const Eigen::Ref<const Eigen::MatrixXd>& x,
                           const Eigen::Ref<const Eigen::MatrixXd>& covariates, const std::vector<Eigen::Index>& rows,
                           const std::vector<Eigen::Index>& features) {
  BatchMoments found = no_moments(static_cast<Eigen::Index>(features.size()));
  Eigen::VectorXd s(static_cast<Eigen::Index>(rows.size()));
  for (std::size_t f = 0; f < features.size(); ++f) {
    const Eigen::Index j = features[f];
    for (Eigen::Index i = 0; i < s.size(); ++i) {
      const Eigen::Index row = rows[static_cast<std::size_t>(i)];
      double centre = m.grand_mean[j];
      for (Eigen::Index q = 0; q < covariates.cols(); ++q) centre += covariates(row, q) * m.slopes(q, j);
      s[i] = (x(row, j) - centre) / m.pooled_sd[j];
    }
    add_moments(found, static_cast<Eigen::Index>(f), s);
  }
  return found;
}

std::vector<Eigen::Index> adjusted_features(const std::vector<bool>& adjusted) {
  std::vector<Eigen::Index> features;
  for (std::size_t j = 0; j < adjusted.size(); ++j)
    if (adjusted[j]) features.push_back(static_cast<Eigen::Index>(j));
  return features;
}

// A value, or two that differ where there are several rows.
bool usable_in(const Eigen::Ref<const Eigen::VectorXd>& column, const std::vector<Eigen::Index>& rows) {
  double first = std::numeric_limits<double>::quiet_NaN();
  for (const Eigen::Index i : rows) {
    if (std::isnan(column[i])) continue;
    if (std::isnan(first)) first = column[i];
    if (rows.size() == 1 || column[i] != first) return true;
  }
  return false;
}

// Features that every batch knows enough of: a value, or two that differ where the batch has several rows.
std::vector<bool> usable_features(const Eigen::Ref<const Eigen::MatrixXd>& x,
                                  const std::vector<std::vector<Eigen::Index>>& batches) {
  std::vector<bool> usable(static_cast<std::size_t>(x.cols()), true);
  for (Eigen::Index j = 0; j < x.cols(); ++j)
    for (const auto& rows : batches)
      if (!usable_in(x.col(j), rows)) usable[static_cast<std::size_t>(j)] = false;
  return usable;
}

// Least squares for each feature on its own rows.
Eigen::MatrixXd coefficients(const Eigen::MatrixXd& design, const Eigen::Ref<const Eigen::MatrixXd>& x) {
  if (!x.hasNaN()) {
    const Eigen::HouseholderQR<Eigen::MatrixXd> qr(design);
    const Eigen::MatrixXd q = qr.householderQ() * Eigen::MatrixXd::Identity(design.rows(), design.cols());
    return qr.matrixQR().topRows(design.cols()).triangularView<Eigen::Upper>().solve(q.transpose() * x);
  }
  Eigen::MatrixXd b_hat = Eigen::MatrixXd::Zero(design.cols(), x.cols());
  for (Eigen::Index j = 0; j < x.cols(); ++j) {
    std::vector<Eigen::Index> there;
    for (Eigen::Index i = 0; i < x.rows(); ++i)
      if (!std::isnan(x(i, j))) there.push_back(i);
    if (there.empty()) continue;
    const Eigen::MatrixXd known = design(there, Eigen::all);
    b_hat.col(j) = Eigen::ColPivHouseholderQR<Eigen::MatrixXd>(known).solve(x.col(j)(there));
  }
  return b_hat;
}

// Residual SD of each feature over `rows`. Divided by n, but by n - 1 about the mean where any value is missing (sva).
Eigen::VectorXd residual_sd(const Eigen::Ref<const Eigen::MatrixXd>& x, const Eigen::MatrixXd& design,
                            const Eigen::MatrixXd& b_hat, const std::vector<Eigen::Index>& rows) {
  const bool any_missing = x.hasNaN();
  Eigen::VectorXd sd(x.cols()), residual(x.rows());
  for (Eigen::Index j = 0; j < x.cols(); ++j) {
    residual = x.col(j);
    residual.noalias() -= design * b_hat.col(j);
    if (any_missing) {
      sd[j] = std::sqrt(variance(present(residual(rows))));
      continue;
    }
    double squares = 0;
    for (const Eigen::Index i : rows) squares += residual[i] * residual[i];
    sd[j] = std::sqrt(squares / static_cast<double>(rows.size()));
  }
  return sd;
}

// Grand mean, slopes and pooled SD: of all rows, or of the reference batch's.
void fit_location(CombatModel& model, const Eigen::Ref<const Eigen::MatrixXd>& x,
                  const std::vector<std::vector<Eigen::Index>>& batches, const Eigen::MatrixXd& design, int reference) {
  const auto count = static_cast<Eigen::Index>(batches.size());
  const Eigen::MatrixXd b_hat = coefficients(design, x);
  Eigen::VectorXd weight = Eigen::VectorXd::Zero(count);
  std::vector<Eigen::Index> rows;
  for (Eigen::Index b = 0; b < count; ++b) {
    const auto& own = batches[static_cast<std::size_t>(b)];
    if (reference >= 0 && b != reference) continue;
    weight[b] = reference >= 0 ? 1 : static_cast<double>(own.size()) / static_cast<double>(x.rows());
    rows.insert(rows.end(), own.begin(), own.end());
  }
  std::sort(rows.begin(), rows.end());
  model.grand_mean = b_hat.topRows(count).transpose() * weight;
  model.slopes = b_hat.bottomRows(design.cols() - count);
  model.pooled_sd = residual_sd(x, design, b_hat, rows);
  // A residual of pure rounding: the batches and covariates explain the feature wholly, nothing is left to scale by.
  for (Eigen::Index j = 0; j < x.cols(); ++j) {
    double size = 0;
    for (const double v : x.col(j))
      if (std::abs(v) > size) size = std::abs(v);  // never for NaN
    if (model.pooled_sd[j] > 1e-13 * size) continue;
    model.adjusted[static_cast<std::size_t>(j)] = false;
    model.pooled_sd[j] = 1;
  }
}

}  // namespace

CombatModel fit_combat(const Eigen::Ref<const Eigen::MatrixXd>& x, std::span<const int> batch,
                       const Eigen::Ref<const Eigen::MatrixXd>& covariates,
                       std::span<const std::string> covariate_names, const CombatOptions& options) {
  const auto batches = rows_by_batch(batch);
  const auto count = static_cast<Eigen::Index>(batches.size());
  if (count < 2 || std::any_of(batches.begin(), batches.end(), [](const auto& b) { return b.empty(); }))
    throw Error(ExitCode::bug, "ComBat needs two batches, none of them empty");
  if (options.reference >= count) throw Error(ExitCode::bug, "ComBat's reference batch does not exist");

  CombatModel model;
  model.mean_only =
      options.mean_only || std::any_of(batches.begin(), batches.end(), [](const auto& b) { return b.size() == 1; });
  model.adjusted = usable_features(x, batches);
  fit_location(model, x, batches, design_matrix(batches, covariates, covariate_names), options.reference);

  const auto features = adjusted_features(model.adjusted);
  model.prior = features.size() > 1 ? options.prior : CombatPrior::none;
  model.gamma = Eigen::MatrixXd::Zero(count, x.cols());
  model.delta = Eigen::MatrixXd::Ones(count, x.cols());
  for (Eigen::Index b = 0; b < count && !features.empty(); ++b) {
    throw_if_stopped();
    if (b == options.reference) continue;
    const BatchMoments moments = batch_moments(model, x, covariates, batches[static_cast<std::size_t>(b)], features);
    const CombatBatch found = estimate(moments, model.mean_only, model.prior);
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
    if (const Eigen::VectorXd there = present(x.col(j)); there.size() < 2 || is_constant(there))
      usable[static_cast<std::size_t>(j)] = false;
  const auto features = adjusted_features(usable);
  CombatBatch batch{Eigen::VectorXd::Zero(x.cols()), Eigen::VectorXd::Ones(x.cols())};
  if (features.empty()) return batch;
  std::vector<Eigen::Index> every(static_cast<std::size_t>(x.rows()));
  std::iota(every.begin(), every.end(), Eigen::Index{0});
  const CombatBatch found =
      estimate(batch_moments(model, x, covariates, every, features), model.mean_only, model.prior);
  batch.gamma(features) = found.gamma;
  batch.delta(features) = found.delta;
  return batch;
}

CombatBatch pooled_batch(const CombatModel& model, const Eigen::Ref<const Eigen::MatrixXd>& x,
                         const Eigen::Ref<const Eigen::MatrixXd>& covariates) {
  CombatModel plain = model;
  plain.prior = CombatPrior::none;
  return estimate_batch(plain, x, covariates);
}

Eigen::MatrixXd apply_combat(const CombatModel& model, const CombatBatch& batch,
                             const Eigen::Ref<const Eigen::MatrixXd>& x,
                             const Eigen::Ref<const Eigen::MatrixXd>& covariates) {
  Eigen::MatrixXd result = x;
  for (Eigen::Index j = 0; j < x.cols(); ++j) {
    if (!model.adjusted[static_cast<std::size_t>(j)]) continue;
    if (batch.gamma[j] == 0 && batch.delta[j] == 1) continue;  // the reference batch, to the last digit
    // Term by term: a feature's numbers do not depend on which other features are there.
    const double sd = model.pooled_sd[j], root = std::sqrt(batch.delta[j]);
    for (Eigen::Index i = 0; i < x.rows(); ++i) {
      double centre = model.grand_mean[j];
      for (Eigen::Index q = 0; q < covariates.cols(); ++q) centre += covariates(i, q) * model.slopes(q, j);
      result(i, j) = ((x(i, j) - centre) / sd - batch.gamma[j]) / root * sd + centre;
    }
  }
  return result;
}

}  // namespace radfuse::stats
