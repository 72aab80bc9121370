// SPDX-License-Identifier: Apache-2.0
// The l2,1 norm by reweighted least squares (Nie, Huang, Cai and Ding 2010) and by block coordinate descent.
#include "radfuse/stats/l21.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>

#include "radfuse/base/stop.hpp"

namespace radfuse::stats {
namespace {

constexpr double kLeastLength = 1e-12;  // keeps weights of rows and features finite

double objective_of(const Eigen::MatrixXd& residual, const Eigen::MatrixXd& weights, const L21Options& options) {
  const double loss = options.loss == L21Loss::robust ? residual.rowwise().norm().sum() : residual.squaredNorm() / 2;
  return loss + options.gamma * weights.rowwise().norm().sum();
}

// W of the quadratic whose terms are the squared lengths over (twice) the present ones: with T = diag(feature lengths)
// and R = diag(residual lengths), (x' R^-1 x + gamma T^-1) W = x' R^-1 y; or, in the size of rows,
// W = T x' (x T x' + gamma R)^-1 y. Neither divides by the length of a feature that vanishes.
Eigen::MatrixXd reweighted(const Eigen::Ref<const Eigen::MatrixXd>& x, const Eigen::Ref<const Eigen::MatrixXd>& y,
                           const Eigen::VectorXd& feature, const Eigen::VectorXd& row, double gamma) {
  if (x.rows() <= x.cols()) {
    Eigen::MatrixXd kernel = x * feature.asDiagonal() * x.transpose();
    kernel.diagonal() += gamma * row;
    return feature.asDiagonal() * (x.transpose() * kernel.ldlt().solve(y));
  }
  const Eigen::VectorXd root = feature.cwiseSqrt();
  const Eigen::MatrixXd scaled = row.cwiseInverse().cwiseSqrt().asDiagonal() * x * root.asDiagonal();
  Eigen::MatrixXd normal = scaled.transpose() * scaled;
  normal.diagonal().array() += gamma;
  return root.asDiagonal() *
         normal.ldlt().solve(root.asDiagonal() * (x.transpose() * (row.cwiseInverse().asDiagonal() * y)));
}

L21Fit fit_robust(const Eigen::Ref<const Eigen::MatrixXd>& x, const Eigen::Ref<const Eigen::MatrixXd>& y,
                  const L21Options& options) {
  L21Fit fit;
  // All lengths alike at first, as in Nie's algorithm 1.
  Eigen::VectorXd feature = Eigen::VectorXd::Constant(x.cols(), 0.5);
  Eigen::VectorXd row = Eigen::VectorXd::Constant(x.rows(), 0.5 * options.gamma);
  for (fit.rounds = 1; fit.rounds <= options.most_rounds; ++fit.rounds) {
    throw_if_stopped();
    fit.weights = reweighted(x, y, feature, row, options.gamma);
    const Eigen::MatrixXd residual = x * fit.weights - y;
    const double before = fit.objective;
    fit.objective = objective_of(residual, fit.weights, options);
    if (fit.rounds > 1 && std::abs(before - fit.objective) < options.tolerance * fit.objective) {
      fit.converged = true;
      break;
    }
    feature = fit.weights.rowwise().norm().cwiseMax(kLeastLength);
    row = residual.rowwise().norm().cwiseMax(kLeastLength);
  }
  return fit;
}

L21Fit fit_squares(const Eigen::Ref<const Eigen::MatrixXd>& x, const Eigen::Ref<const Eigen::MatrixXd>& y,
                   const L21Options& options) {
  L21Fit fit;
  fit.weights = Eigen::MatrixXd::Zero(x.cols(), y.cols());
  Eigen::MatrixXd residual = y;
  const Eigen::VectorXd square = x.colwise().squaredNorm().transpose();
  fit.objective = objective_of(residual, fit.weights, options);
  // Sweeps change the objective ever less: a round is ten of them, so that slow progress is not taken for none.
  for (fit.rounds = 1; fit.rounds <= options.most_rounds && !fit.converged; ++fit.rounds) {
    throw_if_stopped();
    for (int sweep = 0; sweep < 10; ++sweep)
      for (Eigen::Index j = 0; j < x.cols(); ++j) {
        if (!(square[j] > 0)) continue;
        const Eigen::RowVectorXd u = x.col(j).transpose() * residual + square[j] * fit.weights.row(j);
        const double length = u.norm();
        const double shrunk = length > options.gamma ? (1 - options.gamma / length) / square[j] : 0;
        const Eigen::RowVectorXd step = shrunk * u - fit.weights.row(j);
        if ((step.array() == 0).all()) continue;
        fit.weights.row(j) += step;
        residual.noalias() -= x.col(j) * step;
      }
    const double before = fit.objective;
    fit.objective = objective_of(residual, fit.weights, options);
    fit.converged = std::abs(before - fit.objective) <= options.tolerance * fit.objective;
  }
  return fit;
}

}  // namespace

L21Fit fit_l21(const Eigen::Ref<const Eigen::MatrixXd>& x, const Eigen::Ref<const Eigen::MatrixXd>& y,
               const L21Options& options) {
  return options.loss == L21Loss::robust ? fit_robust(x, y, options) : fit_squares(x, y, options);
}

// At W = 0 the loss falls along a feature's weights by the length of x_j' y (robust: y's rows over their lengths).
double l21_gamma_max(const Eigen::Ref<const Eigen::MatrixXd>& x, const Eigen::Ref<const Eigen::MatrixXd>& y,
                     L21Loss loss) {
  if (loss == L21Loss::least_squares) return (x.transpose() * y).rowwise().norm().maxCoeff();
  const Eigen::MatrixXd unit = y.rowwise().norm().cwiseInverse().asDiagonal() * y;
  return (x.transpose() * unit).rowwise().norm().maxCoeff();
}

}  // namespace radfuse::stats
