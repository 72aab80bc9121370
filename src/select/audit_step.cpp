// SPDX-License-Identifier: Apache-2.0
// The audit of a harmonising step, as evidence and as a remark.
#include "audit_step.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "audit.hpp"

namespace radfuse {
namespace {

constexpr double kLevel = 0.05;

std::string percent(double share) {
  return fixed(100 * share, 0) + " %";
}

}  // namespace

std::vector<int> number_batches(std::span<const std::string> names, std::vector<std::string>& sites) {
  const std::set<std::string> different(names.begin(), names.end());
  sites.assign(different.begin(), different.end());
  std::vector<int> batch;
  for (const std::string& name : names)
    batch.push_back(static_cast<int>(std::lower_bound(sites.begin(), sites.end(), name) - sites.begin()));
  return batch;
}

void audit_step(const Eigen::MatrixXd& before, const Eigen::MatrixXd& after, const std::vector<std::string>& columns,
                const std::vector<int>& batch, const std::vector<std::string>& sites, const BatchKey& key,
                Working& working) {
  ChainEvidence* evidence = working.evidence();
  if (evidence == nullptr) return;
  const std::string what = key.what();
  HarmonisationSummary summary{.step = working.step(), .by = key.by, .batches = sites};
  double differ_before = 0, differ_after = 0;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const auto at = static_cast<Eigen::Index>(c);
    HarmonisationRow row{working.step(), columns[c], batch_difference(before.col(at), batch),
                         batch_difference(after.col(at), batch)};
    if (row.before.reason.empty() && row.after.reason.empty()) {
      ++summary.features;
      differ_before += row.before.p < kLevel;
      differ_after += row.after.p < kLevel;
    }
    evidence->harmonisation.push_back(std::move(row));
  }
  const auto tested = static_cast<double>(summary.features);
  summary.differ_before = differ_before / tested;
  summary.differ_after = differ_after / tested;
  const auto patients = working.training_patients();
  summary.predicted_before = batch_prediction(before, batch, patients, summary.chance);
  summary.predicted_after = batch_prediction(after, batch, patients, summary.chance);
  const OutcomeAssociation association = outcome_association(batch, sites.size(), working.outcome());
  summary.outcome_v = association.v;
  summary.outcome_p = association.p;
  if (summary.features > 0)
    working.remark("of " + std::to_string(summary.features) + " features " + percent(summary.differ_before) +
                   " differed between " + std::to_string(sites.size()) + " " + what + (what == "batch" ? "es" : "s") +
                   " before (p < 0.05) and " + percent(summary.differ_after) + " after; the " + what +
                   (std::isnan(summary.predicted_before)
                        ? " could not be predicted from them for lack of cases"
                        : " was predicted from them with a balanced accuracy of " + fixed(summary.predicted_before, 2) +
                              " before and " + fixed(summary.predicted_after, 2) +
                              " after (guessing: " + fixed(summary.chance, 2) + ")"));
  evidence->harmonisation_summary.push_back(std::move(summary));
}

}  // namespace radfuse
