// SPDX-License-Identifier: Apache-2.0
// Contributions of features to log-odds.
#include "radfuse/learn/shap.hpp"

#include "learner_state.hpp"
#include "radfuse/base/error.hpp"

namespace radfuse {

Contributions explain(const FittedLearner& learner, const Eigen::MatrixXd& x) {
  if (x.cols() != learner.column_count()) throw Error(ExitCode::bug, "a fitted learner was given other columns");
  const FittedLearner::State& state = learner.state();
  if (!state.booster) return {state.linear.intercept, state.linear.contributions(x)};
  if (x.rows() == 0) return {0, Eigen::MatrixXd(0, x.cols())};
  const Eigen::MatrixXd all = state.booster->contributions(x);
  return {all(0, x.cols()), all.leftCols(x.cols())};
}

}  // namespace radfuse
