// SPDX-License-Identifier: Apache-2.0
// Gradients of fused models, without knowing what they are made of.
#include "direction.hpp"

#include <algorithm>
#include <cmath>

#include "radfuse/base/error.hpp"

namespace radfuse::deep {
namespace {

// Of the values that are there; 1 where they do not vary.
double spread(const Eigen::VectorXd& values) {
  double sum = 0, squares = 0, count = 0;
  for (const double value : values)
    if (std::isfinite(value)) {
      sum += value;
      ++count;
    }
  for (const double value : values)
    if (std::isfinite(value)) squares += (value - sum / count) * (value - sum / count);
  return squares > 0 ? std::sqrt(squares / (count - 1)) : 1.0;
}

}  // namespace

std::vector<double> direction_of(const TrainedModel& model, const FittedChain& chain, const Dataset& data,
                                 Eigen::Index row, std::span<const std::string> columns) {
  // The whole table goes through the chain: what becomes of one row may depend on the others of a new site.
  const auto log_odds = [&](Eigen::Index column, double value) {
    Dataset moved = data;
    Eigen::MatrixXd values = data.table.values();
    values(row, column) = value;
    moved.table = FeatureTable(data.table.columns(), data.table.rows(), std::move(values));
    const double p = model.learner.predict(model_matrix(model, chain, moved).row(row))[0];
    return std::log(p) - std::log1p(-p);
  };
  const std::vector<std::string>& needed = chain.input_columns();
  std::vector<double> direction;
  for (const std::string& name : columns) {
    direction.push_back(0);
    const Eigen::Index column = data.table.column_index(name);
    if (column < 0 || std::ranges::find(needed, name) == needed.end()) continue;
    const double value = data.table.values()(row, column);
    if (!std::isfinite(value)) continue;
    const double step = 1e-3 * spread(data.table.values().col(column));
    direction.back() = (log_odds(column, value + step) - log_odds(column, value - step)) / (2 * step);
    if (!std::isfinite(direction.back()))
      throw CaseError("the probability of " + model.name() + " is 0 or 1 to all digits: no feature changes it");
  }
  return direction;
}

}  // namespace radfuse::deep
