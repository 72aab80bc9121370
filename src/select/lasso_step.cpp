// SPDX-License-Identifier: Apache-2.0
// lasso: features with a coefficient at the cross-validated lambda stay.
#include <algorithm>
#include <cmath>
#include <set>

#include "radfuse/base/error.hpp"
#include "radfuse/stats/descriptive.hpp"
#include "radfuse/stats/lasso.hpp"
#include "working.hpp"

namespace radfuse {
namespace {

// Patients of the rarer class: there cannot be more folds than these.
int smaller_class(const Working& working) {
  std::set<std::string> positive, all;
  for (const Eigen::Index r : working.rows().rows()) {
    const auto row = static_cast<std::size_t>(r);
    all.insert(working.data().patient[row]);
    if (working.data().outcome[row] == 1) positive.insert(working.data().patient[row]);
  }
  return static_cast<int>(std::min(positive.size(), all.size() - positive.size()));
}

// The fold of each training row; patients stay whole.
std::vector<int> fold_of_rows(const LassoParams& params, Working& working) {
  const int possible = smaller_class(working);
  if (possible < 2)
    throw InputError("select, step " + working.step() + ": only " + std::to_string(possible) +
                     " training patients of one class; cross-validation needs two of each");
  const int count = std::min(params.folds, possible);
  if (count < params.folds)
    working.remark(std::to_string(count) + " folds instead of " + std::to_string(params.folds) +
                   ": one class has no more patients");
  Rng rng(working.seed(), "select.lasso", working.position());
  std::map<Eigen::Index, int> fold_of;
  int number = 0;
  for (const Fold& fold : make_folds(working.rows(), count, rng)) {
    for (const Eigen::Index r : fold.held_out) fold_of[r] = number;
    ++number;
  }
  std::vector<int> folds;
  for (const Eigen::Index r : working.rows().rows()) folds.push_back(fold_of.at(r));
  return folds;
}

// The feature that enters the path first: the largest covariance with the outcome, all scaled alike.
Eigen::Index first_to_enter(const Eigen::MatrixXd& x, const Eigen::VectorXd& y) {
  Eigen::Index best = 0;
  const Eigen::MatrixXd scores = stats::correlation_scores(x);
  (scores.transpose() * (y.array() - y.mean()).matrix()).cwiseAbs().maxCoeff(&best);
  return best;
}

}  // namespace

void fit_step(const LassoParams& params, Working& working) {
  const auto positions = working.varying_scope(params.on);
  if (positions.empty()) return;

  const Eigen::MatrixXd x = working.values_of(positions);
  const Eigen::VectorXd y = working.outcome().cast<double>();
  const auto folds = fold_of_rows(params, working);
  const stats::LassoCv cv = stats::cross_validate_lasso(x, y, folds, {.alpha = params.alpha}, working.threads());
  const bool one_se = params.lambda == LassoLambda::one_se;
  const Eigen::Index at = one_se ? cv.at_one_se : cv.at_min;
  const double lambda = cv.path.lambda[at];
  const std::string where = (one_se ? " at lambda.1se = " : " at lambda.min = ") + significant(lambda, 3);
  // The path is good enough to choose lambda; which coefficients are 0 there is settled exactly.
  Eigen::VectorXd beta = Eigen::VectorXd::Zero(x.cols());
  if (at > 0)
    beta =
        stats::fit_lasso(x, y, {.alpha = params.alpha, .exact = true}, std::vector<double>{lambda}).coefficients.col(0);
  const auto count = (beta.array() != 0).count();
  working.remark(std::to_string(count) + " of " + std::to_string(x.cols()) + " features have a coefficient" + where +
                 "; cross-validated deviance " + fixed(cv.mean[at], 3) + " (without features " + fixed(cv.mean[0], 3) +
                 ")");

  Eigen::Index rescued = -1;
  if (count == 0) {
    if (params.when_empty == LassoEmpty::error)
      throw InputError("select, step " + working.step() + ": no feature has a coefficient" + where +
                       ": none predicts held-out training cases; see when_empty of the lasso step");
    rescued = first_to_enter(x, y);
    working.remark("no feature predicts held-out training cases; the one that enters the path first was kept: " +
                   working.columns().names[static_cast<std::size_t>(positions[static_cast<std::size_t>(rescued)])]);
  }
  std::map<Eigen::Index, std::string> dropped;
  for (Eigen::Index k = 0; k < x.cols(); ++k) {
    const Eigen::Index c = positions[static_cast<std::size_t>(k)];
    if (beta[k] != 0)
      working.note(c, "coefficient " + significant(beta[k], 3) + where);
    else if (k == rescued)
      working.note(c, "coefficient 0" + where + "; kept because it enters the path first");
    else
      dropped[c] = "coefficient 0" + where;
  }
  working.drop(dropped);
}

}  // namespace radfuse
