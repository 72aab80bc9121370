// SPDX-License-Identifier: Apache-2.0
// Cross-validation of the lasso path, as cv.glmnet does it.
#include <algorithm>
#include <cmath>

#include "radfuse/base/parallel.hpp"
#include "radfuse/stats/lasso.hpp"

namespace radfuse::stats {
namespace {

constexpr double kMinProbability = 1e-5;  // in the deviance of held-out rows

// Linear predictors (rows x lambdas) of a path at other lambdas: linear between its own, held beyond its ends.
Eigen::MatrixXd predict_at(const LassoPath& path, const Eigen::MatrixXd& x, const Eigen::VectorXd& lambda) {
  const Eigen::MatrixXd own = (x * path.coefficients).rowwise() + path.intercept.transpose();
  Eigen::MatrixXd result(x.rows(), lambda.size());
  const double* first = path.lambda.data();
  const double* last = first + path.lambda.size();
  for (Eigen::Index k = 0; k < lambda.size(); ++k) {
    const double s = std::clamp(lambda[k], path.lambda[path.lambda.size() - 1], path.lambda[0]);
    const auto right = std::lower_bound(first, last, s, std::greater<>()) - first;  // first lambda <= s
    const Eigen::Index left = right == 0 ? 0 : right - 1;
    if (right == left || path.lambda[left] == path.lambda[right]) {
      result.col(k) = own.col(right);
      continue;
    }
    const double share = (s - path.lambda[right]) / (path.lambda[left] - path.lambda[right]);
    result.col(k) = share * own.col(left) + (1 - share) * own.col(right);
  }
  return result;
}

double error_of(LassoFamily family, double y, double eta) {
  if (family == LassoFamily::gaussian) return (y - eta) * (y - eta);
  const double p = std::clamp(1 / (1 + std::exp(-eta)), kMinProbability, 1 - kMinProbability);
  return -2 * (y * std::log(p) + (1 - y) * std::log(1 - p));
}

// Mean and its standard error over groups of rows: folds or, when folds are tiny, single rows.
void summarise(LassoCv& cv, const Eigen::MatrixXd& values, const Eigen::VectorXd& weight) {
  const Eigen::VectorXd share = weight / weight.sum();
  cv.mean = values.transpose() * share;
  const Eigen::MatrixXd squares = (values.rowwise() - cv.mean.transpose()).cwiseAbs2();
  cv.sd = (squares.transpose() * share / static_cast<double>(values.rows() - 1)).cwiseSqrt();
  cv.mean.minCoeff(&cv.at_min);  // the first of equals: the largest lambda
  const double bound = cv.mean[cv.at_min] + cv.sd[cv.at_min];
  cv.at_one_se = 0;
  while (cv.mean[cv.at_one_se] > bound) ++cv.at_one_se;
}

}  // namespace

LassoCv cross_validate_lasso(const Eigen::Ref<const Eigen::MatrixXd>& x, const Eigen::Ref<const Eigen::VectorXd>& y,
                             std::span<const int> fold, const LassoOptions& options, int threads) {
  const int folds = fold.empty() ? 0 : *std::max_element(fold.begin(), fold.end()) + 1;
  LassoCv cv;
  std::vector<LassoPath> paths(static_cast<std::size_t>(folds));
  std::vector<std::vector<Eigen::Index>> held(static_cast<std::size_t>(folds));
  for (std::size_t i = 0; i < fold.size(); ++i)
    held[static_cast<std::size_t>(fold[i])].push_back(static_cast<Eigen::Index>(i));
  // The path of all rows takes longest: it goes first.
  parallel_for(static_cast<std::size_t>(folds) + 1, threads, [&](std::size_t task) {
    if (task == 0) {
      cv.path = fit_lasso(x, y, options);
      return;
    }
    std::vector<Eigen::Index> rest;
    for (std::size_t i = 0; i < fold.size(); ++i)
      if (static_cast<std::size_t>(fold[i]) != task - 1) rest.push_back(static_cast<Eigen::Index>(i));
    paths[task - 1] = fit_lasso(x(rest, Eigen::all), y(rest), options);
  });

  const Eigen::Index lambdas = cv.path.lambda.size();
  Eigen::MatrixXd errors(x.rows(), lambdas), by_fold(folds, lambdas);
  Eigen::VectorXd size(folds);
  for (std::size_t f = 0; f < held.size(); ++f) {
    const Eigen::MatrixXd eta = predict_at(paths[f], x(held[f], Eigen::all), cv.path.lambda);
    for (std::size_t i = 0; i < held[f].size(); ++i)
      for (Eigen::Index k = 0; k < lambdas; ++k)
        errors(held[f][i], k) = error_of(options.family, y[held[f][i]], eta(static_cast<Eigen::Index>(i), k));
    const auto row = static_cast<Eigen::Index>(f);
    size[row] = static_cast<double>(held[f].size());
    by_fold.row(row) = errors(held[f], Eigen::all).colwise().mean();
  }
  // cv.glmnet takes single rows instead of folds when folds have fewer than three rows.
  if (x.rows() < 3 * folds)
    summarise(cv, errors, Eigen::VectorXd::Ones(x.rows()));
  else
    summarise(cv, by_fold, size);
  return cv;
}

}  // namespace radfuse::stats
