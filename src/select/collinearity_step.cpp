// SPDX-License-Identifier: Apache-2.0
// collinearity: the variance inflation factor of a feature is 1 / (1 - R^2) of its regression on all the others, the
// diagonal of the inverse of the correlation matrix.
#include <Eigen/Cholesky>
#include <cmath>

#include "radfuse/base/error.hpp"
#include "radfuse/base/stop.hpp"
#include "radfuse/stats/descriptive.hpp"
#include "working.hpp"

namespace radfuse {
namespace {

struct Inflated {
  Eigen::Index feature = 0;
  double factor = 0;
};

// What goes, in that order. Dropping a feature changes the inverse by a product of two vectors.
std::vector<Inflated> inflated_features(const Eigen::MatrixXd& x, double threshold) {
  const Eigen::MatrixXd scores = stats::correlation_scores(x);
  const Eigen::MatrixXd correlation = scores.transpose() * scores;
  Eigen::MatrixXd inverse = correlation.ldlt().solve(Eigen::MatrixXd::Identity(x.cols(), x.cols()));
  std::vector<bool> gone(static_cast<std::size_t>(x.cols()), false);
  std::vector<Inflated> dropped;
  for (;;) {
    throw_if_stopped();
    Inflated worst{-1, threshold};
    for (Eigen::Index j = 0; j < x.cols(); ++j)
      if (!gone[static_cast<std::size_t>(j)] && inverse(j, j) > worst.factor) worst = {j, inverse(j, j)};
    if (worst.feature < 0) return dropped;
    gone[static_cast<std::size_t>(worst.feature)] = true;
    dropped.push_back(worst);
    const Eigen::VectorXd column = inverse.col(worst.feature);
    inverse -= column * column.transpose() / worst.factor;
  }
}

// Features that others determine wholly have no factor: the later one of such a group goes first.
std::map<Eigen::Index, std::string> determined(const Eigen::MatrixXd& x) {
  Eigen::MatrixXd left = stats::correlation_scores(x);
  std::map<Eigen::Index, std::string> dropped;
  for (Eigen::Index j = 0; j < x.cols(); ++j) {
    const double length = left.col(j).norm();
    if (length < 1e-7) {
      dropped[j] = "wholly determined by features before it";
      continue;
    }
    const Eigen::VectorXd direction = left.col(j) / length;
    const Eigen::Index after = x.cols() - j - 1;
    left.rightCols(after) -= direction * (direction.transpose() * left.rightCols(after));
  }
  return dropped;
}

}  // namespace

void fit_step(const CollinearityParams& params, Working& working) {
  auto positions = working.varying_scope(params.on);
  if (positions.size() < 2) return;
  if (static_cast<Eigen::Index>(positions.size()) >= working.outcome().size() - 1)
    throw InputError("select, step " + working.step() + ": " + std::to_string(positions.size()) + " features and " +
                     std::to_string(working.outcome().size()) +
                     " training rows: with as many features as rows every feature is determined by the others; put a "
                     "correlation, cluster or univariate step before");
  std::map<Eigen::Index, std::string> dropped;
  for (const auto& [k, reason] : determined(working.values_of(positions)))
    dropped[positions[static_cast<std::size_t>(k)]] = reason;
  working.drop(dropped);
  positions = working.scope(params.on);
  dropped.clear();
  for (const Inflated& feature : inflated_features(working.values_of(positions), params.threshold))
    dropped[positions[static_cast<std::size_t>(feature.feature)]] =
        "variance inflation " + significant(feature.factor, 4) + " > " + significant(params.threshold, 4);
  working.drop(dropped);
}

}  // namespace radfuse
