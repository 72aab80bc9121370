// SPDX-License-Identifier: Apache-2.0
// Net benefit.
#include "radfuse/stats/decision_curve.hpp"

#include <limits>

namespace radfuse::stats {

std::vector<DecisionPoint> decision_curve(const Eigen::Ref<const Eigen::VectorXi>& label,
                                          const Eigen::Ref<const Eigen::VectorXd>& probability,
                                          std::span<const double> thresholds) {
  const auto n = static_cast<double>(label.size());
  const double prevalence = static_cast<double>((label.array() == 1).count()) / n;
  std::vector<DecisionPoint> points;
  for (const double t : thresholds) {
    double true_positive = 0, false_positive = 0;
    for (Eigen::Index i = 0; i < label.size(); ++i)
      if (probability[i] >= t) (label[i] == 1 ? true_positive : false_positive) += 1;
    const double odds = t / (1 - t);
    const double benefit = (true_positive - false_positive * odds) / n;
    const double all = prevalence - (1 - prevalence) * odds;
    const double avoided = t > 0 ? (benefit - all) / odds : std::numeric_limits<double>::quiet_NaN();
    points.push_back({t, benefit, all, avoided});
  }
  return points;
}

}  // namespace radfuse::stats
