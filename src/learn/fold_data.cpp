// SPDX-License-Identifier: Apache-2.0
// Rows through a chain.
#include "fold_data.hpp"

#include <algorithm>

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

std::vector<std::string> case_ids(const Dataset& data, std::span<const Eigen::Index> rows) {
  std::vector<std::string> ids;
  for (const Eigen::Index r : rows) ids.push_back(data.table.rows()[static_cast<std::size_t>(r)].case_id);
  std::sort(ids.begin(), ids.end());
  return ids;
}

}  // namespace radfuse
