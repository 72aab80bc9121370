// SPDX-License-Identifier: Apache-2.0
// l21: features with the largest weights in a regression of the class on all of them, with an l2,1 penalty.
#include "radfuse/stats/l21.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "radfuse/stats/descriptive.hpp"
#include "working.hpp"

namespace radfuse {
namespace {

// A column for each class, minus its share: the rows of a class say how far a case is from an average one.
Eigen::MatrixXd centred_classes(const Eigen::VectorXi& outcome) {
  Eigen::MatrixXd y(outcome.size(), 2);
  y.col(1) = outcome.cast<double>().array() - outcome.cast<double>().mean();
  y.col(0) = -y.col(1);
  return y;
}

}  // namespace

void fit_step(const L21Params& params, Working& working) {
  const auto positions = working.varying_scope(params.on);
  if (positions.empty()) return;
  const Eigen::MatrixXd values = working.values_of(positions), y = centred_classes(working.outcome());
  // Columns with mean 0 and SD (1/n) of 1.
  const Eigen::MatrixXd x = stats::correlation_scores(values) * std::sqrt(static_cast<double>(values.rows()));
  stats::L21Options options{.loss = params.loss};
  options.gamma = params.penalty * stats::l21_gamma_max(x, y, options.loss);
  const stats::L21Fit fit = stats::fit_l21(x, y, options);
  const Eigen::VectorXd weight = fit.weights.rowwise().norm();
  const double largest = weight.maxCoeff();
  if (!fit.converged)
    working.remark("the weights were still moving after " + std::to_string(options.most_rounds) + " rounds");
  std::vector<Eigen::Index> order(positions.size());
  std::iota(order.begin(), order.end(), Eigen::Index{0});
  std::stable_sort(order.begin(), order.end(), [&](Eigen::Index a, Eigen::Index b) { return weight[a] > weight[b]; });
  Reasons dropped;
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    const Eigen::Index k = order[rank], c = positions[static_cast<std::size_t>(k)];
    const std::string text = "l2,1 weight " + significant(weight[k], 3);
    const Measured measured = {"weight", weight[k]};
    const bool large = weight[k] > 0 && weight[k] >= params.share * largest;
    const bool among = params.features == 0 || rank < static_cast<std::size_t>(params.features);
    if (large && among)
      working.note(c, text + ", rank " + std::to_string(rank + 1), measured);
    else
      dropped[c] = {
          text + (large ? ": not among the largest " + std::to_string(params.features)
                        : ": below " + significant(params.share, 3) + " of the largest, " + significant(largest, 3)),
          measured};
  }
  working.drop(dropped);
}

}  // namespace radfuse
