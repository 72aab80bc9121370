// SPDX-License-Identifier: Apache-2.0
// What features are worth to boosted trees: handed down to the chain of select (ChainAids::trees), which may not know
// learners.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "radfuse/select/params.hpp"

namespace radfuse {

/// Of each column of `x` its share of the gain of the trees that tell `y` (0 or 1, both present): XGBoost's
/// feature_importances_. The shares sum to 1; all are 0 when no tree finds a split. Trees are XGBoost's with its own
/// defaults (learning rate 0.3, lambda 1, at least 1 in a leaf, every case and column), exact thresholds and base score
/// 0.5.
Eigen::VectorXd tree_importance(const Eigen::MatrixXd& x, const std::vector<int>& y, const EliminationTrees& trees,
                                std::uint64_t seed);

}  // namespace radfuse
