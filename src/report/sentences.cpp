// SPDX-License-Identifier: Apache-2.0
// The sentences of the report: verdicts, comparisons, methods, doubts.
#include <algorithm>
#include <cmath>

#include "format.hpp"
#include "protocol.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/report/report.hpp"
#include "settings.hpp"

namespace radfuse {
namespace {

constexpr double kEventsPerFeature = 10;  // Peduzzi 1996: fewer make coefficients unstable

std::string count_text(std::size_t n, std::size_t positive) {
  return "n = " + std::to_string(n) + ", " + std::to_string(positive) + " positive";
}

std::string ci(const Estimate& estimate, double level, int decimals = 3) {
  if (!std::isfinite(estimate.low) || !std::isfinite(estimate.high)) return "no interval";
  return percent(level) + " CI " + fixed(estimate.low, decimals) + " to " + fixed(estimate.high, decimals);
}

std::string in_split(Split split) {
  return split == Split::train ? "in cross-validation of the training cases" : "in the " + split_text(split);
}

std::string auc_part(const Performance& row, double level) {
  if (!std::isfinite(row.auc.value))
    return "no AUC " + in_split(row.judged.split) + " (" + count_text(row.n, row.positive) + ")";
  const bool chance = std::isfinite(row.auc.low) && row.auc.low <= 0.5 && row.auc.high >= 0.5;
  return "AUC " + fixed(row.auc.value, 3) + " (" + ci(row.auc, level) + ") " + in_split(row.judged.split) + " (" +
         count_text(row.n, row.positive) + ")" + (chance ? ", an interval that includes chance (0.5)" : "");
}

std::string words(const std::vector<std::string>& items) {
  if (items.size() < 2) return text::join(items, "");
  const std::vector<std::string> first(items.begin(), items.end() - 1);
  return text::join(first, ", ") + " and " + items.back();
}

}  // namespace

std::vector<std::string> verdicts(const Evaluation& evaluation) {
  const std::string primary = primary_model(evaluation);
  std::vector<std::string> sentences;
  for (const auto& learner : kLearners) {
    std::vector<std::string> parts;
    for (auto split = std::rbegin(kSplits); split != std::rend(kSplits); ++split)  // the hardest test first
      if (const Performance* row = find(evaluation, {primary, learner.value, split->value}))
        parts.push_back(auc_part(*row, evaluation.level));
    if (!parts.empty()) sentences.push_back(model_text(primary, learner.value) + ": " + text::join(parts, "; ") + ".");
  }
  return sentences;
}

std::string comparison_sentence(const Comparison& row, double level) {
  const std::string where = std::string(row.split == Split::train ? "In cross-validation of the training cases"
                                                                  : "In the " + split_text(row.split)) +
                            " (" + std::string(name_of(kLearners, row.learner)) + ", " +
                            count_text(row.n, row.positive) + "), ";
  if (!std::isfinite(row.difference.value))
    return where + row.first + " and " + row.second + " cannot be compared: all cases have the same outcome.";
  const std::string numbers = ": AUC " + fixed(row.auc_first, 3) + " against " + fixed(row.auc_second, 3) +
                              ", difference " + fixed(row.difference.value, 3) + " (" + ci(row.difference, level) +
                              "), " + p_text(row.p) + ".";
  if (!std::isfinite(row.p) || row.p >= 1 - level)
    return where + "no difference between " + row.first + " and " + row.second + " was shown" + numbers;
  const bool first_better = row.difference.value > 0;
  return where + (first_better ? row.first : row.second) + " told positive from negative cases better than " +
         (first_better ? row.second : row.first) + numbers;
}

std::vector<std::string> methods_text(const ReportInput& input) {
  const StudyResults& results = input.results;
  const ValidationParams& validation = results.train.validation;
  std::vector<std::string> models, learners;
  for (const auto& [name, blocks] : results.train.models) models.push_back(name + " (" + words(blocks) + ")");
  for (const auto& learner : kLearners)
    if (std::ranges::any_of(results.train.models, [&](const auto& model) {
          const auto own = learners_of(results.train, model.first);
          return std::ranges::find(own, learner.value) != own.end();
        }))
      learners.emplace_back(learner.value == Learner::as_is ? "none (a deep score taken as it is)" : learner.name);
  std::vector<std::string> steps;
  for (const std::string& step : settings_values(results.settings, "select", "step")) steps.push_back(step);
  std::vector<std::string> sentences;
  sentences.push_back("Models were built from these blocks of features: " + words(models) +
                      ". Learners: " + words(learners) + ".");
  if (!steps.empty())
    sentences.push_back("Features went through " + text::join(steps, ", then ") +
                        "; every step was fitted on training cases only, and anew inside each fold.");
  sentences.push_back(
      "Performance on training cases was estimated by nested cross-validation (" + std::to_string(validation.folds) +
      " outer folds, " + counted(static_cast<std::size_t>(validation.repeats), "repeat", "repeats") + "; " +
      std::to_string(validation.inner_folds) +
      " inner folds chose the settings); all cases of a patient lay in the same fold. A case's probability is the mean "
      "of its out-of-fold probabilities over the repeats. The final models were fitted on all training cases.");
  sentences.push_back(
      "The threshold of each model maximises sensitivity + specificity (Youden's index) on the out-of-fold "
      "probabilities of the training cases and was applied unchanged to all other cases.");
  sentences.push_back(
      "AUCs of test cases have DeLong's " + percent(input.evaluate.intervals.level) +
      " intervals and were compared on the same cases by DeLong's paired two-sided test; the AUC of training "
      "cases is the mean over the outer folds, with the corrected resampled t-interval and test (Nadeau "
      "and Bengio 2003); shares have Wilson's 95 % intervals.");
  if (input.evaluate.calibration)
    sentences.push_back(
        "Calibration is told by the Brier score, the calibration in the large, and the intercept and slope of logistic "
        "recalibration.");
  if (input.evaluate.decision_curve)
    sentences.push_back(
        "Net benefit was computed over threshold probabilities from 0.01 to 0.99 (decision curve analysis), beside "
        "calling every case or no case positive.");
  std::vector<std::string> versions;
  for (const auto& [name, version] : results.versions) versions.push_back(name + " " + version);
  sentences.push_back("Software: " + text::join(versions, ", ") + ". Seed " + std::to_string(results.seed) + ".");
  return sentences;
}

std::vector<std::string> doubts(const ReportInput& input) {
  std::vector<std::string> all = input.evaluation.remarks;
  const auto has = [&](Split split) {
    return std::ranges::any_of(input.evaluation.performance,
                               [&](const Performance& row) { return row.judged.split == split && row.n > 0; });
  };
  if (!has(Split::external))
    all.push_back("No case is external: nothing here shows how the models do at another centre");
  if (!has(Split::external) && !has(Split::test))
    all.push_back("No case was held out: cross-validation of the training cases is all there is");
  for (const FinalModel& model : input.results.models) {
    const Performance* train = find(input.evaluation, {model.model, model.learner, Split::train});
    if (train == nullptr || model.features.empty()) continue;
    const std::size_t events = std::min(train->positive, train->n - train->positive);
    const double each = static_cast<double>(events) / static_cast<double>(model.features.size());
    if (each < kEventsPerFeature)
      all.push_back(model_text(model.model, model.learner) + " uses " +
                    counted(model.features.size(), "feature", "features") + " for " + std::to_string(events) +
                    " training cases of the rarer outcome, " + fixed(each, 1) +
                    " each; fewer than 10 each is prone to overfitting");
  }
  if (input.evaluation.comparisons.size() > 1)
    all.push_back("The p values of the " + std::to_string(input.evaluation.comparisons.size()) +
                  " comparisons are not corrected for their number");
  const auto protocol = protocol_doubts(input.results);
  all.insert(all.end(), protocol.begin(), protocol.end());
  all.insert(all.end(), input.results.remarks.begin(), input.results.remarks.end());
  return all;
}

}  // namespace radfuse
