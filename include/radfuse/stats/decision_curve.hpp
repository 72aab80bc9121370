// SPDX-License-Identifier: Apache-2.0
// Decision curve analysis (Vickers and Elkin 2006): what a model is worth to someone who treats above a given risk.
#pragma once

#include <Eigen/Core>
#include <span>
#include <vector>

namespace radfuse::stats {

struct DecisionPoint {
  double threshold;              ///< risk above which one would treat
  double net_benefit;            ///< true positives - false positives weighted by the odds, for each patient
  double treat_all;              ///< net benefit of treating everybody; of treating nobody it is 0
  double interventions_avoided;  ///< fewer treatments for each patient than treating all, at no loss; NaN at 0
};

/// Treated is `probability >= threshold`. Thresholds lie in [0, 1).
std::vector<DecisionPoint> decision_curve(const Eigen::Ref<const Eigen::VectorXi>& label,
                                          const Eigen::Ref<const Eigen::VectorXd>& probability,
                                          std::span<const double> thresholds);

}  // namespace radfuse::stats
