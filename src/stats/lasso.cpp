// SPDX-License-Identifier: Apache-2.0
// The path of a binomial or gaussian lasso.
#include "radfuse/stats/lasso.hpp"

#include "lasso_path.hpp"
#include "lasso_solver.hpp"

namespace radfuse::stats {
namespace {

void keep_first(LassoPath& path, Eigen::Index count) {
  path.lambda.conservativeResize(count);
  path.intercept.conservativeResize(count);
  path.coefficients.conservativeResize(Eigen::NoChange, count);
  path.deviance_ratio.conservativeResize(count);
  path.nonzero.resize(static_cast<std::size_t>(count));
}

void store(LassoPath& path, Eigen::Index at, const LassoSolver& solver, const Scaled& data) {
  path.intercept[at] = solver.intercept();
  int nonzero = 0;
  for (Eigen::Index j = 0; j < data.sd.size(); ++j) {
    const double beta = solver.beta()[j];
    if (beta == 0) continue;
    ++nonzero;
    path.coefficients(j, at) = beta / data.sd[j];
    path.intercept[at] -= path.coefficients(j, at) * data.mean[j];
  }
  path.nonzero[static_cast<std::size_t>(at)] = nonzero;
}

}  // namespace

LassoPath fit_path(const Scaled& data, const Eigen::VectorXd& y, const LassoOptions& options,
                   std::span<const double> lambda, const ColumnProducts* known, ColumnProducts* found) {
  LassoSolver solver(data.x, y, options, known);
  LassoPath path;
  path.lambda = lambdas_of(lambda, solver.lambda_max(), data, options.lambda_count);
  path.intercept.resize(path.lambda.size());
  path.coefficients = Eigen::MatrixXd::Zero(data.x.cols(), path.lambda.size());
  const PathEnd end{lambda.empty(), options.family == LassoFamily::gaussian, options.most_features};
  follow_path(
      path, solver, end, [&](Eigen::Index k) { store(path, k, solver, data); },
      [&](Eigen::Index count) { keep_first(path, count); });
  if (found != nullptr) *found = solver.products();
  return path;
}

LassoPath fit_lasso(const Eigen::Ref<const Eigen::MatrixXd>& x, const Eigen::Ref<const Eigen::VectorXd>& y,
                    const LassoOptions& options, std::span<const double> lambda) {
  const Scaled data = scale_columns(x);
  if (options.family == LassoFamily::binomial || !products_of_all_pay(data.x))
    return fit_path(data, y, options, lambda);
  const ColumnProducts all = all_products(data.x);
  return fit_path(data, y, options, lambda, &all);
}

}  // namespace radfuse::stats
