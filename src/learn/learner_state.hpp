// SPDX-License-Identifier: Apache-2.0
// What is inside a FittedLearner.
#pragma once

#include <optional>

#include "booster.hpp"
#include "linear.hpp"
#include "radfuse/learn/learner.hpp"

namespace radfuse {

struct FittedLearner::State {
  Learner kind = Learner::logistic;
  LinearModel linear;              ///< logistic; and what xgboost falls back to when there is no column
  std::optional<Booster> booster;  ///< xgboost
};

}  // namespace radfuse
