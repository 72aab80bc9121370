// SPDX-License-Identifier: Apache-2.0
// Why a model gave a probability: additive contributions of the features in log-odds (Lundberg and Lee 2017).
#pragma once

#include <Eigen/Core>
#include <string>
#include <vector>

#include "radfuse/learn/learner.hpp"

namespace radfuse {

/// base + the sum of a row is the log-odds of that row's probability.
struct Contributions {
  double base = 0;         ///< log-odds of the mean training case (logistic), mean over the trees' training (XGBoost)
  Eigen::MatrixXd values;  ///< rows x columns of the explained features, log-odds
};

/// as_is: the log-odds of the column itself, measured from those of its training mean. Logistic: coefficient x (value -
/// training mean), exact for independent features. XGBoost: exact path-dependent TreeSHAP.
Contributions explain(const FittedLearner& learner, const Eigen::MatrixXd& x);

}  // namespace radfuse
