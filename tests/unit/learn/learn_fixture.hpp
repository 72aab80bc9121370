// SPDX-License-Identifier: Apache-2.0
// Small datasets whose outcome is known to depend, or not, on their features.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "radfuse/base/rng.hpp"
#include "radfuse/learn/validation.hpp"

namespace radfuse::test {

struct CohortShape {
  int train = 60, external = 20;
  int features = 6;
  double strength = 1.5;  ///< log-odds for one SD of rad.f0; 0: pure noise
  int cases_of_patient = 1;
};

inline std::string numbered(const std::string& head, int n) {
  const std::string digits = std::to_string(n);
  return head + std::string(4 - digits.size(), '0') + digits;
}

/// Standard normal features rad.f0.., clin.age; the training patients alternate between sites A and B, external ones
/// come from C. Half of each part's patients are positive when there is no signal.
inline Dataset make_cohort(const CohortShape& c, std::uint64_t seed) {
  Rng rng(seed, "learn fixture");
  Dataset data;
  std::vector<std::string> columns{"clin.age"};
  for (int j = 0; j < c.features; ++j) columns.push_back("rad.f" + std::to_string(j));
  std::vector<RowKey> keys;
  const int patients = c.train + c.external;
  Eigen::MatrixXd values(patients * c.cases_of_patient, c.features + 1);
  for (int patient = 0; patient < patients; ++patient) {
    const bool training = patient < c.train;
    int outcome = patient % 2;
    for (int k = 0; k < c.cases_of_patient; ++k) {
      const auto row = static_cast<Eigen::Index>(keys.size());
      values(row, 0) = 50 + 10 * rng.normal();
      for (int j = 1; j <= c.features; ++j) values(row, j) = rng.normal();
      if (c.strength > 0 && k == 0) outcome = rng.uniform() < 1 / (1 + std::exp(-c.strength * values(row, 1))) ? 1 : 0;
      keys.push_back({numbered("P", patient) + "_" + std::to_string(k), "", ""});
      data.outcome.push_back(outcome);
      data.patient.push_back(numbered("P", patient));
      data.site.push_back(!training ? "C" : (patient / 2) % 2 == 0 ? "A" : "B");
      data.split.push_back(training ? Split::train : Split::external);
    }
  }
  data.table = FeatureTable(columns, keys, values);
  data.readings = FeatureTable(columns, keys, values);
  return data;
}

/// Two models, both learners, a quick grid.
inline TrainPlan quick_plan() {
  TrainPlan plan;
  plan.params.models = {{"rad", {"rad"}}, {"fusion", {"rad", "clin"}}};
  plan.params.validation = {.folds = 3, .repeats = 2, .inner_folds = 3};
  plan.params.logistic.c = {0.1, 1};
  plan.params.xgboost.rounds = 10;
  plan.params.xgboost.depth = {1, 2};
  plan.params.xgboost.learning_rate = {0.3};
  plan.steps = {StepParams{ScaleParams{}}};
  plan.seed = 7;
  return plan;
}

inline std::vector<Prediction> all_predictions(const std::vector<ValidationResult>& results) {
  std::vector<Prediction> all;
  for (const auto& result : results) all.insert(all.end(), result.predictions.begin(), result.predictions.end());
  return all;
}

}  // namespace radfuse::test
