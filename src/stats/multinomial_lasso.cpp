// SPDX-License-Identifier: Apache-2.0
// The path of the multinomial lasso and its cross-validation.
#include "radfuse/stats/multinomial_lasso.hpp"

#include <algorithm>
#include <cmath>

#include "lasso_path.hpp"
#include "multinomial_solver.hpp"
#include "radfuse/base/parallel.hpp"

namespace radfuse::stats {
namespace {

void store(MultinomialPath& path, Eigen::Index at, const MultinomialSolver& solver, const Scaled& data) {
  path.intercept.col(at) = solver.intercept();
  int nonzero = 0;
  for (Eigen::Index j = 0; j < data.sd.size(); ++j) {
    if ((solver.beta().row(j).array() == 0).all()) continue;
    ++nonzero;
    for (Eigen::Index k = 0; k < solver.beta().cols(); ++k) {
      const double slope = solver.beta()(j, k) / data.sd[j];
      path.coefficients[static_cast<std::size_t>(k)](j, at) = slope;
      path.intercept(k, at) -= slope * data.mean[j];
    }
  }
  path.intercept.col(at).array() -= path.intercept.col(at).mean();
  path.nonzero[static_cast<std::size_t>(at)] = nonzero;
}

void keep_first(MultinomialPath& path, Eigen::Index count) {
  path.lambda.conservativeResize(count);
  path.intercept.conservativeResize(Eigen::NoChange, count);
  for (Eigen::MatrixXd& b : path.coefficients) b.conservativeResize(Eigen::NoChange, count);
  path.deviance_ratio.conservativeResize(count);
  path.nonzero.resize(static_cast<std::size_t>(count));
}

Eigen::MatrixXd softmax(const Eigen::MatrixXd& eta) {
  Eigen::MatrixXd p = (eta.colwise() - eta.rowwise().maxCoeff()).array().exp();
  p.array().colwise() /= p.array().rowwise().sum().eval();
  return p;
}

// Linear predictors at one lambda, rows by classes.
Eigen::MatrixXd predictor(const MultinomialPath& path, Eigen::Index at, const Eigen::Ref<const Eigen::MatrixXd>& x) {
  Eigen::MatrixXd eta = path.intercept.col(at).transpose().replicate(x.rows(), 1);
  for (Eigen::Index k = 0; k < eta.cols(); ++k)
    eta.col(k) += x * path.coefficients[static_cast<std::size_t>(k)].col(at);
  return eta;
}

double error_of(const Eigen::MatrixXd& probability, Eigen::Index row, int label, LassoMeasure measure) {
  if (measure == LassoMeasure::error) {
    Eigen::Index most = 0;
    probability.row(row).maxCoeff(&most);
    return most == label ? 0 : 1;
  }
  return -2 * std::log(std::clamp(probability(row, label), kHeldOutProbability, 1 - kHeldOutProbability));
}

}  // namespace

MultinomialPath fit_multinomial_lasso(const Eigen::Ref<const Eigen::MatrixXd>& x, std::span<const int> label,
                                      const MultinomialOptions& options, std::span<const double> lambda) {
  const Scaled data = scale_columns(x);
  MultinomialSolver solver(data.x, label, options);
  const Eigen::Index classes = solver.beta().cols();

  MultinomialPath path;
  path.lambda = lambdas_of(lambda, solver.lambda_max(), data, options.lambda_count);
  const Eigen::Index count = path.lambda.size();
  path.intercept.resize(classes, count);
  path.coefficients.assign(static_cast<std::size_t>(classes), Eigen::MatrixXd::Zero(x.cols(), count));
  follow_path(
      path, solver, {.own = lambda.empty()}, [&](Eigen::Index k) { store(path, k, solver, data); },
      [&](Eigen::Index kept) { keep_first(path, kept); });
  return path;
}

Eigen::MatrixXd predict_multinomial(const MultinomialPath& path, Eigen::Index at,
                                    const Eigen::Ref<const Eigen::MatrixXd>& x) {
  return softmax(predictor(path, at, x));
}

MultinomialCv cross_validate_multinomial_lasso(const Eigen::Ref<const Eigen::MatrixXd>& x, std::span<const int> label,
                                               std::span<const int> fold, const MultinomialOptions& options,
                                               int threads, LassoMeasure measure) {
  const auto held = held_out(fold);
  MultinomialCv cv;
  std::vector<MultinomialPath> paths(held.size());
  parallel_for(held.size() + 1, threads, [&](std::size_t task) {
    if (task == 0) {
      cv.path = fit_multinomial_lasso(x, label, options);
      return;
    }
    const auto rest = rows_but(fold, static_cast<int>(task) - 1);
    std::vector<int> labels;
    for (const Eigen::Index i : rest) labels.push_back(label[static_cast<std::size_t>(i)]);
    paths[task - 1] = fit_multinomial_lasso(x(rest, Eigen::all), labels, options);
  });

  const Eigen::Index lambdas = cv.path.lambda.size();
  Eigen::MatrixXd errors(x.rows(), lambdas);
  for (std::size_t f = 0; f < held.size(); ++f) {
    const Eigen::MatrixXd part = x(held[f], Eigen::all);
    for (Eigen::Index k = 0; k < lambdas; ++k) {
      const Between at = between(paths[f].lambda, cv.path.lambda[k]);
      const Eigen::MatrixXd probability =
          softmax(at.share * predictor(paths[f], at.left, part) + (1 - at.share) * predictor(paths[f], at.right, part));
      for (std::size_t i = 0; i < held[f].size(); ++i)
        errors(held[f][i], k) =
            error_of(probability, static_cast<Eigen::Index>(i), label[static_cast<std::size_t>(held[f][i])], measure);
    }
  }
  static_cast<CvCurve&>(cv) = curve_of_rows(errors, held);
  return cv;
}

}  // namespace radfuse::stats
