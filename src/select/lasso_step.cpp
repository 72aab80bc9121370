// SPDX-License-Identifier: Apache-2.0
// lasso: features with a coefficient at the cross-validated lambda stay, or their weighted sum takes their place.
#include <algorithm>
#include <cmath>

#include "radfuse/base/error.hpp"
#include "radfuse/stats/descriptive.hpp"
#include "radfuse/stats/lasso.hpp"
#include "working.hpp"

namespace radfuse {
namespace {

struct Solution {
  double intercept = 0;
  Eigen::VectorXd beta;
  std::string where;          // " at lambda.min = 0.013"
  Eigen::Index rescued = -1;  // the feature that was kept though none has a coefficient
};

// The feature that enters the path first: the largest covariance with the outcome, all scaled alike.
Eigen::Index first_to_enter(const Eigen::MatrixXd& x, const Eigen::VectorXd& y) {
  Eigen::Index best = 0;
  const Eigen::MatrixXd scores = stats::correlation_scores(x);
  (scores.transpose() * (y.array() - y.mean()).matrix()).cwiseAbs().maxCoeff(&best);
  return best;
}

std::string name_of_measure(stats::LassoMeasure measure) {
  switch (measure) {
    case stats::LassoMeasure::auc:
      return "AUC";
    case stats::LassoMeasure::error:
      return "share of errors";
    case stats::LassoMeasure::deviance:
      break;
  }
  return "deviance";
}

Solution solve(const LassoParams& params, const Eigen::MatrixXd& x, const Eigen::VectorXd& y, Working& working) {
  const auto folds = params.fold_column.empty() ? folds_of_rows(params.folds, "select.lasso", working)
                                                : given_folds(params.fold_column, working);
  const stats::LassoCv cv =
      stats::cross_validate_lasso(x, y, folds, {.alpha = params.alpha}, working.threads(), params.measure);
  if (cv.measure != params.measure)
    working.remark("folds are too small for " + name_of_measure(params.measure) + ": lambda was chosen by " +
                   name_of_measure(cv.measure));
  const bool one_se = params.lambda == LassoLambda::one_se;
  const Eigen::Index at = one_se ? cv.at_one_se : cv.at_min;
  const double lambda = cv.path.lambda[at];
  Solution found{cv.path.intercept[0], Eigen::VectorXd::Zero(x.cols()),
                 (one_se ? " at lambda.1se = " : " at lambda.min = ") + significant(lambda, 3)};
  // The path is good enough to choose lambda; which coefficients are 0 there is settled exactly.
  if (at > 0) {
    const auto exact = stats::fit_lasso(x, y, {.alpha = params.alpha, .exact = true}, std::vector<double>{lambda});
    found.beta = exact.coefficients.col(0);
    found.intercept = exact.intercept[0];
  }
  const auto count = (found.beta.array() != 0).count();
  working.remark(std::to_string(count) + " of " + std::to_string(x.cols()) + " features have a coefficient" +
                 found.where + "; cross-validated " + name_of_measure(cv.measure) + " " + fixed(cv.mean[at], 3) +
                 " (without features " + fixed(cv.mean[0], 3) + ")");
  if (count > 0) return found;
  if (params.when_empty == LassoEmpty::error)
    throw NothingSelected("select, step " + working.step() + ": no feature has a coefficient" + found.where +
                          ": none predicts held-out training cases; see when_empty of the lasso step");
  found.rescued = first_to_enter(x, y);
  if (params.gives != LassoGives::features) {
    // A score needs a coefficient: the one that this feature has at the second lambda of the path.
    const auto alone = stats::fit_lasso(x.col(found.rescued), y, {.alpha = params.alpha, .exact = true},
                                        std::vector<double>{cv.path.lambda[1]});
    found.beta[found.rescued] = alone.coefficients(0, 0);
    found.intercept = alone.intercept[0];
  }
  return found;
}

// Keeps what has a coefficient; the names of these columns.
std::vector<std::string> keep(const Solution& found, const std::vector<Eigen::Index>& positions, Working& working) {
  std::vector<std::string> kept;
  Reasons dropped;
  for (std::size_t k = 0; k < positions.size(); ++k) {
    const double beta = found.beta[static_cast<Eigen::Index>(k)];
    const bool rescued = static_cast<Eigen::Index>(k) == found.rescued;
    if (beta == 0 && !rescued) {
      dropped[positions[k]] = {"coefficient 0" + found.where, {"coefficient", 0}};
      continue;
    }
    kept.push_back(working.columns().names[static_cast<std::size_t>(positions[k])]);
    working.note(positions[k],
                 rescued ? "coefficient 0" + found.where + "; kept because it enters the path first"
                         : "coefficient " + significant(beta, 3) + found.where,
                 {"coefficient", beta});
    if (rescued)
      working.remark("no feature predicts held-out training cases; the one that enters the path first was kept: " +
                     kept.back());
  }
  working.drop(dropped);
  return kept;
}

void give_score(const LassoParams& params, const std::string& block, Working& working) {
  const auto positions = working.varying_scope({block});
  if (positions.empty()) return;
  const Solution found = solve(params, working.values_of(positions), working.outcome().cast<double>(), working);
  std::vector<double> coefficients;
  for (const double beta : found.beta)
    if (beta != 0) coefficients.push_back(beta);
  FittedScore score{.columns = keep(found, positions, working),
                    .name = block + ".score",
                    .intercept = found.intercept,
                    .coefficients = Eigen::Map<const Eigen::VectorXd>(coefficients.data(),
                                                                      static_cast<Eigen::Index>(coefficients.size()))};
  const std::string evidence =
      "intercept " + significant(found.intercept, 6) + " and " + std::to_string(coefficients.size()) + " coefficients";
  working.push(std::move(score), params.gives == LassoGives::score, evidence);
}

}  // namespace

void fit_step(const LassoParams& params, Working& working) {
  if (params.gives != LassoGives::features) {
    for (const std::string& block : params.on) give_score(params, block, working);
    return;
  }
  const auto positions = working.varying_scope(params.on);
  if (positions.empty()) return;
  keep(solve(params, working.values_of(positions), working.outcome().cast<double>(), working), positions, working);
}

}  // namespace radfuse
