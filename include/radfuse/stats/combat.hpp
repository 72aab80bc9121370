// SPDX-License-Identifier: Apache-2.0
// ComBat: shifts and scales of each batch removed, with empirical Bayes estimates (Johnson 2007), exactly as the R
// package sva 3.46 does it; and applied to new rows with the stored estimates.
#pragma once

#include <Eigen/Core>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "radfuse/stats/params.hpp"

namespace radfuse::stats {

struct CombatOptions {
  bool mean_only = false;  ///< shifts only; always so when a batch has a single row
  CombatPrior prior = CombatPrior::parametric;
  int reference = -1;  ///< batch that stays as it is and that the others are brought to; -1: none
};

/// Estimates for p features, B batches, q covariates. A feature that is constant within a batch is not adjusted.
struct CombatModel {
  bool mean_only = false;
  CombatPrior prior = CombatPrior::parametric;
  std::vector<bool> adjusted;  ///< p
  Eigen::VectorXd grand_mean;  ///< p; mean over batches weighted by size, at covariates 0
  Eigen::VectorXd pooled_sd;   ///< p; residual SD divided by n
  Eigen::MatrixXd slopes;      ///< q x p
  Eigen::MatrixXd gamma;       ///< B x p; shift of a batch in units of pooled_sd
  Eigen::MatrixXd delta;       ///< B x p; scale (variance) of a batch, relative
};

/// x: rows x features, NaN where missing (each feature is fitted on its own rows; as in sva, residual variances are
/// then divided by n - 1 instead of n for all features). batch: 0..B-1 for each row, two batches or more, none empty.
/// Throws InputError that names a covariate which the batches and the covariates before it determine.
CombatModel fit_combat(const Eigen::Ref<const Eigen::MatrixXd>& x, std::span<const int> batch,
                       const Eigen::Ref<const Eigen::MatrixXd>& covariates,
                       std::span<const std::string> covariate_names, const CombatOptions& options = {});

/// Estimates for one batch.
struct CombatBatch {
  Eigen::VectorXd gamma, delta;  ///< p
};
CombatBatch batch_of(const CombatModel& model, Eigen::Index batch);
/// A batch that was not in the fit, from its own rows, standardised with the model's grand mean, slopes and pooled SD.
/// Features that are constant in it get gamma and delta of a batch without effect (0 and 1). Needs two rows.
CombatBatch estimate_batch(const CombatModel& model, const Eigen::Ref<const Eigen::MatrixXd>& x,
                           const Eigen::Ref<const Eigen::MatrixXd>& covariates);
/// Plain shift and scale of all rows taken together, as if they were one batch: for rows of which nothing else is
/// known.
CombatBatch pooled_batch(const CombatModel& model, const Eigen::Ref<const Eigen::MatrixXd>& x,
                         const Eigen::Ref<const Eigen::MatrixXd>& covariates);
/// Rows of one batch, adjusted.
Eigen::MatrixXd apply_combat(const CombatModel& model, const CombatBatch& batch,
                             const Eigen::Ref<const Eigen::MatrixXd>& x,
                             const Eigen::Ref<const Eigen::MatrixXd>& covariates);

}  // namespace radfuse::stats
