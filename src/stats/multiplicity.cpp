// SPDX-License-Identifier: Apache-2.0
// Benjamini and Hochberg 1995, Benjamini and Yekutieli 2001, Holm 1979.
#include "radfuse/stats/multiplicity.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace radfuse::stats {

Eigen::VectorXd adjust(const Eigen::Ref<const Eigen::VectorXd>& p, Correction correction) {
  Eigen::VectorXd adjusted = p;
  if (correction == Correction::none) return adjusted;
  std::vector<Eigen::Index> order;
  for (Eigen::Index i = 0; i < p.size(); ++i)
    if (!std::isnan(p[i])) order.push_back(i);
  std::stable_sort(order.begin(), order.end(), [&p](Eigen::Index a, Eigen::Index b) { return p[a] < p[b]; });
  const auto n = static_cast<double>(order.size());
  double harmonic = 0;
  for (std::size_t i = 1; i <= order.size(); ++i) harmonic += 1 / static_cast<double>(i);
  if (correction == Correction::holm) {
    double most = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
      most = std::max(most, (n - static_cast<double>(i)) * p[order[i]]);
      adjusted[order[i]] = std::min(1.0, most);
    }
    return adjusted;
  }
  const double factor = correction == Correction::benjamini_yekutieli ? harmonic : 1;
  double least = 1;
  for (std::size_t i = order.size(); i-- > 0;) {
    least = std::min(least, factor * n / static_cast<double>(i + 1) * p[order[i]]);
    adjusted[order[i]] = least;
  }
  return adjusted;
}

}  // namespace radfuse::stats
