// SPDX-License-Identifier: Apache-2.0
// Log-loss and AUC.
#include "scores.hpp"

#include <algorithm>
#include <cmath>

#include "radfuse/stats/descriptive.hpp"

namespace radfuse {

double mean_log_loss(const std::vector<int>& outcome, const Eigen::VectorXd& probability) {
  double sum = 0;
  for (std::size_t i = 0; i < outcome.size(); ++i) {
    const double p = std::clamp(probability[static_cast<Eigen::Index>(i)], 1e-15, 1 - 1e-15);
    sum -= outcome[i] == 1 ? std::log(p) : std::log1p(-p);
  }
  return sum / static_cast<double>(outcome.size());
}

double area_under_roc(const std::vector<int>& outcome, const Eigen::VectorXd& probability) {
  return stats::auc(Eigen::Map<const Eigen::VectorXi>(outcome.data(), static_cast<Eigen::Index>(outcome.size())),
                    probability);
}

}  // namespace radfuse
