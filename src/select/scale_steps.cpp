// SPDX-License-Identifier: Apache-2.0
// scale, winsorise: steps that look at one column at a time. Missing values stay missing.
#include <cmath>

#include "radfuse/stats/descriptive.hpp"
#include "radfuse/stats/yeo_johnson.hpp"
#include "working.hpp"

namespace radfuse {

void fit_step(const WinsoriseParams& params, Working& working) {
  const auto positions = working.present_scope(params.on);
  if (positions.empty()) return;
  const auto count = static_cast<Eigen::Index>(positions.size());
  FittedClip step{.columns = {}, .low = Eigen::VectorXd(count), .high = Eigen::VectorXd(count)};
  for (Eigen::Index k = 0; k < count; ++k) {
    const Eigen::Index c = positions[static_cast<std::size_t>(k)];
    const Eigen::VectorXd column = working.present(c);
    step.columns.push_back(working.columns().names[static_cast<std::size_t>(c)]);
    step.low[k] = stats::quantile(column, params.percentiles[0] / 100);
    step.high[k] = stats::quantile(column, params.percentiles[1] / 100);
  }
  working.push(std::move(step));
}

void fit_step(const ScaleParams& params, Working& working) {
  const auto positions = working.present_scope(params.on);
  if (positions.empty()) return;
  if (params.method == ScaleMethod::yeo_johnson) {
    FittedPower power{.columns = {}, .lambda = Eigen::VectorXd(static_cast<Eigen::Index>(positions.size()))};
    for (std::size_t k = 0; k < positions.size(); ++k) {
      power.columns.push_back(working.columns().names[static_cast<std::size_t>(positions[k])]);
      power.lambda[static_cast<Eigen::Index>(k)] = stats::yeo_johnson_lambda(working.present(positions[k]));
    }
    working.push(std::move(power));
  }
  const auto count = static_cast<Eigen::Index>(positions.size());
  FittedScale step{.columns = {}, .centre = Eigen::VectorXd(count), .scale = Eigen::VectorXd(count)};
  for (Eigen::Index k = 0; k < count; ++k) {
    const Eigen::Index c = positions[static_cast<std::size_t>(k)];
    const Eigen::VectorXd column = working.present(c);
    step.columns.push_back(working.columns().names[static_cast<std::size_t>(c)]);
    step.centre[k] = stats::mean(column);
    step.scale[k] = std::sqrt(stats::variance(column));
    if (params.method == ScaleMethod::robust) {
      step.centre[k] = stats::median(column);
      if (const double range = stats::quantile(column, 0.75) - stats::quantile(column, 0.25); range > 0)
        step.scale[k] = range;
    }
    if (params.method == ScaleMethod::min_max) {
      step.centre[k] = column.minCoeff();
      step.scale[k] = column.maxCoeff() - column.minCoeff();
    }
  }
  working.push(std::move(step));
}

}  // namespace radfuse
