// SPDX-License-Identifier: Apache-2.0
// How much the features that are selected on one sample of the cases are those selected on another.
#pragma once

#include <Eigen/Core>
#include <string>

namespace radfuse::stats {

struct SelectionStability {
  /// 1: every sample selects the same; 0 on average where each selects as many at random. Below 0.4 is called poor and
  /// above 0.75 excellent. NaN with a reason where it does not exist.
  double value;
  double lower, upper;   ///< 95 % interval (normal approximation); not cut at 1
  double mean_selected;  ///< features, on average
  std::string reason;
};
/// `selected`: a row for each sample, a column for each feature that could be selected, 1 or 0. The estimator Phi-hat
/// of Nogueira, Sechidis and Brown (J Mach Learn Res 2018, 18(174)) with the interval of the same paper. For samples
/// that select equally many features it is the mean of Kuncheva's index over pairs of samples.
SelectionStability selection_stability(const Eigen::MatrixXd& selected);

}  // namespace radfuse::stats
