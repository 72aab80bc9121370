// SPDX-License-Identifier: Apache-2.0
// How good the models are: discrimination, decisions at the threshold fixed in training, calibration, net benefit.
#pragma once

#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "radfuse/learn/predictions.hpp"
#include "radfuse/report/params.hpp"

namespace radfuse {

inline constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

/// A value and its confidence limits; NaN where it is undefined (the reason stands in Evaluation::notes).
struct Estimate {
  double value = kUndefined, low = kUndefined, high = kUndefined;
};

/// The probability from which a model calls a case positive; found on the training cases' out-of-fold probabilities.
struct Threshold {
  std::string model = {};
  Learner learner = Learner::logistic;
  double value = kUndefined;
};

/// A model, the learner that fitted it, and the cases it was judged on.
struct Judged {
  std::string model = {};
  Learner learner = Learner::logistic;
  Split split = Split::train;
  bool operator==(const Judged&) const = default;
};

/// The AUC among the cases that one outer fold held out: scores of one fitted model, comparable with each other.
struct FoldAuc {
  int repeat = 0, fold = 0;
  double auc = kUndefined;
};

/// Cases of one split with a known outcome. Training cases stand with the mean of their out-of-fold probabilities.
struct ScoredCases {
  Judged judged = {};
  std::vector<Prediction> cases = {};  ///< sorted by case id; outcome 0 or 1
  std::size_t unknown_outcome = 0;     ///< cases left out for that
  std::vector<FoldAuc> folds = {};     ///< of training cases only; sorted; folds with one outcome left out
};

struct Performance {
  Judged judged = {};
  std::size_t n = 0, positive = 0;
  /// Training cases: the mean over the outer folds, with the corrected resampled t-interval. An AUC over probabilities
  /// pooled from several folds is biased: where nothing predicts, a case left out makes its fold's model lean the other
  /// way (Parker, Guenter and Bedo 2007). Other cases: DeLong's.
  Estimate auc = {};
  double threshold = kUndefined;
  std::size_t true_positive = 0, false_positive = 0, true_negative = 0, false_negative = 0;
  Estimate sensitivity = {}, specificity = {}, ppv = {}, npv = {}, accuracy = {};  ///< Wilson's intervals
  double brier = kUndefined, brier_scaled = kUndefined;  ///< scaled: 1 is perfect, 0 as good as the prevalence alone
  Estimate calibration_in_the_large = {};                ///< intercept with the slope held at 1; 0 is ideal
  Estimate calibration_intercept = {}, calibration_slope = {};  ///< Cox's recalibration; 0 and 1 are ideal
};

/// First model minus second, same cases, same learner (of the other model, where one is a score taken as it is).
/// DeLong's test; for training cases the corrected resampled t-test over the outer folds.
struct Comparison {
  std::string first = {}, second = {};
  Learner learner = Learner::logistic;
  Split split = Split::train;
  std::size_t n = 0, positive = 0;
  double auc_first = kUndefined, auc_second = kUndefined;
  Estimate difference = {};
  double statistic = kUndefined, p = kUndefined;  ///< z, or t for training cases
};

struct RocLine {
  Judged judged = {};
  std::vector<double> threshold = {}, sensitivity = {},
                      specificity = {};  ///< from (0, 1) to (1, 0); the first threshold is infinite
};
struct CalibrationGroup {
  std::size_t n = 0, positive = 0;
  double predicted = kUndefined;  ///< mean probability of the group
  Estimate observed = {};         ///< share of positives, Wilson's interval
};
struct CalibrationLine {
  Judged judged = {};
  std::vector<CalibrationGroup> groups = {};
};
struct DecisionLine {
  Judged judged = {};
  std::vector<double> threshold = {}, model = {}, treat_all = {};  ///< net benefit per case; treating none has 0
};

/// Why a cell is empty.
struct EvaluationNote {
  Judged judged = {};
  std::string column = {}, reason = {};
};

struct Evaluation {
  double level = 0.95;
  std::vector<std::string> models = {};  ///< in the order of the study file
  std::vector<ScoredCases> scored = {};
  std::vector<Performance> performance = {};
  std::vector<Comparison> comparisons = {};
  std::vector<RocLine> roc = {};
  std::vector<CalibrationLine> calibration = {};
  std::vector<DecisionLine> decision = {};
  std::vector<EvaluationNote> notes = {};
  std::vector<std::string> remarks = {};  ///< what a reader must know to trust these numbers
};

/// Models stand in the order of `models`, then learners, then splits. Throws InputError when a model of `models` has
/// no prediction, StudyError when a comparison names a model that is not among them.
Evaluation evaluate(const EvaluateParams& params, std::span<const std::string> models,
                    std::span<const Prediction> predictions, std::span<const Threshold> thresholds);

/// "DeLong", or "mean of folds (corrected resampled t)" for training cases.
std::string_view auc_method(Split split);

std::string metrics_csv(const Evaluation& evaluation);
std::string comparisons_csv(const Evaluation& evaluation);
std::string roc_csv(const Evaluation& evaluation);
std::string calibration_csv(const Evaluation& evaluation);
std::string decision_curve_csv(const Evaluation& evaluation);
std::string notes_csv(const Evaluation& evaluation);

/// The model that the study is about: the first of the first comparison, or the last model.
std::string primary_model(const Evaluation& evaluation);
/// The row of a model, learner and split; nullptr when there is none.
const Performance* find(const Evaluation& evaluation, const Judged& judged);

}  // namespace radfuse
