// SPDX-License-Identifier: Apache-2.0
// Fitted steps that treat each column by itself, projections and scores.
#include <algorithm>

#include "radfuse/stats/yeo_johnson.hpp"
#include "state.hpp"

namespace radfuse {

void apply_step(const FittedScale& step, Columns& columns) {
  const auto positions = columns.find(step.columns);
  for (std::size_t c = 0; c < positions.size(); ++c) {
    const auto from = static_cast<Eigen::Index>(c);
    auto column = columns.values.col(positions[c]).array();
    column = (column - step.centre[from]) / step.scale[from];
  }
}

void apply_step(const FittedPower& step, Columns& columns) {
  const auto positions = columns.find(step.columns);
  for (std::size_t c = 0; c < positions.size(); ++c)
    for (double& value : columns.values.col(positions[c]))
      value = stats::yeo_johnson(value, step.lambda[static_cast<Eigen::Index>(c)]);
}

void apply_step(const FittedClip& step, Columns& columns) {
  const auto positions = columns.find(step.columns);
  for (std::size_t c = 0; c < positions.size(); ++c) {
    const auto from = static_cast<Eigen::Index>(c);
    for (double& value : columns.values.col(positions[c])) value = std::clamp(value, step.low[from], step.high[from]);
  }
}

void apply_step(const FittedProjection& step, Columns& columns) {
  const auto replaced = columns.find(step.columns);
  Eigen::MatrixXd components(columns.values.rows(), step.loadings.cols());
  // Row by row and column by column: a row's numbers do not depend on the other rows.
  for (Eigen::Index r = 0; r < components.rows(); ++r)
    for (Eigen::Index k = 0; k < components.cols(); ++k) {
      double sum = 0;
      for (std::size_t c = 0; c < replaced.size(); ++c) {
        const auto from = static_cast<Eigen::Index>(c);
        sum += (columns.values(r, replaced[c]) - step.mean[from]) * step.loadings(from, k);
      }
      components(r, k) = sum;
    }
  std::vector<bool> is_replaced(columns.names.size(), false);
  for (const Eigen::Index position : replaced) is_replaced[static_cast<std::size_t>(position)] = true;
  Columns next;
  std::vector<Eigen::Index> left;
  for (std::size_t c = 0; c < columns.names.size(); ++c)
    if (!is_replaced[c]) {
      left.push_back(static_cast<Eigen::Index>(c));
      next.names.push_back(columns.names[c]);
    }
  next.names.insert(next.names.end(), step.components.begin(), step.components.end());
  next.values.resize(columns.values.rows(), static_cast<Eigen::Index>(next.names.size()));
  next.values.leftCols(static_cast<Eigen::Index>(left.size())) = columns.values(Eigen::all, left);
  next.values.rightCols(components.cols()) = components;
  columns = std::move(next);
}

void apply_step(const FittedScore& step, Columns& columns) {
  const auto positions = columns.find(step.columns);
  const Eigen::Index at = columns.values.cols();
  columns.values.conservativeResize(Eigen::NoChange, at + 1);
  columns.names.push_back(step.name);
  for (Eigen::Index r = 0; r < columns.values.rows(); ++r) {
    double sum = step.intercept;
    for (std::size_t c = 0; c < positions.size(); ++c)
      sum += step.coefficients[static_cast<Eigen::Index>(c)] * columns.values(r, positions[c]);
    columns.values(r, at) = sum;
  }
}

FittedScale keep_columns(const FittedScale& step, const std::vector<std::string>& kept) {
  const auto positions = positions_in(step.columns, kept);
  return {kept, step.centre(positions), step.scale(positions)};
}

FittedPower keep_columns(const FittedPower& step, const std::vector<std::string>& kept) {
  return {kept, step.lambda(positions_in(step.columns, kept))};
}

FittedClip keep_columns(const FittedClip& step, const std::vector<std::string>& kept) {
  const auto positions = positions_in(step.columns, kept);
  return {kept, step.low(positions), step.high(positions)};
}

FittedProjection keep_components(const FittedProjection& step, const std::vector<std::string>& kept) {
  return {step.columns, kept, step.mean, step.loadings(Eigen::all, positions_in(step.components, kept))};
}

}  // namespace radfuse
