// SPDX-License-Identifier: Apache-2.0
// The path of a binomial or gaussian lasso.
#include "radfuse/stats/lasso.hpp"

#include <algorithm>

#include "lasso_path.hpp"
#include "lasso_solver.hpp"
#include "radfuse/base/stop.hpp"

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
  path.deviance_ratio[at] = solver.deviance_ratio();
}

}  // namespace

LassoPath fit_lasso(const Eigen::Ref<const Eigen::MatrixXd>& x, const Eigen::Ref<const Eigen::VectorXd>& y,
                    const LassoOptions& options, std::span<const double> lambda) {
  const Scaled data = scale_columns(x);
  const Eigen::VectorXd target = y;
  LassoSolver solver(data.x, target, options);
  const bool own = lambda.empty();

  LassoPath path;
  path.lambda = lambdas_of(lambda, solver.lambda_max(), data, options.lambda_count);
  const Eigen::Index count = path.lambda.size();
  path.intercept.resize(count);
  path.coefficients = Eigen::MatrixXd::Zero(x.cols(), count);
  path.deviance_ratio.resize(count);
  path.nonzero.assign(static_cast<std::size_t>(count), 0);
  double previous = solver.lambda_max();
  for (Eigen::Index k = 0; k < count; ++k) {
    throw_if_stopped();
    // At its first lambda the path's own sequence has no coefficient, by construction.
    if (!(own && k == 0) && !solver.solve(path.lambda[k], std::max(previous, path.lambda[k]))) {
      path.complete = false;
      keep_first(path, k);
      break;
    }
    store(path, k, solver, data);
    if (options.most_features > 0 && path.nonzero[static_cast<std::size_t>(k)] > options.most_features) {
      keep_first(path, k);
      break;
    }
    previous = path.lambda[k];
    if (own && path_ends(path.deviance_ratio, k, solver.saturated(), options.family == LassoFamily::gaussian)) {
      keep_first(path, k + 1);
      break;
    }
  }
  return path;
}

}  // namespace radfuse::stats
