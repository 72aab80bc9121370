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

struct Inflation {
  Eigen::VectorXd factor;  // of each feature when it went, or at the end
  std::vector<bool> gone;
};

// The feature with the largest factor goes, again and again. Dropping a feature changes the inverse by a product of two
// vectors.
Inflation inflation_of(const Eigen::MatrixXd& x, double threshold) {
  const Eigen::MatrixXd scores = stats::correlation_scores(x);
  const Eigen::MatrixXd correlation = scores.transpose() * scores;
  Eigen::MatrixXd inverse = correlation.ldlt().solve(Eigen::MatrixXd::Identity(x.cols(), x.cols()));
  Inflation found{Eigen::VectorXd(x.cols()), std::vector<bool>(static_cast<std::size_t>(x.cols()), false)};
  for (;;) {
    throw_if_stopped();
    Eigen::Index worst = -1;
    double most = threshold;
    for (Eigen::Index j = 0; j < x.cols(); ++j) {
      if (found.gone[static_cast<std::size_t>(j)]) continue;
      found.factor[j] = inverse(j, j);
      if (inverse(j, j) > most) {
        worst = j;
        most = inverse(j, j);
      }
    }
    if (worst < 0) return found;
    found.gone[static_cast<std::size_t>(worst)] = true;
    const Eigen::VectorXd column = inverse.col(worst);
    inverse -= column * column.transpose() / most;
  }
}

// Features that others determine wholly have no factor: the later one of such a group goes first.
Reasons determined(const Eigen::MatrixXd& x) {
  Eigen::MatrixXd left = stats::correlation_scores(x);
  Reasons dropped;
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
  Reasons dropped;
  for (const auto& [k, reason] : determined(working.values_of(positions)))
    dropped[positions[static_cast<std::size_t>(k)]] = reason;
  working.drop(dropped);
  positions = working.scope(params.on);
  dropped.clear();
  const Inflation found = inflation_of(working.values_of(positions), params.threshold);
  for (std::size_t k = 0; k < positions.size(); ++k) {
    const Measured measured = {"variance inflation", found.factor[static_cast<Eigen::Index>(k)]};
    if (found.gone[k])
      dropped[positions[k]] = {
          measured.what + " " + significant(measured.value, 4) + " > " + significant(params.threshold, 4), measured};
    else
      working.pass(positions[k], measured);
  }
  working.drop(dropped);
}

}  // namespace radfuse
