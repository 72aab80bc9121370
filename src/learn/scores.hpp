// SPDX-License-Identifier: Apache-2.0
// How good probabilities are, for choosing settings.
#pragma once

#include <Eigen/Core>
#include <vector>

namespace radfuse {

/// Mean of -log of the probability given to what happened; probabilities are held inside [1e-15, 1 - 1e-15].
double mean_log_loss(const std::vector<int>& outcome, const Eigen::VectorXd& probability);

/// NaN when a class is missing.
double area_under_roc(const std::vector<int>& outcome, const Eigen::VectorXd& probability);

}  // namespace radfuse
