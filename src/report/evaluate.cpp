// SPDX-License-Identifier: Apache-2.0
// Performance of every model on every split.
#include "radfuse/report/evaluate.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "compare.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/stop.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/stats/calibration.hpp"
#include "radfuse/stats/decision_curve.hpp"
#include "radfuse/stats/resampled.hpp"
#include "radfuse/stats/roc.hpp"

namespace radfuse {
namespace {

constexpr std::size_t kCasesInGroup = 10;  // of a calibration curve, at least
constexpr std::size_t kMostGroups = 10;
constexpr std::size_t kFew = 10;  // cases of the rarer outcome, below which an interval says little

Estimate estimate(const stats::Proportion& share) {
  if (share.total == 0) return {};
  return {share.value, share.lower, share.upper};
}

ScoredCases scored_cases(std::span<const Prediction> predictions, const Judged& judged) {
  std::vector<Prediction> all;
  if (judged.split == Split::train) {
    all = mean_out_of_fold(predictions, judged.model, judged.learner);
  } else {
    for (const Prediction& p : predictions)
      if (p.kind == PredictionKind::final && p.split == judged.split && p.model == judged.model &&
          p.learner == judged.learner)
        all.push_back(p);
    std::ranges::sort(all, {}, &Prediction::case_id);
  }
  ScoredCases scored{.judged = judged};
  if (judged.split == Split::train) scored.folds = fold_aucs(predictions, judged);
  for (Prediction& p : all) {
    if (p.outcome < 0) {
      ++scored.unknown_outcome;
      continue;
    }
    if (!scored.cases.empty() && scored.cases.back().case_id == p.case_id)
      throw InputError("predictions: case " + p.case_id + " stands twice for model " + judged.model +
                       "; run radfuse-train again");
    scored.cases.push_back(std::move(p));
  }
  return scored;
}

// Judges one model on one split and adds the results to `to`.
class Judge {
 public:
  Judge(const EvaluateParams& params, Evaluation& to) : params_(params), to_(to) {}

  void judge(const ScoredCases& scored, double threshold) {
    row_ = {.judged = scored.judged, .n = scored.cases.size(), .threshold = threshold};
    for (const Prediction& p : scored.cases) row_.positive += p.outcome == 1 ? 1u : 0u;
    if (row_.n == 0) {
      note("n", "no case with a known outcome");
    } else {
      const Scores scores = scores_of(scored.cases);
      discrimination(scores, scored.folds);
      decisions(scores);
      if (params_.calibration) calibration(scores);
      if (params_.decision_curve) net_benefit(scores);
    }
    to_.performance.push_back(row_);
  }

 private:
  bool both() const { return row_.positive > 0 && row_.positive < row_.n; }
  std::string one_class() const {
    return std::string("all ") + std::to_string(row_.n) + " cases are " +
           (row_.positive == 0 ? "negative" : "positive");
  }
  void note(const std::string& column, const std::string& reason) {
    to_.notes.push_back({row_.judged, column, reason});
  }

  void discrimination(const Scores& scores, const std::vector<FoldAuc>& folds) {
    if (!both()) return note("auc", one_class());
    if (row_.judged.split == Split::train) {
      std::vector<double> values;
      for (const FoldAuc& fold : folds) values.push_back(fold.auc);
      const auto mean = stats::corrected_resampled_t(values, folds_in_a_repeat(folds), params_.intervals.level);
      row_.auc = over_folds(mean, 0);
      if (!mean.reason.empty()) note("auc", mean.reason);
    } else {
      const auto auc = stats::delong_auc(scores.label, scores.score, params_.intervals.level);
      row_.auc = {auc.auc, auc.lower, auc.upper};
      if (!auc.reason.empty()) note("auc", auc.reason);
      if (!(auc.lower < auc.upper)) row_.auc = {auc.auc, kUndefined, kUndefined};  // perfect separation: no variance
    }
    RocLine line{.judged = row_.judged};
    for (const stats::RocPoint& point : stats::roc_points(scores.label, scores.score)) {
      line.threshold.push_back(point.threshold);
      line.sensitivity.push_back(point.sensitivity);
      line.specificity.push_back(point.specificity);
    }
    to_.roc.push_back(std::move(line));
  }

  void decisions(const Scores& scores) {
    if (!std::isfinite(row_.threshold)) return note("sensitivity", "no threshold was fixed in training");
    const auto point = stats::at_threshold(scores.label, scores.score, row_.threshold);
    row_.true_positive = static_cast<std::size_t>(point.true_positive);
    row_.false_positive = static_cast<std::size_t>(point.false_positive);
    row_.true_negative = static_cast<std::size_t>(point.true_negative);
    row_.false_negative = static_cast<std::size_t>(point.false_negative);
    row_.sensitivity = estimate(point.sensitivity);
    row_.specificity = estimate(point.specificity);
    row_.ppv = estimate(point.positive_predictive);
    row_.npv = estimate(point.negative_predictive);
    row_.accuracy = estimate(point.accuracy);
    if (row_.positive == 0) note("sensitivity", one_class());
    if (row_.positive == row_.n) note("specificity", one_class());
    if (point.positive_predictive.total == 0) note("ppv", "no case is called positive");
    if (point.negative_predictive.total == 0) note("npv", "no case is called negative");
  }

  void calibration(const Scores& scores) {
    const auto c = stats::calibration(scores.label, scores.score);
    row_.brier = c.brier;
    if (!both()) return note("calibration_slope", one_class());
    row_.brier_scaled = c.brier_scaled;
    row_.calibration_in_the_large = {c.in_the_large, c.in_the_large_lower, c.in_the_large_upper};
    row_.calibration_intercept = {c.intercept, c.intercept_lower, c.intercept_upper};
    row_.calibration_slope = {c.slope, c.slope_lower, c.slope_upper};
    if (!c.reason.empty()) note("calibration_slope", c.reason);
    const std::size_t groups = std::min(kMostGroups, row_.n / kCasesInGroup);
    if (groups < 2) return note("calibration_curve", "fewer than 20 cases");
    CalibrationLine line{.judged = row_.judged};
    for (const auto& bin : stats::calibration_curve(scores.label, scores.score, static_cast<int>(groups)))
      line.groups.push_back({static_cast<std::size_t>(bin.observed.total), static_cast<std::size_t>(bin.observed.count),
                             bin.mean_predicted, estimate(bin.observed)});
    to_.calibration.push_back(std::move(line));
  }

  void net_benefit(const Scores& scores) {
    if (!both()) return note("net_benefit", one_class());
    std::vector<double> thresholds;
    for (int percent = 1; percent < 100; ++percent) thresholds.push_back(percent / 100.0);
    DecisionLine line{.judged = row_.judged};
    for (const auto& point : stats::decision_curve(scores.label, scores.score, thresholds)) {
      line.threshold.push_back(point.threshold);
      line.model.push_back(point.net_benefit);
      line.treat_all.push_back(point.treat_all);
    }
    to_.decision.push_back(std::move(line));
  }

  const EvaluateParams& params_;
  Evaluation& to_;
  Performance row_;
};

const ScoredCases* scored_of(const Evaluation& evaluation, const Judged& judged) {
  for (const ScoredCases& scored : evaluation.scored)
    if (scored.judged == judged) return &scored;
  return nullptr;
}

void check_names(const EvaluateParams& params, std::span<const std::string> models,
                 std::span<const Prediction> predictions) {
  for (const std::string& model : models)
    if (std::ranges::find(predictions, model, &Prediction::model) == predictions.end())
      throw InputError("predictions: no prediction by model '" + model + "'; run radfuse-train again");
  for (const auto& pair : params.compare)
    for (const std::string& name : pair)
      if (std::ranges::find(models, name) == models.end())
        throw StudyError("evaluate.compare: there is no model '" + name + "'" + text::did_you_mean(name, models));
}

// What a reader must know about the cases of a split; the same for all models, so said once.
void remark_on_splits(Evaluation& to) {
  for (const auto& split : kSplits) {
    const auto scored = std::ranges::find(to.scored, split.value, [](const ScoredCases& s) { return s.judged.split; });
    if (scored == to.scored.end()) continue;
    const std::string where = std::string(split.name) + ": ";
    std::size_t positive = 0;
    std::set<std::string> patients;
    for (const Prediction& p : scored->cases) {
      positive += p.outcome == 1 ? 1u : 0u;
      patients.insert(p.patient_id);
    }
    const std::size_t n = scored->cases.size(), rarer = std::min(positive, n - positive);
    if (n > 0 && rarer == 0)
      to.remarks.push_back(where + "all " + std::to_string(n) + " cases have the same outcome, so no AUC exists there");
    else if (rarer < kFew && n > 0)
      to.remarks.push_back(where + "only " + std::to_string(rarer) + " of " + std::to_string(n) +
                           " cases have the rarer outcome; every interval there is wide");
    if (patients.size() < n)
      to.remarks.push_back(where + std::to_string(n) + " cases come from " + std::to_string(patients.size()) +
                           " patients; the intervals take cases as independent and are too narrow");
    if (scored->unknown_outcome > 0)
      to.remarks.push_back(where + std::to_string(scored->unknown_outcome) +
                           " cases without a known outcome were predicted, not evaluated");
  }
}

}  // namespace

std::string_view auc_method(Split split) {
  return split == Split::train ? "mean of folds (corrected resampled t)" : "DeLong";
}

std::string primary_model(const Evaluation& evaluation) {
  if (!evaluation.comparisons.empty()) return evaluation.comparisons.front().first;
  return evaluation.models.empty() ? "" : evaluation.models.back();
}

const Performance* find(const Evaluation& evaluation, const Judged& judged) {
  for (const Performance& row : evaluation.performance)
    if (row.judged == judged) return &row;
  return nullptr;
}

Evaluation evaluate(const EvaluateParams& params, std::span<const std::string> models,
                    std::span<const Prediction> predictions, std::span<const Threshold> thresholds) {
  check_names(params, models, predictions);
  Evaluation evaluation{.level = params.intervals.level, .models = {models.begin(), models.end()}};
  Judge judge(params, evaluation);
  for (const std::string& model : models)
    for (const auto& learner : kLearners)
      for (const auto& split : kSplits) {
        throw_if_stopped();
        ScoredCases scored = scored_cases(predictions, {model, learner.value, split.value});
        if (scored.cases.empty() && scored.unknown_outcome == 0) continue;
        double threshold = kUndefined;
        for (const Threshold& t : thresholds)
          if (t.model == model && t.learner == learner.value) threshold = t.value;
        judge.judge(scored, threshold);
        evaluation.scored.push_back(std::move(scored));
      }
  for (const auto& pair : params.compare)
    for (const auto& learner : kLearners)
      for (const auto& split : kSplits) {
        const ScoredCases* first = scored_of(evaluation, {pair[0], learner.value, split.value});
        const ScoredCases* second = scored_of(evaluation, {pair[1], learner.value, split.value});
        // A score taken as it is has no learner of its own: it stands against each learner of the other model.
        if (first == nullptr && second != nullptr)
          first = scored_of(evaluation, {pair[0], Learner::as_is, split.value});
        else if (first != nullptr && second == nullptr)
          second = scored_of(evaluation, {pair[1], Learner::as_is, split.value});
        if (first == nullptr || second == nullptr) continue;
        compare(*first, *second, params.intervals.level, evaluation);
        evaluation.comparisons.back().learner = learner.value;
      }
  remark_on_splits(evaluation);
  return evaluation;
}

}  // namespace radfuse
