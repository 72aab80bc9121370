// SPDX-License-Identifier: Apache-2.0
// The learners: one function that fits, one that predicts.
#include "radfuse/learn/learner.hpp"

#include <algorithm>

#include "learner_state.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/stats/logistic.hpp"

namespace radfuse {
namespace {

double setting(const Settings& settings, std::string_view key) {
  for (const auto& [name, value] : settings)
    if (name == key) return value;
  throw Error(ExitCode::bug, "a learner misses its setting " + std::string(key));
}

/// Balanced: n / (2 n_class), so that the weights of each class sum to n / 2.
std::vector<double> case_weights(const std::vector<int>& y, ClassWeight how) {
  std::vector<double> weight(y.size(), 1.0);
  if (how == ClassWeight::none) return weight;
  const auto positive = static_cast<double>(std::count(y.begin(), y.end(), 1));
  const auto all = static_cast<double>(y.size());
  for (std::size_t i = 0; i < y.size(); ++i) weight[i] = all / (2 * (y[i] == 1 ? positive : all - positive));
  return weight;
}

void check_problem(const Eigen::MatrixXd& x, const std::vector<int>& y) {
  const auto positive = std::count(y.begin(), y.end(), 1);
  if (x.rows() != static_cast<Eigen::Index>(y.size()) || positive + std::count(y.begin(), y.end(), 0) != x.rows())
    throw Error(ExitCode::bug, "a learner needs one outcome, 0 or 1, for each row");
  if (positive == 0 || positive == x.rows()) throw InputError("every case to learn from has the same outcome");
}

/// The one column, if it can be a probability.
Eigen::VectorXd probabilities(const Eigen::MatrixXd& x) {
  if (x.cols() != 1)
    throw InputError("the learner as_is takes one column, a probability, and was given " + std::to_string(x.cols()) +
                     ": name one score in train.models, such as [deep.cnn]");
  if (x.rows() > 0 && !(x.minCoeff() >= 0 && x.maxCoeff() <= 1))
    throw InputError("the learner as_is takes a probability, and its column has values outside 0 to 1");
  return x.col(0);
}

BoosterSettings booster_settings(const XgboostParams& p, const Settings& settings, std::uint64_t seed) {
  return {.rounds = p.rounds,
          .depth = static_cast<int>(setting(settings, "depth")),
          .learning_rate = setting(settings, "learning_rate"),
          .subsample = p.subsample,
          .columns = p.columns,
          .lambda = p.lambda,
          .min_child_weight = p.min_child_weight,
          .tree_method = p.tree_method,
          .seed = seed};
}

}  // namespace

std::string to_text(const Settings& settings) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : settings) parts.push_back(name + "=" + text::from_double(value));
  return text::join(parts, " ");
}

std::vector<Settings> candidates(Learner learner, const TrainParams& params) {
  std::vector<Settings> all;
  switch (learner) {
    case Learner::logistic:
      for (const double c : params.logistic.c) all.push_back({{"c", c}});
      break;
    case Learner::xgboost:
      for (const double depth : params.xgboost.depth)
        for (const double rate : params.xgboost.learning_rate)
          all.push_back({{"depth", depth}, {"learning_rate", rate}});
      break;
    case Learner::as_is:
      all.emplace_back();
      break;
  }
  return all;
}

Learner FittedLearner::kind() const {
  return state_->kind;
}

Eigen::Index FittedLearner::column_count() const {
  if (state_->as_is) return 1;
  return state_->booster ? state_->booster->column_count() : state_->linear.mean.size();
}

Eigen::VectorXd FittedLearner::predict(const Eigen::MatrixXd& x) const {
  if (x.cols() != column_count()) throw Error(ExitCode::bug, "a fitted learner was given other columns");
  if (state_->as_is) return probabilities(x);
  if (state_->booster) return state_->booster->probability(x);
  return state_->linear.log_odds(x).unaryExpr([](double z) { return stats::logistic(z); });
}

FittedLearner fit_learner(Learner learner, const TrainParams& params, const Settings& settings,
                          const Eigen::MatrixXd& x, const std::vector<int>& y, std::uint64_t seed) {
  check_problem(x, y);
  const std::vector<double> weight = case_weights(y, params.class_weight);
  auto state = std::make_shared<FittedLearner::State>();
  state->kind = learner;
  if (learner == Learner::as_is)
    state->as_is = AsIs{probabilities(x).mean()};
  else if (x.cols() == 0)
    state->linear = constant_model(y, weight);
  else if (learner == Learner::xgboost)
    state->booster = Booster::train(x, y, weight, booster_settings(params.xgboost, settings, seed));
  else
    state->linear = fit_linear(x, y, weight, setting(settings, "c"), params.logistic.standardise);
  return FittedLearner(std::move(state));
}

}  // namespace radfuse
