// SPDX-License-Identifier: Apache-2.0
// Rows through a chain, and scores of their predictions.
#include "fold_data.hpp"

#include <algorithm>
#include <cmath>

#include "radfuse/stats/descriptive.hpp"

namespace radfuse {

Eigen::MatrixXd chain_values(const FittedChain& chain, const Dataset& data, std::span<const Eigen::Index> rows) {
  std::vector<std::string> sites;
  for (const Eigen::Index r : rows) sites.push_back(data.site[static_cast<std::size_t>(r)]);
  return apply(chain, keep_rows(data.table, rows), sites).values();
}

std::vector<int> outcomes(const Dataset& data, std::span<const Eigen::Index> rows) {
  std::vector<int> y;
  for (const Eigen::Index r : rows) y.push_back(data.outcome[static_cast<std::size_t>(r)]);
  return y;
}

double mean_log_loss(const std::vector<int>& outcome, const Eigen::VectorXd& probability) {
  double sum = 0;
  for (std::size_t i = 0; i < outcome.size(); ++i) {
    const double p = std::clamp(probability[static_cast<Eigen::Index>(i)], 1e-15, 1 - 1e-15);
    sum -= outcome[i] == 1 ? std::log(p) : std::log1p(-p);
  }
  return sum / static_cast<double>(outcome.size());
}

double area_under_roc(const std::vector<int>& outcome, const Eigen::VectorXd& probability) {
  return stats::auc(Eigen::Map<const Eigen::VectorXi>(outcome.data(), static_cast<Eigen::Index>(outcome.size())),
                    probability);
}

std::vector<std::string> case_ids(const Dataset& data, std::span<const Eigen::Index> rows) {
  std::vector<std::string> ids;
  for (const Eigen::Index r : rows) ids.push_back(data.table.rows()[static_cast<std::size_t>(r)].case_id);
  std::sort(ids.begin(), ids.end());
  return ids;
}

}  // namespace radfuse
