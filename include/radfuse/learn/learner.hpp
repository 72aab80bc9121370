// SPDX-License-Identifier: Apache-2.0
// Learners: features and outcomes in, an immutable fitted model out that gives probabilities.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "radfuse/learn/params.hpp"

namespace radfuse {

/// The settings of a learner that inner folds choose, by the name of their key: {{"c", 0.1}}.
using Settings = std::vector<std::pair<std::string, double>>;
/// "depth=2 learning_rate=0.05"
std::string to_text(const Settings& settings);
/// Every combination that the parameters offer, in the order of the study file.
std::vector<Settings> candidates(Learner learner, const TrainParams& params);

/// A fitted learner: an immutable value. Features come in the column order that it was fitted on. A missing value (NaN)
/// counts as the column's training mean for logistic; XGBoost learns on which side of a threshold missing values go.
class FittedLearner {
 public:
  struct State;
  explicit FittedLearner(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  const State& state() const { return *state_; }
  Learner kind() const;
  Eigen::Index column_count() const;
  /// Probability of outcome 1 for each row of `x`. Throws Error(bug) when the number of columns differs.
  Eigen::VectorXd predict(const Eigen::MatrixXd& x) const;

 private:
  std::shared_ptr<const State> state_;
};

/// Fits on x (rows are cases) and y (0 or 1, both present). With no column, or none that varies, the prediction is the
/// share of outcome 1. The same input gives the same model on any thread.
FittedLearner fit_learner(Learner learner, const TrainParams& params, const Settings& settings,
                          const Eigen::MatrixXd& x, const std::vector<int>& y, std::uint64_t seed);

/// JSON that reads back to the same bytes and the same probabilities. `columns` are named in the logistic model so that
/// a person can compute it by hand; the XGBoost part is XGBoost's own JSON model.
std::string to_json(const FittedLearner& learner, const std::vector<std::string>& columns);
/// Throws InputError when the text is no such model.
FittedLearner learner_from_json(std::string_view json);

}  // namespace radfuse
