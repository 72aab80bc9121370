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

/// Case ids of rows, sorted.
std::vector<std::string> case_ids(const Dataset& data, std::span<const Eigen::Index> rows);

}  // namespace radfuse
