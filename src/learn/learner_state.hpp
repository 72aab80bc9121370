// SPDX-License-Identifier: Apache-2.0
// What is inside a FittedLearner.
#pragma once

#include <optional>

#include "booster.hpp"
#include "linear.hpp"
#include "radfuse/learn/learner.hpp"

namespace radfuse {

/// Nothing but the mean of the training cases' probabilities, from which explanations are measured.
struct AsIs {
  double mean = 0.5;
};

struct FittedLearner::State {
  Learner kind = Learner::logistic;
  LinearModel linear;              ///< logistic; and what xgboost falls back to when there is no column
  std::optional<Booster> booster;  ///< xgboost
  std::optional<AsIs> as_is;       ///< as_is
};

}  // namespace radfuse
