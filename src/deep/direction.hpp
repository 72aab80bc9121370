// SPDX-License-Identifier: Apache-2.0
// How a trained model's answer for one case changes with each of its features.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "radfuse/learn/model_bundle.hpp"

namespace radfuse::deep {

/// The gradient of the model's log-odds with respect to `columns` of the row `row` of `data`, as they came in, through
/// the whole chain: central differences over a thousandth of each column's standard deviation, exact but for rounding
/// where chain and model are linear. 0 for columns that the chain does not need, and for missing values. Throws
/// CaseError where the probability is 0 or 1 to all digits.
std::vector<double> direction_of(const TrainedModel& model, const FittedChain& chain, const Dataset& data,
                                 Eigen::Index row, std::span<const std::string> columns);

}  // namespace radfuse::deep
