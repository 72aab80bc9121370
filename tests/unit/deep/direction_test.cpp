// SPDX-License-Identifier: Apache-2.0
// The direction of a model whose gradient is known: a logistic regression behind z-scores and a logarithm-like power.
#include "direction.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "radfuse/base/error.hpp"
#include "radfuse/base/hash.hpp"

namespace radfuse::deep {
namespace {

Dataset sixteen_cases() {
  Dataset data;
  std::vector<RowKey> keys;
  Eigen::MatrixXd values(16, 4);
  for (int i = 0; i < 16; ++i) {
    values.row(i) << (i * 5) % 16, 0.01 * ((i * 7) % 16) + 3, (i * 3) % 16, i % 5;
    keys.push_back({"c" + std::string(1, static_cast<char>('a' + i)), "", ""});
    data.outcome.push_back(i % 3 == 0 ? 1 : 0);
    data.patient.push_back(keys.back().case_id);
    data.site.push_back("A");
    data.split.push_back(i < 12 ? Split::train : Split::test);
  }
  data.table = data.readings = FeatureTable({"deep.net.us.0", "deep.net.us.1", "deep.net.us.2", "rad.a"}, keys, values);
  return data;
}

TrainedModel logistic_behind(const FittedChain& chain, const Dataset& data) {
  const TrainingRows rows = training_split(data);
  std::vector<std::string> none;
  const FeatureTable seen = apply(chain, data.table, data.site, &none);
  Eigen::MatrixXd x(static_cast<Eigen::Index>(rows.rows().size()), seen.values().cols());
  std::vector<int> y;
  for (std::size_t i = 0; i < rows.rows().size(); ++i) {
    x.row(static_cast<Eigen::Index>(i)) = seen.values().row(rows.rows()[i]);
    y.push_back(data.outcome[static_cast<std::size_t>(rows.rows()[i])]);
  }
  const FittedLearner learner = fit_learner(Learner::logistic, {}, {{"c", 1.0}}, x, y, 1);
  return {"fusion", Learner::logistic, {"deep"}, chain.columns(), {}, {}, 0.5, 0, {}, sha256(to_json(chain)), learner};
}

// The slope of the fitted regression by each column, from two probabilities.
double slope(const TrainedModel& model, Eigen::Index column) {
  Eigen::MatrixXd x = Eigen::MatrixXd::Zero(2, static_cast<Eigen::Index>(model.columns.size()));
  x(1, column) = 1;
  const Eigen::VectorXd p = model.learner.predict(x);
  return std::log(p[1] / (1 - p[1])) - std::log(p[0] / (1 - p[0]));
}

double training_sd(const Dataset& data, Eigen::Index column) {
  const Eigen::VectorXd x = data.table.values().col(column).head(12);
  return std::sqrt((x.array() - x.mean()).square().sum() / 11);
}

TEST(DirectionOf, IsSlopeOverStandardDeviationBehindZScores) {
  const Dataset data = sixteen_cases();
  const std::vector<std::string> blocks = {"deep", "rad"};
  const FittedChain chain = fit_chain({StepParams{ScaleParams{}}}, training_split(data), blocks, 1);
  const TrainedModel model = logistic_behind(chain, data);
  const std::vector<std::string> columns = {"deep.net.us.2", "deep.net.us.0", "deep.net.us.1"};
  for (const Eigen::Index row : {12, 15}) {
    const auto direction = direction_of(model, chain, data, row, columns);
    ASSERT_EQ(direction.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) {
      const Eigen::Index column = data.table.column_index(columns[i]);
      EXPECT_NEAR(direction[i], slope(model, column) / training_sd(data, column), 1e-8 * std::abs(direction[i]))
          << columns[i];
    }
  }
}

TEST(DirectionOf, IsNothingForWhatTheChainDroppedAndForMissingValues) {
  Dataset data = sixteen_cases();
  const std::vector<std::string> blocks = {"deep"};
  const FittedChain chain = fit_chain({StepParams{ScaleParams{}}}, training_split(data), blocks, 1);
  const TrainedModel model = logistic_behind(chain, data);
  Eigen::MatrixXd values = data.table.values();
  values(13, 1) = std::nan("");
  data.table = FeatureTable(data.table.columns(), data.table.rows(), values);
  const auto direction =
      direction_of(model, chain, data, 13, std::vector<std::string>{"deep.net.us.0", "deep.net.us.1", "rad.a"});
  EXPECT_NE(direction[0], 0);
  EXPECT_EQ(direction[1], 0);
  EXPECT_EQ(direction[2], 0);
}

}  // namespace
}  // namespace radfuse::deep
