// SPDX-License-Identifier: Apache-2.0
// Cross-validation of the lasso path, as cv.glmnet does it.
#include <algorithm>
#include <cmath>
#include <limits>

#include "lasso_path.hpp"
#include "radfuse/base/parallel.hpp"
#include "radfuse/stats/descriptive.hpp"

namespace radfuse::stats {
namespace {

constexpr Eigen::Index kRowsForAuc = 10;  // of a fold, on average

// Linear predictors (rows x lambdas) of a path at other lambdas.
Eigen::MatrixXd predict_at(const LassoPath& path, const Eigen::MatrixXd& x, const Eigen::VectorXd& lambda) {
  Eigen::MatrixXd own = path.intercept.transpose().replicate(x.rows(), 1);
  for (Eigen::Index j = 0; j < x.cols(); ++j)  // most features have no coefficient anywhere
    for (Eigen::Index k = 0; k < own.cols(); ++k)
      if (path.coefficients(j, k) != 0) own.col(k) += path.coefficients(j, k) * x.col(j);
  Eigen::MatrixXd result(x.rows(), lambda.size());
  for (Eigen::Index k = 0; k < lambda.size(); ++k) {
    const Between at = between(path.lambda, lambda[k]);
    if (at.left == at.right)
      result.col(k) = own.col(at.right);
    else
      result.col(k) = at.share * own.col(at.left) + (1 - at.share) * own.col(at.right);
  }
  return result;
}

double error_of(LassoFamily family, LassoMeasure measure, double y, double eta) {
  if (family == LassoFamily::gaussian) return (y - eta) * (y - eta);
  if (measure == LassoMeasure::error) return (eta > 0) == (y == 1) ? 0 : 1;
  const double p = std::clamp(1 / (1 + std::exp(-eta)), kHeldOutProbability, 1 - kHeldOutProbability);
  return -2 * (y * std::log(p) + (1 - y) * std::log(1 - p));
}

// A standard error over folds needs an AUC of two of them.
LassoMeasure usable(LassoMeasure measure, LassoFamily family, const Eigen::VectorXd& y,
                    const std::vector<std::vector<Eigen::Index>>& held) {
  if (family == LassoFamily::gaussian || measure != LassoMeasure::auc)
    return family == LassoFamily::gaussian ? LassoMeasure::deviance : measure;
  const auto mixed = std::count_if(held.begin(), held.end(), [&](const std::vector<Eigen::Index>& rows) {
    const Eigen::VectorXd part = y(rows);
    return part.size() > 0 && part.minCoeff() != part.maxCoeff();
  });
  const bool few = y.size() < kRowsForAuc * static_cast<Eigen::Index>(held.size());
  return few || mixed < 2 ? LassoMeasure::deviance : measure;
}

// What the path of all rows had to know of its columns is nearly what those of the folds have to know.
ColumnProducts path_with_products(const Scaled& data, const Eigen::VectorXd& y, const LassoOptions& options,
                                  LassoPath& path) {
  ColumnProducts products;
  if (products_of_all_pay(data.x)) {
    products = all_products(data.x);
    path = fit_path(data, y, options, {}, &products);
  } else {
    path = fit_path(data, y, options, {}, nullptr, &products);
  }
  return products;
}

}  // namespace

LassoCv cross_validate_lasso(const Eigen::Ref<const Eigen::MatrixXd>& x, const Eigen::Ref<const Eigen::VectorXd>& y,
                             std::span<const int> fold, const LassoOptions& options, int threads,
                             LassoMeasure measure) {
  const auto held = held_out(fold);
  LassoCv cv;
  std::vector<LassoPath> paths(held.size());
  const auto without = [&](std::size_t f, const ColumnProducts* known) {
    const auto rest = rows_but(fold, static_cast<int>(f));
    paths[f] = fit_path(scale_columns(x(rest, Eigen::all)), y(rest), options, {}, known);
  };
  if (options.family == LassoFamily::gaussian) {
    const Scaled data = scale_columns(x);
    const ColumnProducts products = path_with_products(data, y, options, cv.path);
    parallel_for(held.size(), threads, [&](std::size_t f) {
      const ColumnProducts known = products_without(products, data.x, held[f]);
      without(f, &known);
    });
  } else {
    // The path of all rows takes longest: it goes first.
    parallel_for(held.size() + 1, threads, [&](std::size_t task) {
      if (task == 0)
        cv.path = fit_lasso(x, y, options);
      else
        without(task - 1, nullptr);
    });
  }

  const LassoMeasure used = usable(measure, options.family, y, held);
  const Eigen::Index lambdas = cv.path.lambda.size();
  Eigen::MatrixXd errors(x.rows(), lambdas), areas(static_cast<Eigen::Index>(held.size()), lambdas);
  for (std::size_t f = 0; f < held.size(); ++f) {
    const Eigen::MatrixXd eta = predict_at(paths[f], x(held[f], Eigen::all), cv.path.lambda);
    if (used == LassoMeasure::auc) {
      const Eigen::VectorXi label = y(held[f]).cast<int>();
      for (Eigen::Index k = 0; k < lambdas; ++k) areas(static_cast<Eigen::Index>(f), k) = auc(label, eta.col(k));
      continue;
    }
    for (std::size_t i = 0; i < held[f].size(); ++i)
      for (Eigen::Index k = 0; k < lambdas; ++k)
        errors(held[f][i], k) = error_of(options.family, used, y[held[f][i]], eta(static_cast<Eigen::Index>(i), k));
  }
  static_cast<CvCurve&>(cv) =
      used == LassoMeasure::auc ? curve_of_folds(areas, held, true) : curve_of_rows(errors, held);
  cv.measure = used;
  return cv;
}

}  // namespace radfuse::stats
