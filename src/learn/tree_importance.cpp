// SPDX-License-Identifier: Apache-2.0
// Shares of the gain of boosted trees.
#include "radfuse/learn/tree_importance.hpp"

#include "booster.hpp"

namespace radfuse {

Eigen::VectorXd tree_importance(const Eigen::MatrixXd& x, const std::vector<int>& y, const EliminationTrees& trees,
                                std::uint64_t seed) {
  const Booster booster = Booster::train(x, y, std::vector<double>(y.size(), 1.0),
                                         {.rounds = trees.rounds, .depth = trees.depth, .seed = seed});
  const Eigen::VectorXd gain = booster.gains(trees.importance);
  const double sum = gain.sum();
  return sum > 0 ? Eigen::VectorXd(gain / sum) : gain;
}

}  // namespace radfuse
