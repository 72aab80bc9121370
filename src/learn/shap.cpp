// SPDX-License-Identifier: Apache-2.0
// Contributions of features to log-odds.
#include "radfuse/learn/shap.hpp"

#include <algorithm>

#include "learner_state.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/stats/logistic.hpp"

namespace radfuse {
namespace {

// Probabilities of 0 and 1 have no log-odds; beyond this they are as good as sure.
double log_odds(double probability) {
  constexpr double kSure = 1e-9;
  return stats::logit(std::clamp(probability, kSure, 1 - kSure));
}

Contributions explain_as_is(double mean, const Eigen::MatrixXd& x) {
  const double base = log_odds(mean);
  return {base, x.unaryExpr([base](double p) { return log_odds(p) - base; })};
}

}  // namespace

Contributions explain(const FittedLearner& learner, const Eigen::MatrixXd& x) {
  if (x.cols() != learner.column_count()) throw Error(ExitCode::bug, "a fitted learner was given other columns");
  const FittedLearner::State& state = learner.state();
  if (state.as_is) return explain_as_is(state.as_is->mean, x);
  if (!state.booster) return {state.linear.intercept, state.linear.contributions(x)};
  if (x.rows() == 0) return {0, Eigen::MatrixXd(0, x.cols())};
  const Eigen::MatrixXd all = state.booster->contributions(x);
  return {all(0, x.cols()), all.leftCols(x.cols())};
}

}  // namespace radfuse
