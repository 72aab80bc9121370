// SPDX-License-Identifier: Apache-2.0
// Means, quantiles, ranks and correlations.
#include "radfuse/stats/descriptive.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace radfuse::stats {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

}  // namespace

double mean(const Eigen::Ref<const Eigen::VectorXd>& x) {
  return x.size() == 0 ? kNaN : x.mean();
}

Eigen::VectorXd present(const Eigen::Ref<const Eigen::VectorXd>& x) {
  std::vector<Eigen::Index> there;
  for (Eigen::Index i = 0; i < x.size(); ++i)
    if (!std::isnan(x[i])) there.push_back(i);
  return x(there);
}

double variance(const Eigen::Ref<const Eigen::VectorXd>& x) {
  if (x.size() < 2) return kNaN;
  return (x.array() - x.mean()).square().sum() / static_cast<double>(x.size() - 1);
}

double quantile(Eigen::VectorXd x, double probability) {
  if (x.size() == 0) return kNaN;
  std::sort(x.data(), x.data() + x.size());
  const double at = probability * static_cast<double>(x.size() - 1);
  const auto below = std::min(static_cast<Eigen::Index>(std::floor(at)), x.size() - 1);
  const auto above = std::min(below + 1, x.size() - 1);
  return x[below] + (at - static_cast<double>(below)) * (x[above] - x[below]);
}

double median(const Eigen::Ref<const Eigen::VectorXd>& x) {
  return quantile(x, 0.5);
}

bool is_constant(const Eigen::Ref<const Eigen::VectorXd>& x) {
  for (Eigen::Index i = 1; i < x.size(); ++i)
    if (x[i] != x[0]) return false;
  return true;
}

Eigen::VectorXd ranks(const Eigen::Ref<const Eigen::VectorXd>& x) {
  std::vector<Eigen::Index> order(static_cast<std::size_t>(x.size()));
  std::iota(order.begin(), order.end(), Eigen::Index{0});
  std::stable_sort(order.begin(), order.end(), [&x](Eigen::Index a, Eigen::Index b) { return x[a] < x[b]; });
  Eigen::VectorXd result(x.size());
  for (std::size_t first = 0; first < order.size();) {
    std::size_t last = first;
    while (last + 1 < order.size() && x[order[last + 1]] == x[order[first]]) ++last;
    const double shared = 0.5 * static_cast<double>(first + last) + 1.0;
    for (std::size_t i = first; i <= last; ++i) result[order[i]] = shared;
    first = last + 1;
  }
  return result;
}

double pearson(const Eigen::Ref<const Eigen::VectorXd>& x, const Eigen::Ref<const Eigen::VectorXd>& y) {
  if (is_constant(x) || is_constant(y)) return kNaN;
  const Eigen::VectorXd a = x.array() - x.mean();
  const Eigen::VectorXd b = y.array() - y.mean();
  return std::clamp(a.dot(b) / std::sqrt(a.squaredNorm() * b.squaredNorm()), -1.0, 1.0);
}

double spearman(const Eigen::Ref<const Eigen::VectorXd>& x, const Eigen::Ref<const Eigen::VectorXd>& y) {
  return pearson(ranks(x), ranks(y));
}

Eigen::MatrixXd correlation_scores(const Eigen::Ref<const Eigen::MatrixXd>& x) {
  Eigen::MatrixXd scores(x.rows(), x.cols());
  for (Eigen::Index j = 0; j < x.cols(); ++j) {
    if (is_constant(x.col(j))) {
      scores.col(j).setConstant(kNaN);
      continue;
    }
    scores.col(j) = x.col(j).array() - x.col(j).mean();
    // Scaled by the largest value first: squares of very large or small values would leave the range of doubles.
    scores.col(j) /= scores.col(j).cwiseAbs().maxCoeff();
    scores.col(j) /= scores.col(j).norm();
  }
  return scores;
}

double auc(const Eigen::Ref<const Eigen::VectorXi>& label, const Eigen::Ref<const Eigen::VectorXd>& score) {
  const Eigen::VectorXd rank = ranks(score);
  double positive = 0, sum = 0;
  for (Eigen::Index i = 0; i < label.size(); ++i) {
    if (label[i] != 1) continue;
    positive += 1;
    sum += rank[i];
  }
  const double negative = static_cast<double>(label.size()) - positive;
  if (positive == 0 || negative == 0) return kNaN;
  return (sum - positive * (positive + 1) / 2) / (positive * negative);
}

}  // namespace radfuse::stats
