// SPDX-License-Identifier: Apache-2.0
// Nogueira, Sechidis and Brown 2018.
#include "radfuse/stats/selection_stability.hpp"

#include <cmath>
#include <limits>

#include "distributions.hpp"

namespace radfuse::stats {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

}  // namespace

SelectionStability selection_stability(const Eigen::MatrixXd& selected) {
  const auto samples = static_cast<double>(selected.rows()), features = static_cast<double>(selected.cols());
  SelectionStability result{kNaN, kNaN, kNaN, kNaN, {}};
  if (selected.size() == 0) {
    result.reason = selected.cols() == 0 ? "there is no feature to select" : "there is no sample";
    return result;
  }
  const Eigen::VectorXd share = selected.colwise().mean().transpose();
  const double mean = share.sum(), part = mean / features;  // k-bar and k-bar / d
  result.mean_selected = mean;
  if (selected.isZero(0))
    result.reason = "no sample selects any feature";
  else if ((selected.array() == 1).all())
    result.reason = "every sample selects every feature";
  else if (selected.rows() < 2)
    result.reason = "one sample cannot be compared with another";
  if (!result.reason.empty()) return result;

  const double chance = part * (1 - part);
  const double spread = samples / (samples - 1) * (share.array() * (1 - share.array())).mean();
  result.value = 1 - spread / chance;
  Eigen::VectorXd influence(selected.rows());
  for (Eigen::Index i = 0; i < selected.rows(); ++i) {
    const double own = selected.row(i).sum() / features;  // k_i / d
    influence[i] = (selected.row(i).dot(share.transpose()) / features - own * part +
                    result.value / 2 * (2 * own * part - own - part + 1)) /
                   chance;
  }
  const double variance = 4 / (samples * samples) * (influence.array() - influence.mean()).square().sum();
  const double half = normal_quantile(0.975) * std::sqrt(variance);
  result.lower = result.value - half;
  result.upper = result.value + half;
  return result;
}

}  // namespace radfuse::stats
