// SPDX-License-Identifier: Apache-2.0
// What harmonising steps have in common: numbers for batches, and the audit of what they did.
#pragma once

#include "working.hpp"

namespace radfuse {

/// 0.. for each row by the sorted names, which go to `sites`.
std::vector<int> number_batches(std::span<const std::string> names, std::vector<std::string>& sites);

/// Adds rows to the evidence and a remark, when somebody asked for evidence.
void audit_step(const Eigen::MatrixXd& before, const Eigen::MatrixXd& after, const std::vector<std::string>& columns,
                const std::vector<int>& batch, const std::vector<std::string>& sites, const BatchKey& key,
                Working& working);

}  // namespace radfuse
