// SPDX-License-Identifier: Apache-2.0
// forward: one feature after the other, each the one whose logistic regression, together with those taken before, tells
// held-out training cases apart best.
#include <algorithm>
#include <cmath>

#include "radfuse/base/parallel.hpp"
#include "radfuse/base/stop.hpp"
#include "radfuse/stats/descriptive.hpp"
#include "radfuse/stats/logistic.hpp"
#include "working.hpp"

namespace radfuse {
namespace {

// One fold: columns scaled to mean 0 and SD 1 over its fitting rows.
struct Part {
  Eigen::MatrixXd fit, held;
  Eigen::VectorXi fit_outcome, held_outcome;
};

std::vector<Part> parts_of(const Eigen::MatrixXd& x, const Eigen::VectorXi& outcome, const std::vector<int>& fold) {
  std::vector<Part> parts;
  for (int f = 0; f <= *std::max_element(fold.begin(), fold.end()); ++f) {
    std::vector<Eigen::Index> fit, held;
    for (std::size_t i = 0; i < fold.size(); ++i) (fold[i] == f ? held : fit).push_back(static_cast<Eigen::Index>(i));
    Part part{x(fit, Eigen::all), x(held, Eigen::all), outcome(fit), outcome(held)};
    for (Eigen::Index j = 0; j < x.cols(); ++j) {
      const double mean = part.fit.col(j).mean();
      const double sd = std::sqrt((part.fit.col(j).array() - mean).square().mean());
      part.fit.col(j) = (part.fit.col(j).array() - mean) / (sd > 0 ? sd : 1);
      part.held.col(j) = (part.held.col(j).array() - mean) / (sd > 0 ? sd : 1);
    }
    parts.push_back(std::move(part));
  }
  return parts;
}

// Mean over the folds.
double area(const std::vector<Part>& parts, const std::vector<Eigen::Index>& columns, double c) {
  double sum = 0;
  for (const Part& part : parts) {
    const stats::RidgeFit fit = stats::fit_logistic_ridge(part.fit(Eigen::all, columns), part.fit_outcome, c);
    sum += stats::auc(part.held_outcome, part.held(Eigen::all, columns) * fit.coefficients);
  }
  return sum / static_cast<double>(parts.size());
}

}  // namespace

void fit_step(const ForwardParams& params, Working& working) {
  const auto positions = working.varying_scope(params.on);
  if (positions.empty()) return;
  const auto folds = folds_of_rows(params.folds, "select.forward", working);
  const std::vector<Part> parts = parts_of(working.values_of(positions), working.outcome(), folds);
  std::vector<Eigen::Index> chosen;
  std::vector<double> reached(positions.size());
  double best_area = 0.5;
  while (chosen.size() < std::min(positions.size(), static_cast<std::size_t>(params.features))) {
    throw_if_stopped();
    parallel_for(positions.size(), working.threads(), [&](std::size_t k) {
      reached[k] = -1;
      const auto column = static_cast<Eigen::Index>(k);
      if (std::find(chosen.begin(), chosen.end(), column) != chosen.end()) return;
      std::vector<Eigen::Index> columns = chosen;
      columns.push_back(column);
      reached[k] = area(parts, columns, params.c);
    });
    const auto best = std::max_element(reached.begin(), reached.end());  // the first of equals
    if (!chosen.empty() && !(*best >= best_area + params.least_gain)) break;
    chosen.push_back(static_cast<Eigen::Index>(best - reached.begin()));
    best_area = *best;
    working.note(positions[static_cast<std::size_t>(chosen.back())],
                 "taken as number " + std::to_string(chosen.size()) + ", cross-validated AUC " + fixed(best_area, 3),
                 {"AUC", best_area});
  }
  Reasons dropped;
  for (std::size_t k = 0; k < positions.size(); ++k)
    if (std::find(chosen.begin(), chosen.end(), static_cast<Eigen::Index>(k)) == chosen.end())
      dropped[positions[k]] = {"not taken: in the last round the cross-validated AUC with it was " +
                                   (reached[k] < 0 ? std::string("no better") : fixed(reached[k], 3)),
                               {"AUC", reached[k] < 0 ? Measured::kNone : reached[k]}};
  working.remark(std::to_string(chosen.size()) + " of " + std::to_string(positions.size()) +
                 " features were taken; their cross-validated AUC of " + fixed(best_area, 3) +
                 " was used to choose them and is too good");
  working.drop(dropped);
}

}  // namespace radfuse
