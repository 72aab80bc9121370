// SPDX-License-Identifier: Apache-2.0
// The linear model of the log-odds.
#include "linear.hpp"

#include <algorithm>
#include <cmath>

#include "radfuse/stats/logistic.hpp"

namespace radfuse {
namespace {

/// Mean and SD of the values that are there; a column without spread, or without values, has scale 1.
struct Spread {
  double mean = 0, sd = 1;
  bool constant = true;
};
Spread spread_of(const Eigen::MatrixXd& x, Eigen::Index column) {
  double sum = 0, count = 0;
  for (const double v : x.col(column))
    if (!std::isnan(v)) sum += v, ++count;
  if (count == 0) return {};
  Spread s{.mean = sum / count};
  double squares = 0;
  for (const double v : x.col(column))
    if (!std::isnan(v)) squares += (v - s.mean) * (v - s.mean);
  const double sd = std::sqrt(squares / count);
  // Rounding of the mean alone gives a constant column a spread of about 1e-16 of its size.
  if (std::isfinite(sd) && sd > 1e-13 * std::abs(s.mean)) {
    s.sd = sd;
    s.constant = false;
  }
  return s;
}

Eigen::MatrixXd scaled(const LinearModel& model, const Eigen::MatrixXd& x) {
  Eigen::MatrixXd z(x.rows(), x.cols());
  for (Eigen::Index j = 0; j < x.cols(); ++j)
    for (Eigen::Index i = 0; i < x.rows(); ++i)
      z(i, j) = std::isnan(x(i, j)) ? 0 : (x(i, j) - model.mean[j]) / model.scale[j];
  return z;
}

}  // namespace

Eigen::MatrixXd LinearModel::contributions(const Eigen::MatrixXd& x) const {
  return scaled(*this, x) * coefficient.asDiagonal();
}

Eigen::VectorXd LinearModel::log_odds(const Eigen::MatrixXd& x) const {
  Eigen::VectorXd sum = Eigen::VectorXd::Constant(x.rows(), intercept);
  for (Eigen::Index j = 0; j < x.cols(); ++j)  // column by column: the same sum for one row as for many
    for (Eigen::Index i = 0; i < x.rows(); ++i)
      if (!std::isnan(x(i, j))) sum[i] += coefficient[j] * ((x(i, j) - mean[j]) / scale[j]);
  return sum;
}

LinearModel fit_linear(const Eigen::MatrixXd& x, const std::vector<int>& y, const std::vector<double>& weight, double c,
                       bool standardise) {
  LinearModel model{Eigen::VectorXd::Zero(x.cols()), Eigen::VectorXd::Ones(x.cols()), Eigen::VectorXd::Zero(x.cols())};
  std::vector<Eigen::Index> varying;
  for (Eigen::Index j = 0; j < x.cols(); ++j) {
    const Spread spread = spread_of(x, j);
    model.mean[j] = spread.mean;
    if (standardise) model.scale[j] = spread.sd;
    if (!spread.constant) varying.push_back(j);
  }
  if (varying.empty()) {
    model.intercept = constant_model(y, weight).intercept;
    return model;
  }
  const Eigen::MatrixXd z = scaled(model, x)(Eigen::all, varying);
  const auto labels = Eigen::Map<const Eigen::VectorXi>(y.data(), static_cast<Eigen::Index>(y.size()));
  const auto weights = Eigen::Map<const Eigen::VectorXd>(weight.data(), static_cast<Eigen::Index>(weight.size()));
  const stats::RidgeFit fit = stats::fit_logistic_ridge(z, labels, c, weights);
  model.intercept = fit.intercept;
  for (std::size_t k = 0; k < varying.size(); ++k)
    model.coefficient[varying[k]] = fit.coefficients[static_cast<Eigen::Index>(k)];
  return model;
}

LinearModel constant_model(const std::vector<int>& y, const std::vector<double>& weight) {
  double positive = 0, negative = 0;
  for (std::size_t i = 0; i < y.size(); ++i) (y[i] == 1 ? positive : negative) += weight[i];
  return {{}, {}, {}, std::log(positive / negative)};
}

}  // namespace radfuse
