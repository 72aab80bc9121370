// SPDX-License-Identifier: Apache-2.0
// Gradients of fused models, without knowing what they are made of.
#include "direction.hpp"

#include <algorithm>
#include <cmath>

#include "radfuse/base/error.hpp"
#include "radfuse/stats/descriptive.hpp"

namespace radfuse::deep {
namespace {

// Of the values that are there; 1 where they do not vary.
double spread(const Eigen::VectorXd& values) {
  const double variance = stats::variance(stats::present(values));
  return variance > 0 ? std::sqrt(variance) : 1.0;
}

}  // namespace

std::vector<double> direction_of(const TrainedModel& model, const FittedChain& chain, const Dataset& data,
                                 Eigen::Index row, std::span<const std::string> columns) {
  const std::vector<std::string>& needed = chain.input_columns();
  std::vector<Eigen::Index> places;
  for (const std::string& name : needed) places.push_back(data.table.column_index(name));
  const Eigen::MatrixXd values = data.table.values()(Eigen::all, places);
  // All rows go through the chain: what becomes of one row may depend on the others of a new site.
  const auto log_odds = [&](Eigen::Index column, double value) {
    Eigen::MatrixXd moved = values;
    moved(row, column) = value;
    const FeatureTable seen = apply(chain, FeatureTable(needed, data.table.rows(), std::move(moved)), data.site);
    const double p = model.learner.predict(seen.values().row(row))[0];
    return std::log(p) - std::log1p(-p);
  };
  std::vector<double> direction;
  for (const std::string& name : columns) {
    direction.push_back(0);
    const auto at = std::ranges::find(needed, name);
    if (at == needed.end()) continue;
    const Eigen::Index column = at - needed.begin();
    const double value = values(row, column);
    if (!std::isfinite(value)) continue;
    const double step = 1e-3 * spread(values.col(column));
    direction.back() = (log_odds(column, value + step) - log_odds(column, value - step)) / (2 * step);
    if (!std::isfinite(direction.back()))
      throw CaseError("the probability of " + model.name() + " is 0 or 1 to all digits: no feature changes it");
  }
  return direction;
}

}  // namespace radfuse::deep
