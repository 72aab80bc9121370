// SPDX-License-Identifier: Apache-2.0
// How far batches differ before and after a harmonising step.
#pragma once

#include <span>
#include <string>

#include "radfuse/select/evidence.hpp"

namespace radfuse {

/// Two batches: Student's t; more: analysis of variance. Missing values (NaN) are left out.
BatchDifference batch_difference(const Eigen::Ref<const Eigen::VectorXd>& values, std::span<const int> batch);

/// How far batch and outcome (0 or 1) go together: Cramer's V, and p of the chi-squared test without correction. NaN
/// where there is one outcome, or one batch.
struct OutcomeAssociation {
  double v = 0, p = 0;
};
OutcomeAssociation outcome_association(std::span<const int> batch, std::size_t batches,
                                       const Eigen::Ref<const Eigen::VectorXi>& outcome);

/// Balanced accuracy with which the batch is told from the features, cross-validated: 5 folds (fewer where a batch has
/// fewer patients), each batch's patients dealt out in order of their names; features by their fitting rows' mean
/// and pooled within-batch variance; the nearest batch mean wins (diagonal linear discriminant, Dudoit et al. 2002).
/// Batches of one patient and features with a gap are left out; NaN when fewer than two batches or no feature are left.
/// `chance` becomes the accuracy of guessing.
double batch_prediction(const Eigen::Ref<const Eigen::MatrixXd>& x, std::span<const int> batch,
                        std::span<const std::string> patient, double& chance);

}  // namespace radfuse
