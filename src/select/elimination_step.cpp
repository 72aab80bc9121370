// SPDX-License-Identifier: Apache-2.0
// elimination: recursive feature elimination (Guyon et al. 2002) by a penalised logistic regression, a linear support
// vector machine or boosted trees, as scikit-learn's RFE around LogisticRegression, SVC or XGBClassifier.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "radfuse/base/error.hpp"
#include "radfuse/base/stop.hpp"
#include "radfuse/stats/logistic.hpp"
#include "radfuse/stats/svm.hpp"
#include "working.hpp"

namespace radfuse {
namespace {

// What each round asks of the columns that are left.
class Ranking {
 public:
  Ranking(const EliminationParams& params, const Working& working)
      : params_(params), working_(working), y_(working.outcome().begin(), working.outcome().end()) {
    if (trees() && !working.trees())
      throw Error(ExitCode::bug, "select, step " + working.step() + ": no trees were handed to the chain");
  }
  bool trees() const { return params_.learner == EliminationLearner::xgboost; }
  std::string word() const { return trees() ? "importance" : "coefficient"; }
  // One for each column of x; the nearer to 0, the sooner it goes.
  Eigen::VectorXd operator()(const Eigen::MatrixXd& x, int round) const {
    switch (params_.learner) {
      case EliminationLearner::logistic:
        return stats::fit_logistic_ridge(x, working_.outcome(), params_.c).coefficients;
      case EliminationLearner::linear_svm:
        return stats::fit_linear_svm(x, working_.outcome(), params_.c).coefficients;
      case EliminationLearner::xgboost:
        break;
    }
    Rng rng(Rng(working_.seed(), "select.elimination", working_.position()).next(), "round",
            static_cast<std::uint64_t>(round));
    return working_.trees()(x, y_, params_.xgboost, rng.next());
  }

 private:
  const EliminationParams& params_;
  const Working& working_;
  std::vector<int> y_;
};

// The `count` with the smallest absolute values, the last first; of equals those that stand first.
std::vector<std::size_t> smallest(const Eigen::VectorXd& value, std::size_t count) {
  std::vector<std::size_t> order(static_cast<std::size_t>(value.size()));
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::abs(value[static_cast<Eigen::Index>(a)]) < std::abs(value[static_cast<Eigen::Index>(b)]);
  });
  order.resize(count);
  std::sort(order.begin(), order.end(), std::greater<>());
  return order;
}

}  // namespace

void fit_step(const EliminationParams& params, Working& working) {
  const auto positions = working.varying_scope(params.on);
  const auto wanted = static_cast<std::size_t>(params.features);
  if (positions.size() <= wanted) return;
  const Eigen::MatrixXd x = working.values_of(positions);
  const double each = params.drop < 1 ? params.drop * static_cast<double>(positions.size()) : params.drop;
  const auto count = std::max<std::size_t>(1, static_cast<std::size_t>(each));
  const Ranking rank(params, working);
  std::vector<Eigen::Index> left(positions.size());
  std::iota(left.begin(), left.end(), Eigen::Index{0});
  Reasons dropped;
  int round = 1, blind = 0;
  for (; left.size() > wanted; ++round) {
    throw_if_stopped();
    const Eigen::VectorXd value = rank(x(Eigen::all, left), round);
    if (value.isZero(0)) ++blind;
    for (const std::size_t k : smallest(value, std::min(count, left.size() - wanted))) {
      const Measured measured = {rank.word(), value[static_cast<Eigen::Index>(k)]};
      dropped[positions[static_cast<std::size_t>(left[k])]] = {
          "eliminated in round " + std::to_string(round) + ", " + measured.what + " " + significant(measured.value, 3),
          measured};
      left.erase(left.begin() + static_cast<std::ptrdiff_t>(k));
    }
  }
  if (blind > 0)
    working.remark("in " + std::to_string(blind) + " of " + std::to_string(round - 1) +
                   " rounds no feature was of any use, so those that stand first were dropped");
  const Eigen::VectorXd last = rank(x(Eigen::all, left), round);
  for (std::size_t k = 0; k < left.size(); ++k) {
    const Measured measured = {rank.word(), last[static_cast<Eigen::Index>(k)]};
    working.note(positions[static_cast<std::size_t>(left[k])],
                 measured.what + " " + significant(measured.value, 3) + " after elimination", measured);
  }
  working.drop(dropped);
}

}  // namespace radfuse
