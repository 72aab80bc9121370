// SPDX-License-Identifier: Apache-2.0
// impute, variance, scale: steps that look at one column at a time.
#include <cmath>

#include "radfuse/stats/descriptive.hpp"
#include "radfuse/stats/yeo_johnson.hpp"
#include "working.hpp"

namespace radfuse {
namespace {

const char* const kConstant = "constant over the training rows";

}  // namespace

void fit_step(const ImputeParams& params, Working& working) {
  std::map<Eigen::Index, std::string> dropped;
  for (const Eigen::Index c : working.scope(params.on)) {
    const Eigen::VectorXd column = working.columns().values.col(c);
    std::vector<Eigen::Index> there;
    for (Eigen::Index i = 0; i < column.size(); ++i)
      if (!std::isnan(column[i])) there.push_back(i);
    const Eigen::Index missing = column.size() - static_cast<Eigen::Index>(there.size());
    const std::string count = std::to_string(missing) + " of " + std::to_string(column.size()) + " training values";
    if (there.empty() || static_cast<double>(missing) > params.most * static_cast<double>(column.size())) {
      dropped[c] = count + " are missing: more than " + significant(params.most * 100, 3) + " %";
      continue;
    }
    const Eigen::VectorXd values = column(there);
    working.fill_gaps(c, params.method == ImputeMethod::mean ? stats::mean(values) : stats::median(values));
    if (missing > 0) working.note(c, count + " were filled");
  }
  working.drop(dropped);
}

void fit_step(const VarianceParams& params, Working& working) {
  std::map<Eigen::Index, std::string> dropped;
  for (const Eigen::Index c : working.complete_scope(params.on)) {
    const auto column = working.columns().values.col(c);
    if (stats::is_constant(column)) {
      dropped[c] = kConstant;
    } else if (const double sd = std::sqrt(stats::variance(column)); sd <= params.least_sd) {
      dropped[c] = "standard deviation " + significant(sd, 3) + " <= " + significant(params.least_sd, 3);
    }
  }
  working.drop(dropped);
}

void fit_step(const WinsoriseParams& params, Working& working) {
  const auto positions = working.complete_scope(params.on);
  if (positions.empty()) return;
  const auto count = static_cast<Eigen::Index>(positions.size());
  FittedClip step{.columns = {}, .low = Eigen::VectorXd(count), .high = Eigen::VectorXd(count)};
  for (Eigen::Index k = 0; k < count; ++k) {
    const Eigen::Index c = positions[static_cast<std::size_t>(k)];
    const Eigen::VectorXd column = working.columns().values.col(c);
    step.columns.push_back(working.columns().names[static_cast<std::size_t>(c)]);
    step.low[k] = stats::quantile(column, params.percentiles[0] / 100);
    step.high[k] = stats::quantile(column, params.percentiles[1] / 100);
  }
  working.push(std::move(step));
}

void fit_step(const ScaleParams& params, Working& working) {
  const auto positions = working.varying_scope(params.on);
  if (positions.empty()) return;
  if (params.method == ScaleMethod::yeo_johnson) {
    FittedPower power{.columns = {}, .lambda = Eigen::VectorXd(static_cast<Eigen::Index>(positions.size()))};
    for (std::size_t k = 0; k < positions.size(); ++k) {
      power.columns.push_back(working.columns().names[static_cast<std::size_t>(positions[k])]);
      power.lambda[static_cast<Eigen::Index>(k)] =
          stats::yeo_johnson_lambda(working.columns().values.col(positions[k]));
    }
    working.push(std::move(power));
  }
  const auto count = static_cast<Eigen::Index>(positions.size());
  FittedScale step{.columns = {}, .centre = Eigen::VectorXd(count), .scale = Eigen::VectorXd(count)};
  for (Eigen::Index k = 0; k < count; ++k) {
    const Eigen::Index c = positions[static_cast<std::size_t>(k)];
    const Eigen::VectorXd column = working.columns().values.col(c);
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
