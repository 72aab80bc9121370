// SPDX-License-Identifier: Apache-2.0
// The path: scaling, the sequence of lambdas, and when it ends.
#include "radfuse/stats/lasso.hpp"

#include <algorithm>
#include <cmath>

#include "lasso_solver.hpp"
#include "radfuse/base/stop.hpp"

namespace radfuse::stats {
namespace {

constexpr double kEnoughDeviance = 0.999;  // explained: the path ends
constexpr double kLeastGain = 1e-5;        // of deviance from one lambda to the next: the path ends
constexpr Eigen::Index kLeastLambdas = 5;  // before it may end

struct Scaled {
  Eigen::MatrixXd x;  // columns with mean 0 and SD (1/n) of 1; constant ones are all 0
  Eigen::VectorXd mean, sd;
};

Scaled scale(const Eigen::Ref<const Eigen::MatrixXd>& x) {
  Scaled s{x, x.colwise().mean(), Eigen::VectorXd::Zero(x.cols())};
  for (Eigen::Index j = 0; j < x.cols(); ++j) {
    if ((x.col(j).array() == x(0, j)).all()) {
      s.x.col(j).setZero();
      continue;
    }
    s.x.col(j).array() -= s.mean[j];
    s.sd[j] = s.x.col(j).norm() / std::sqrt(static_cast<double>(x.rows()));
    s.x.col(j) /= s.sd[j];
  }
  return s;
}

Eigen::VectorXd lambda_sequence(double largest, Eigen::Index rows, Eigen::Index columns, int count) {
  const double ratio = rows < columns ? 1e-2 : 1e-4;
  Eigen::VectorXd lambda(count);
  for (int k = 0; k < count; ++k)
    lambda[k] = largest * std::pow(ratio, count == 1 ? 0.0 : static_cast<double>(k) / (count - 1));
  return lambda;
}

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
  const Scaled data = scale(x);
  const Eigen::VectorXd target = y;
  LassoSolver solver(data.x, target, options);
  const bool own = lambda.empty();

  LassoPath path;
  path.lambda =
      own ? lambda_sequence(solver.lambda_max(), x.rows(), x.cols(), options.lambda_count)
          : Eigen::VectorXd(Eigen::Map<const Eigen::VectorXd>(lambda.data(), static_cast<Eigen::Index>(lambda.size())));
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
    previous = path.lambda[k];
    if (!own || k + 1 < kLeastLambdas) continue;
    const double gain = path.deviance_ratio[k] - path.deviance_ratio[k - 1];
    if (gain < kLeastGain || path.deviance_ratio[k] > kEnoughDeviance || solver.saturated()) {
      keep_first(path, k + 1);
      break;
    }
  }
  return path;
}

}  // namespace radfuse::stats
