// SPDX-License-Identifier: Apache-2.0
// What all families of the lasso share.
#include "lasso_path.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

namespace radfuse::stats {
namespace {

constexpr double kEnoughDeviance = 0.999;  // explained: the path ends
constexpr double kLeastGain = 1e-5;        // of deviance from one lambda to the next: the path ends
constexpr Eigen::Index kLeastLambdas = 5;  // before it may end

CvCurve summarise(const Eigen::MatrixXd& values, const Eigen::VectorXd& weight, bool largest) {
  CvCurve curve;
  const Eigen::Index lambdas = values.cols();
  curve.mean.resize(lambdas);
  curve.sd.resize(lambdas);
  for (Eigen::Index k = 0; k < lambdas; ++k) {
    double sum = 0, total = 0, square = 0, count = 0;
    for (Eigen::Index f = 0; f < values.rows(); ++f) {
      if (std::isnan(values(f, k))) continue;
      sum += weight[f] * values(f, k);
      total += weight[f];
      ++count;
    }
    curve.mean[k] = sum / total;
    for (Eigen::Index f = 0; f < values.rows(); ++f)
      if (!std::isnan(values(f, k))) square += weight[f] * std::pow(values(f, k) - curve.mean[k], 2);
    curve.sd[k] = std::sqrt(square / total / (count - 1));
  }
  const Eigen::VectorXd cost = largest ? Eigen::VectorXd(-curve.mean) : curve.mean;
  cost.minCoeff(&curve.at_min);  // the first of equals: the largest lambda
  const double bound = cost[curve.at_min] + curve.sd[curve.at_min];
  while (cost[curve.at_one_se] > bound) ++curve.at_one_se;
  return curve;
}

}  // namespace

Scaled scale_columns(Eigen::MatrixXd x) {
  Scaled s{std::move(x), {}, {}};
  s.mean = s.x.colwise().mean();
  s.sd = Eigen::VectorXd::Zero(s.x.cols());
  for (Eigen::Index j = 0; j < s.x.cols(); ++j) {
    auto column = s.x.col(j).array();
    if ((column == column[0]).all()) {
      column = 0;
      continue;
    }
    column -= s.mean[j];
    s.sd[j] = s.x.col(j).norm() / std::sqrt(static_cast<double>(s.x.rows()));
    column /= s.sd[j];
  }
  return s;
}

Eigen::VectorXd lambdas_of(std::span<const double> given, double largest, const Scaled& data, int count) {
  if (!given.empty()) return Eigen::Map<const Eigen::VectorXd>(given.data(), static_cast<Eigen::Index>(given.size()));
  const double ratio = data.x.rows() < data.x.cols() ? 1e-2 : 1e-4;
  Eigen::VectorXd lambda(count);
  for (int k = 0; k < count; ++k)
    lambda[k] = largest * std::pow(ratio, count == 1 ? 0.0 : static_cast<double>(k) / (count - 1));
  return lambda;
}

bool path_ends(const PathEnd& end, const Eigen::VectorXd& ratio, Eigen::Index k, bool saturated) {
  if (!end.own || k + 1 < kLeastLambdas) return false;
  const double least = kLeastGain * (end.gaussian ? ratio[k] : 1);
  return saturated || ratio[k] - ratio[k - 1] < least || ratio[k] > kEnoughDeviance;
}

Between between(const Eigen::VectorXd& path, double lambda) {
  const double* first = path.data();
  const double* last = first + path.size();
  const double s = std::clamp(lambda, path[path.size() - 1], path[0]);
  const auto right = std::lower_bound(first, last, s, std::greater<>()) - first;  // first lambda <= s
  const Eigen::Index left = right == 0 ? 0 : right - 1;
  if (right == left || path[left] == path[right]) return {right, right, 0};
  return {left, right, (s - path[right]) / (path[left] - path[right])};
}

std::vector<std::vector<Eigen::Index>> held_out(std::span<const int> fold) {
  const int folds = fold.empty() ? 0 : *std::max_element(fold.begin(), fold.end()) + 1;
  std::vector<std::vector<Eigen::Index>> held(static_cast<std::size_t>(folds));
  for (std::size_t i = 0; i < fold.size(); ++i)
    held[static_cast<std::size_t>(fold[i])].push_back(static_cast<Eigen::Index>(i));
  return held;
}

std::vector<Eigen::Index> rows_but(std::span<const int> fold, int left_out) {
  std::vector<Eigen::Index> rest;
  for (std::size_t i = 0; i < fold.size(); ++i)
    if (fold[i] != left_out) rest.push_back(static_cast<Eigen::Index>(i));
  return rest;
}

CvCurve curve_of_folds(const Eigen::MatrixXd& values, const std::vector<std::vector<Eigen::Index>>& held,
                       bool largest) {
  Eigen::VectorXd size(values.rows());
  for (std::size_t f = 0; f < held.size(); ++f)
    size[static_cast<Eigen::Index>(f)] = static_cast<double>(held[f].size());
  return summarise(values, size, largest);
}

CvCurve curve_of_rows(const Eigen::MatrixXd& errors, const std::vector<std::vector<Eigen::Index>>& held) {
  const auto folds = static_cast<Eigen::Index>(held.size());
  if (errors.rows() < 3 * folds) return summarise(errors, Eigen::VectorXd::Ones(errors.rows()), false);
  Eigen::MatrixXd by_fold(folds, errors.cols());
  for (std::size_t f = 0; f < held.size(); ++f)
    by_fold.row(static_cast<Eigen::Index>(f)) = errors(held[f], Eigen::all).colwise().mean();
  return curve_of_folds(by_fold, held, false);
}

}  // namespace radfuse::stats
