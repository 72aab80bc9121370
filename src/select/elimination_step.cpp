// SPDX-License-Identifier: Apache-2.0
// elimination: recursive feature elimination (Guyon et al. 2002) by a penalised logistic regression or a linear support
// vector machine, as scikit-learn's RFE around LogisticRegression or SVC.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "radfuse/base/stop.hpp"
#include "radfuse/stats/logistic.hpp"
#include "radfuse/stats/svm.hpp"
#include "working.hpp"

namespace radfuse {
namespace {

// One for each column of x.
Eigen::VectorXd coefficients_of(const EliminationParams& params, const Eigen::MatrixXd& x, const Working& working) {
  if (params.learner == EliminationLearner::logistic)
    return stats::fit_logistic_ridge(x, working.outcome(), params.c).coefficients;
  return stats::fit_linear_svm(x, working.outcome(), params.c).coefficients;
}

}  // namespace

void fit_step(const EliminationParams& params, Working& working) {
  const auto positions = working.varying_scope(params.on);
  const auto wanted = static_cast<std::size_t>(params.features);
  if (positions.size() <= wanted) return;
  const Eigen::MatrixXd x = working.values_of(positions);
  const double each = params.step < 1 ? params.step * static_cast<double>(positions.size()) : params.step;
  const auto step = std::max<std::size_t>(1, static_cast<std::size_t>(each));
  std::vector<Eigen::Index> left(positions.size());
  std::iota(left.begin(), left.end(), Eigen::Index{0});
  Reasons dropped;
  for (int round = 1; left.size() > wanted; ++round) {
    throw_if_stopped();
    const Eigen::VectorXd coefficient = coefficients_of(params, x(Eigen::all, left), working);
    std::vector<std::size_t> order(left.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return std::abs(coefficient[static_cast<Eigen::Index>(a)]) < std::abs(coefficient[static_cast<Eigen::Index>(b)]);
    });
    order.resize(std::min(step, left.size() - wanted));
    std::sort(order.begin(), order.end(), std::greater<>());
    for (const std::size_t k : order) {
      dropped[positions[static_cast<std::size_t>(left[k])]] = "eliminated in round " + std::to_string(round) +
                                                              ", coefficient " +
                                                              significant(coefficient[static_cast<Eigen::Index>(k)], 3);
      left.erase(left.begin() + static_cast<std::ptrdiff_t>(k));
    }
  }
  const Eigen::VectorXd last = coefficients_of(params, x(Eigen::all, left), working);
  for (std::size_t k = 0; k < left.size(); ++k)
    working.note(positions[static_cast<std::size_t>(left[k])],
                 "coefficient " + significant(last[static_cast<Eigen::Index>(k)], 3) + " after elimination");
  working.drop(dropped);
}

}  // namespace radfuse
