// SPDX-License-Identifier: Apache-2.0
// Shift and scale of one batch for each feature, shrunk towards those of the other features.
#pragma once

#include "radfuse/stats/combat.hpp"

namespace radfuse::stats {

/// What the rows of one batch say of each feature, standardised; missing values are left out.
struct BatchMoments {
  Eigen::ArrayXd count, mean;
  Eigen::ArrayXd centred;  ///< sum of squares about the mean
};
BatchMoments no_moments(Eigen::Index features);
/// One feature's rows of the batch, NaN where missing.
void add_moments(BatchMoments& batch, Eigen::Index feature, const Eigen::VectorXd& standardised);

/// Delta is 1 with `mean_only`. Shrinkage needs two features that differ; without them the batch's own mean and
/// variance (n - 1) are the answer.
CombatBatch estimate(const BatchMoments& batch, bool mean_only, CombatPrior prior);

}  // namespace radfuse::stats
