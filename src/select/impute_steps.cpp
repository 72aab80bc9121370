// SPDX-License-Identifier: Apache-2.0
// impute and variance: what is done about missing values and about features that hardly vary.
#include <algorithm>
#include <cmath>
#include <limits>

#include "radfuse/base/error.hpp"
#include "radfuse/base/stop.hpp"
#include "radfuse/stats/descriptive.hpp"
#include "radfuse/stats/neighbours.hpp"
#include "working.hpp"

namespace radfuse {
namespace {

std::string filled_remark(const std::vector<std::string>& filled) {
  return "missing values were replaced by those of the training rows: " + some_of(filled);
}

// "rad.f06 (1)" for each column with gaps.
std::vector<std::string> gaps_of(const std::vector<std::string>& names, const std::vector<Eigen::Index>& positions,
                                 const Eigen::MatrixXd& values) {
  std::vector<std::string> found;
  for (std::size_t c = 0; c < positions.size(); ++c)
    if (const auto gaps = values.col(positions[c]).array().isNaN().count(); gaps > 0)
      found.push_back(names[c] + " (" + std::to_string(gaps) + ")");
  return found;
}

// caret's nearZeroVar: the counts of the two most common values.
struct Commonness {
  double ratio = 0;             // infinite when there is one value only
  double distinct_percent = 0;  // of the values that are there
};
Commonness commonness_of(Eigen::VectorXd there) {
  std::sort(there.begin(), there.end());
  Eigen::Index first = 0, second = 0, distinct = 0;
  for (Eigen::Index from = 0; from < there.size();) {
    Eigen::Index to = from;
    while (to < there.size() && there[to] == there[from]) ++to;
    ++distinct;
    second = std::max(second, std::min(first, to - from));
    first = std::max(first, to - from);
    from = to;
  }
  return {
      second > 0 ? static_cast<double>(first) / static_cast<double>(second) : std::numeric_limits<double>::infinity(),
      100 * static_cast<double>(distinct) / static_cast<double>(there.size())};
}

std::string hardly_varies(const Eigen::VectorXd& there, const VarianceParams& params) {
  if (stats::is_constant(there)) return "constant over the training rows";
  if (const double sd = std::sqrt(stats::variance(there)); sd <= params.least_sd)
    return "standard deviation " + significant(sd, 3) + " <= " + significant(params.least_sd, 3);
  if (params.frequency_ratio <= 0) return {};
  const Commonness found = commonness_of(there);
  if (!(found.ratio > params.frequency_ratio && found.distinct_percent <= params.distinct_percent)) return {};
  return "the most common value is " + significant(found.ratio, 3) + " times as common as the second, and " +
         significant(found.distinct_percent, 3) + " % of the values are different";
}

}  // namespace

void fit_step(const ImputeParams& params, Working& working) {
  Reasons dropped;
  const Eigen::Index rows = working.columns().values.rows();
  for (const Eigen::Index c : working.scope(params.on)) {
    const Eigen::Index missing = working.columns().values.col(c).array().isNaN().count();
    const std::string count = std::to_string(missing) + " of " + std::to_string(rows) + " training values";
    const Measured share = {"share missing", static_cast<double>(missing) / static_cast<double>(rows)};
    if (missing == rows || static_cast<double>(missing) > params.most * static_cast<double>(rows))
      dropped[c] = {count + " are missing: more than " + significant(params.most * 100, 3) + " %", share};
    else if (missing > 0)
      working.note(c, count + " were filled", share);
    else
      working.pass(c, share);
  }
  working.drop(dropped);
  const auto positions = working.scope(params.on);
  if (positions.empty()) return;
  const std::vector<std::string> columns = working.names_of(positions);
  if (params.method == ImputeMethod::nearest) {
    working.push(FittedNeighbours{columns, params.neighbours, working.values_of(positions)});
    return;
  }
  Eigen::VectorXd value(static_cast<Eigen::Index>(positions.size()));
  for (std::size_t k = 0; k < positions.size(); ++k) {
    const Eigen::VectorXd there = working.present(positions[k]);
    value[static_cast<Eigen::Index>(k)] =
        params.method == ImputeMethod::mean ? stats::mean(there) : stats::median(there);
  }
  working.push(FittedImpute{columns, value});
}

void fit_step(const VarianceParams& params, Working& working) {
  Reasons dropped;
  const auto rows = static_cast<double>(working.columns().values.rows());
  for (const Eigen::Index c : working.scope(params.on)) {
    const Eigen::VectorXd there = working.present(c);
    const Measured spread = {"standard deviation", std::sqrt(stats::variance(there))};
    const double missing = rows - static_cast<double>(there.size());
    if (there.size() == 0 || missing > params.most_missing * rows)
      dropped[c] = significant(missing, 9) + " of " + significant(rows, 9) +
                   " training values are missing: more than " + significant(params.most_missing * 100, 3) + " %";
    else if (const std::string why = hardly_varies(there, params); !why.empty())
      dropped[c] = {why, spread};
    else
      working.pass(c, spread);
  }
  working.drop(dropped);
}

void apply_step(const FittedImpute& step, Columns& columns, std::vector<std::string>& remarks) {
  const auto positions = columns.find(step.columns);
  if (const auto filled = gaps_of(step.columns, positions, columns.values); !filled.empty())
    remarks.push_back(filled_remark(filled));
  for (std::size_t c = 0; c < positions.size(); ++c)
    for (double& value : columns.values.col(positions[c]))
      if (std::isnan(value)) value = step.value[static_cast<Eigen::Index>(c)];
}

void apply_step(const FittedNeighbours& step, Columns& columns, std::vector<std::string>& remarks) {
  const auto positions = columns.find(step.columns);
  const auto filled = gaps_of(step.columns, positions, columns.values);
  if (filled.empty()) return;
  remarks.push_back(filled_remark(filled));
  const stats::NearestRows nearest(step.rows, step.neighbours);
  for (Eigen::Index r = 0; r < columns.values.rows(); ++r) {
    throw_if_stopped();
    const Eigen::VectorXd row = columns.values(r, positions).transpose();
    if (!row.hasNaN()) continue;
    columns.values(r, positions) = nearest.fill(row).transpose();
  }
}

FittedImpute keep_columns(const FittedImpute& step, const std::vector<std::string>& kept) {
  return {kept, step.value(positions_in(step.columns, kept))};
}

}  // namespace radfuse
