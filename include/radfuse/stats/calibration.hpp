// SPDX-License-Identifier: Apache-2.0
// Calibration of predicted probabilities: do 100 patients with a predicted risk of 20 % have 20 events?
#pragma once

#include <Eigen/Core>
#include <string>
#include <vector>

#include "radfuse/stats/roc.hpp"

namespace radfuse::stats {

struct Calibration {
  double brier = 0;         ///< mean squared error of the probability
  double brier_scaled = 0;  ///< 1 - brier / brier of always predicting the prevalence
  /// Logistic recalibration logit P(y) = intercept + slope logit(p) (Cox 1958); a perfect model has 0 and 1.
  double intercept = 0, intercept_lower = 0, intercept_upper = 0;
  double slope = 0, slope_lower = 0, slope_upper = 0;
  /// Intercept with the slope held at 1: 0 when the mean prediction is right.
  double in_the_large = 0, in_the_large_lower = 0, in_the_large_upper = 0;
  std::string reason;  ///< why intercept and slope are NaN
};
Calibration calibration(const Eigen::Ref<const Eigen::VectorXi>& label,
                        const Eigen::Ref<const Eigen::VectorXd>& probability);

struct HosmerLemeshow {
  double chi_squared = 0, p = 0;
  int groups = 0, df = 0;
  std::string reason;  ///< why the numbers are NaN
};
/// Groups by quantiles (type 7) of the probability, right-closed; ties may leave fewer. Degrees of freedom: groups - 2
/// for the cases that the model was fitted on, groups for others (Hosmer and Lemeshow 2013).
HosmerLemeshow hosmer_lemeshow(const Eigen::Ref<const Eigen::VectorXi>& label,
                               const Eigen::Ref<const Eigen::VectorXd>& probability, int groups, bool fitted_on_them);

struct CalibrationBin {
  double mean_predicted = 0;
  Proportion observed;
};
/// The groups of hosmer_lemeshow, from low to high probability.
std::vector<CalibrationBin> calibration_curve(const Eigen::Ref<const Eigen::VectorXi>& label,
                                              const Eigen::Ref<const Eigen::VectorXd>& probability, int groups);

}  // namespace radfuse::stats
