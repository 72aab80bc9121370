// SPDX-License-Identifier: Apache-2.0
// Folds of training cases, and two models on the same cases.
#include "compare.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>

#include "radfuse/base/error.hpp"
#include "radfuse/stats/descriptive.hpp"
#include "radfuse/stats/roc.hpp"

namespace radfuse {
namespace {

// The corrected resampled t-test over the folds that both models have.
std::string compare_over_folds(const ScoredCases& first, const ScoredCases& second, double level, Comparison& row) {
  std::vector<double> a, b, difference;
  for (const FoldAuc& one : first.folds)
    for (const FoldAuc& other : second.folds)
      if (one.repeat == other.repeat && one.fold == other.fold) {
        a.push_back(one.auc);
        b.push_back(other.auc);
        difference.push_back(one.auc - other.auc);
      }
  const int count = folds_in_a_repeat(first.folds);
  row.auc_first = stats::corrected_resampled_t(a, count, level).mean;
  row.auc_second = stats::corrected_resampled_t(b, count, level).mean;
  const auto test = stats::corrected_resampled_t(difference, count, level);
  row.difference = over_folds(test, -1);
  row.statistic = test.t;
  row.p = test.p;
  return test.reason;
}

}  // namespace

Scores scores_of(const std::vector<Prediction>& cases) {
  const auto n = static_cast<Eigen::Index>(cases.size());
  Scores scores{Eigen::VectorXi(n), Eigen::VectorXd(n)};
  for (Eigen::Index i = 0; i < n; ++i) {
    scores.label[i] = cases[static_cast<std::size_t>(i)].outcome;
    scores.score[i] = cases[static_cast<std::size_t>(i)].probability;
  }
  return scores;
}

std::vector<FoldAuc> fold_aucs(std::span<const Prediction> predictions, const Judged& judged) {
  std::map<std::pair<int, int>, std::vector<Prediction>> held_out;
  for (const Prediction& p : predictions)
    if (p.kind == PredictionKind::oof && p.outcome >= 0 && p.model == judged.model && p.learner == judged.learner)
      held_out[{p.repeat, p.fold}].push_back(p);
  std::vector<FoldAuc> folds;
  for (const auto& [key, cases] : held_out) {
    const Scores scores = scores_of(cases);
    const auto auc = stats::auc(scores.label, scores.score);
    if (std::isfinite(auc)) folds.push_back({key.first, key.second, auc});
  }
  return folds;
}

int folds_in_a_repeat(const std::vector<FoldAuc>& folds) {
  int most = 0;
  for (const FoldAuc& fold : folds) most = std::max(most, fold.fold);
  return most;
}

Estimate over_folds(const stats::ResampledMean& mean, double low) {
  if (!std::isfinite(mean.lower)) return {mean.mean, kUndefined, kUndefined};
  return {mean.mean, std::max(mean.lower, low), std::min(mean.upper, 1.0)};
}

void compare(const ScoredCases& first, const ScoredCases& second, double level, Evaluation& to) {
  std::vector<Prediction> a, b;
  for (const Prediction& p : first.cases) {
    const auto other = std::ranges::lower_bound(second.cases, p.case_id, {}, &Prediction::case_id);
    if (other == second.cases.end() || other->case_id != p.case_id) continue;
    if (other->outcome != p.outcome)
      throw InputError("predictions: case " + p.case_id + " has two outcomes; run radfuse-train again");
    a.push_back(p);
    b.push_back(*other);
  }
  Comparison row{.first = first.judged.model,
                 .second = second.judged.model,
                 .learner = first.judged.learner,
                 .split = first.judged.split,
                 .n = a.size()};
  for (const Prediction& p : a) row.positive += p.outcome == 1 ? 1u : 0u;
  const std::string against = "comparison with " + row.second;
  if (a.size() != first.cases.size() || b.size() != second.cases.size())
    to.notes.push_back({first.judged, against, "only the " + std::to_string(a.size()) + " cases that both judged"});
  if (row.positive == 0 || row.positive == row.n) {
    to.notes.push_back({first.judged, against, "one outcome only: there is nothing to tell apart"});
  } else if (row.split == Split::train) {
    const std::string reason = compare_over_folds(first, second, level, row);
    if (!reason.empty()) to.notes.push_back({first.judged, against, reason});
  } else {
    const Scores x = scores_of(a), y = scores_of(b);
    const auto test = stats::delong_test(x.label, x.score, y.score, level);
    row.auc_first = test.first;
    row.auc_second = test.second;
    row.difference = {test.difference, test.lower, test.upper};
    row.statistic = test.z;
    row.p = test.p;
    if (!test.reason.empty()) to.notes.push_back({first.judged, against, test.reason});
  }
  to.comparisons.push_back(row);
}

}  // namespace radfuse
