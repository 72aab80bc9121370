// SPDX-License-Identifier: Apache-2.0
// Calibration measures.
#include "radfuse/stats/calibration.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "distributions.hpp"
#include "radfuse/stats/descriptive.hpp"
#include "radfuse/stats/logistic.hpp"

namespace radfuse::stats {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

struct Group {
  int total = 0, events = 0;
  double predicted = 0;  // sum of probabilities
};

std::vector<Group> group_by_quantile(const Eigen::Ref<const Eigen::VectorXi>& label,
                                     const Eigen::Ref<const Eigen::VectorXd>& probability, int groups) {
  std::vector<double> breaks;
  for (int g = 0; g <= groups; ++g) breaks.push_back(quantile(probability, static_cast<double>(g) / groups));
  breaks.erase(std::unique(breaks.begin(), breaks.end()), breaks.end());
  if (breaks.size() < 2) breaks.push_back(breaks.front());
  std::vector<Group> result(breaks.size() - 1);
  for (Eigen::Index i = 0; i < label.size(); ++i) {
    // The first break that is not below the value closes its group.
    const auto at = std::lower_bound(breaks.begin() + 1, breaks.end() - 1, probability[i]) - breaks.begin() - 1;
    Group& group = result[static_cast<std::size_t>(at)];
    ++group.total;
    group.events += label[i] == 1;
    group.predicted += probability[i];
  }
  std::erase_if(result, [](const Group& g) { return g.total == 0; });
  return result;
}

}  // namespace

Calibration calibration(const Eigen::Ref<const Eigen::VectorXi>& label,
                        const Eigen::Ref<const Eigen::VectorXd>& probability) {
  const Eigen::VectorXd y = label.cast<double>();
  Calibration result;
  result.brier = (probability - y).squaredNorm() / static_cast<double>(y.size());
  const double prevalence = y.mean();
  const double naive = prevalence * (1 - prevalence);
  result.brier_scaled = naive > 0 ? 1 - result.brier / naive : kNaN;

  const Eigen::VectorXd z = probability.unaryExpr([](double p) { return logit(p); });
  const double half = normal_quantile(0.975);
  const LogisticFit large = fit_logistic(Eigen::MatrixXd(z.size(), 0), label, z);
  result.in_the_large = large.intercept;
  result.in_the_large_lower = large.intercept - half * large.intercept_se;
  result.in_the_large_upper = large.intercept + half * large.intercept_se;
  LogisticFit line = fit_logistic(z, label);
  result.reason = line.reason;
  if (!line.reason.empty()) {
    line.intercept = line.intercept_se = line.coefficients[0] = line.standard_errors[0] = kNaN;
    if (is_constant(probability)) result.reason = "all predicted probabilities are equal";
  }
  result.intercept = line.intercept;
  result.intercept_lower = line.intercept - half * line.intercept_se;
  result.intercept_upper = line.intercept + half * line.intercept_se;
  result.slope = line.coefficients[0];
  result.slope_lower = line.coefficients[0] - half * line.standard_errors[0];
  result.slope_upper = line.coefficients[0] + half * line.standard_errors[0];
  return result;
}

HosmerLemeshow hosmer_lemeshow(const Eigen::Ref<const Eigen::VectorXi>& label,
                               const Eigen::Ref<const Eigen::VectorXd>& probability, int groups, bool fitted_on_them) {
  HosmerLemeshow result;
  const auto found = group_by_quantile(label, probability, groups);
  result.groups = static_cast<int>(found.size());
  result.df = result.groups - (fitted_on_them ? 2 : 0);
  for (const Group& g : found) {
    const double no_event = g.total - g.predicted, difference = g.events - g.predicted;
    result.chi_squared += difference * difference * (1 / g.predicted + 1 / no_event);
  }
  if (result.df < 1 || !std::isfinite(result.chi_squared)) {
    result.reason = result.df < 1 ? "too few groups of different probability" : "a group has an expected count of 0";
    result.chi_squared = result.p = kNaN;
    return result;
  }
  result.p = chi_squared_upper_tail(result.chi_squared, result.df);
  return result;
}

std::vector<CalibrationBin> calibration_curve(const Eigen::Ref<const Eigen::VectorXi>& label,
                                              const Eigen::Ref<const Eigen::VectorXd>& probability, int groups) {
  std::vector<CalibrationBin> bins;
  for (const Group& g : group_by_quantile(label, probability, groups))
    bins.push_back({g.predicted / g.total, wilson(g.events, g.total)});
  return bins;
}

}  // namespace radfuse::stats
