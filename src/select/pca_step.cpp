// SPDX-License-Identifier: Apache-2.0
// pca: the columns of a block are replaced by their principal components.
#include "radfuse/stats/pca.hpp"

#include <algorithm>
#include <string>

#include "radfuse/base/error.hpp"
#include "working.hpp"

namespace radfuse {
namespace {

Eigen::Index components_needed(const stats::Pca& pca, const PcaParams& params) {
  if (params.components > 0) return std::min<Eigen::Index>(params.components, pca.variance.size());
  double held = 0;
  Eigen::Index count = 0;
  while (count < pca.variance.size() && held < params.variance * pca.total * (1 - 1e-12)) held += pca.variance[count++];
  return count;
}

void project(const std::string& block, const PcaParams& params, Working& working) {
  const auto positions = working.varying_scope({block});
  if (positions.empty()) return;
  const stats::Pca pca = stats::fit_pca(working.values_of(positions));
  const Eigen::Index count = components_needed(pca, params);
  FittedProjection step{.columns = {}, .components = {}, .mean = pca.mean, .loadings = pca.loadings.leftCols(count)};
  step.columns = working.names_of(positions);
  std::vector<std::string> evidence;
  const std::size_t digits = std::to_string(count).size();
  for (Eigen::Index k = 0; k < count; ++k) {
    const std::string number = std::to_string(k + 1);
    step.components.push_back(block + ".pca." + std::string(digits - number.size(), '0') + number);
    evidence.push_back(fixed(100 * pca.variance[k] / pca.total, 1) + " % of the variance of " + block);
  }
  working.remark(std::to_string(positions.size()) + " features of " + block + " became " + std::to_string(count) +
                 " components, which hold " + fixed(100 * pca.variance.head(count).sum() / pca.total, 1) +
                 " % of their variance");
  working.push(std::move(step), evidence);
}

}  // namespace

void fit_step(const PcaParams& params, Working& working) {
  if (working.outcome().size() < 3)
    throw InputError("select, step " + working.step() + ": principal components need three training rows");
  for (const std::string& block : params.on) project(block, params, working);
}

}  // namespace radfuse
