// SPDX-License-Identifier: Apache-2.0
// What learners see of a dataset: rows sent through a fitted chain, and their outcomes.
#pragma once

#include <Eigen/Core>
#include <span>
#include <vector>

#include "radfuse/select/chain.hpp"
#include "radfuse/select/dataset.hpp"

namespace radfuse {

/// The rows' values in the columns that leave the chain. No label is looked at.
Eigen::MatrixXd chain_values(const FittedChain& chain, const Dataset& data, std::span<const Eigen::Index> rows);

std::vector<int> outcomes(const Dataset& data, std::span<const Eigen::Index> rows);

/// Mean of -log of the probability given to what happened; probabilities are held inside [1e-15, 1 - 1e-15].
double mean_log_loss(const std::vector<int>& outcome, const Eigen::VectorXd& probability);

/// NaN when a class is missing.
double area_under_roc(const std::vector<int>& outcome, const Eigen::VectorXd& probability);

/// Case ids of rows, sorted.
std::vector<std::string> case_ids(const Dataset& data, std::span<const Eigen::Index> rows);

}  // namespace radfuse
