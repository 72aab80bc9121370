// SPDX-License-Identifier: Apache-2.0
// Missing values from the nearest rows.
#include "radfuse/stats/neighbours.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace radfuse::stats {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double squared_distance(const Eigen::Ref<const Eigen::VectorXd>& a, const Eigen::Ref<const Eigen::VectorXd>& b) {
  double sum = 0, shared = 0;
  for (Eigen::Index j = 0; j < a.size(); ++j) {
    if (std::isnan(a[j]) || std::isnan(b[j])) continue;
    sum += (a[j] - b[j]) * (a[j] - b[j]);
    ++shared;
  }
  return shared > 0 ? sum * static_cast<double>(a.size()) / shared : kNaN;
}

}  // namespace

NearestRows::NearestRows(Eigen::MatrixXd rows, int neighbours)
    : rows_(rows.transpose()), means_(rows.cols()), neighbours_(neighbours) {
  for (Eigen::Index j = 0; j < rows.cols(); ++j) {
    double sum = 0, count = 0;
    for (const double v : rows.col(j))
      if (!std::isnan(v)) sum += v, ++count;
    means_[j] = sum / count;
  }
}

Eigen::VectorXd NearestRows::fill(const Eigen::Ref<const Eigen::VectorXd>& row) const {
  std::vector<std::pair<double, Eigen::Index>> near;  // by distance, then by place
  for (Eigen::Index i = 0; i < rows_.cols(); ++i)
    if (const double d = squared_distance(row, rows_.col(i)); !std::isnan(d)) near.emplace_back(d, i);
  std::sort(near.begin(), near.end());
  Eigen::VectorXd filled = row;
  for (Eigen::Index j = 0; j < row.size(); ++j) {
    if (!std::isnan(row[j])) continue;
    double sum = 0;
    int count = 0;
    for (const auto& [distance, i] : near) {
      if (std::isnan(rows_(j, i))) continue;
      sum += rows_(j, i);
      if (++count == neighbours_) break;
    }
    filled[j] = count > 0 ? sum / count : means_[j];
  }
  return filled;
}

}  // namespace radfuse::stats
