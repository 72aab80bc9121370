// SPDX-License-Identifier: Apache-2.0
// The CSV files of an evaluation: numbers in shortest round-trip form, undefined ones empty with a reason in the notes.
#include <cmath>

#include "radfuse/base/text.hpp"
#include "radfuse/report/evaluate.hpp"
#include "radfuse/table/csv.hpp"

namespace radfuse {
namespace {

using Cells = std::vector<std::string>;

std::string cell(double value) {
  return std::isfinite(value) ? text::from_double(value) : std::string();
}
std::string cell(std::size_t value) {
  return std::to_string(value);
}
std::string cell(Learner learner) {
  return std::string(name_of(kLearners, learner));
}
std::string cell(Split split) {
  return std::string(name_of(kSplits, split));
}

Cells key(const Judged& judged) {
  return {judged.model, cell(judged.learner), cell(judged.split)};
}

void add(Cells& cells, const Estimate& estimate) {
  for (const double value : {estimate.value, estimate.low, estimate.high}) cells.push_back(cell(value));
}

void add_names(Cells& cells, const std::string& name) {
  for (const char* part : {"", "_low", "_high"}) cells.push_back(name + part);
}

}  // namespace

std::string metrics_csv(const Evaluation& evaluation) {
  Cells header = {"model", "learner", "split", "n", "positive"};
  add_names(header, "auc");
  header.push_back("auc_method");
  for (const char* name : {"level", "threshold", "true_positive", "false_positive", "true_negative", "false_negative"})
    header.push_back(name);
  for (const char* name : {"sensitivity", "specificity", "ppv", "npv", "accuracy"}) add_names(header, name);
  for (const char* name : {"brier", "brier_scaled"}) header.push_back(name);
  for (const char* name : {"calibration_in_the_large", "calibration_intercept", "calibration_slope"})
    add_names(header, name);
  std::string csv = csv_line(header);
  for (const Performance& row : evaluation.performance) {
    Cells cells = key(row.judged);
    for (const std::size_t count : {row.n, row.positive}) cells.push_back(cell(count));
    add(cells, row.auc);
    cells.emplace_back(auc_method(row.judged.split));
    for (const double value : {evaluation.level, row.threshold}) cells.push_back(cell(value));
    const bool decided = std::isfinite(row.threshold) && row.n > 0;
    for (const std::size_t count : {row.true_positive, row.false_positive, row.true_negative, row.false_negative})
      cells.push_back(decided ? cell(count) : "");
    for (const Estimate* e : {&row.sensitivity, &row.specificity, &row.ppv, &row.npv, &row.accuracy}) add(cells, *e);
    for (const double value : {row.brier, row.brier_scaled}) cells.push_back(cell(value));
    for (const Estimate* e : {&row.calibration_in_the_large, &row.calibration_intercept, &row.calibration_slope})
      add(cells, *e);
    csv += csv_line(cells);
  }
  return csv;
}

std::string comparisons_csv(const Evaluation& evaluation) {
  Cells header = {"first", "second", "learner", "split", "n", "positive", "auc_first", "auc_second"};
  add_names(header, "difference");
  for (const char* name : {"level", "statistic", "p", "test"}) header.push_back(name);
  std::string csv = csv_line(header);
  for (const Comparison& row : evaluation.comparisons) {
    Cells cells = {row.first,   row.second,         cell(row.learner),   cell(row.split),
                   cell(row.n), cell(row.positive), cell(row.auc_first), cell(row.auc_second)};
    add(cells, row.difference);
    for (const double value : {evaluation.level, row.statistic, row.p}) cells.push_back(cell(value));
    cells.push_back(std::string(auc_method(row.split)) + "; paired, two-sided");
    csv += csv_line(cells);
  }
  return csv;
}

std::string roc_csv(const Evaluation& evaluation) {
  std::string csv = csv_line({"model", "learner", "split", "threshold", "sensitivity", "specificity"});
  for (const RocLine& line : evaluation.roc)
    for (std::size_t i = 0; i < line.sensitivity.size(); ++i) {
      Cells cells = key(line.judged);
      for (const double value : {line.threshold[i], line.sensitivity[i], line.specificity[i]})
        cells.push_back(cell(value));
      csv += csv_line(cells);
    }
  return csv;
}

std::string calibration_csv(const Evaluation& evaluation) {
  std::string csv = csv_line({"model", "learner", "split", "group", "n", "positive", "predicted", "observed",
                              "observed_low", "observed_high"});
  for (const CalibrationLine& line : evaluation.calibration)
    for (std::size_t i = 0; i < line.groups.size(); ++i) {
      const CalibrationGroup& group = line.groups[i];
      Cells cells = key(line.judged);
      for (const std::size_t count : {i + 1, group.n, group.positive}) cells.push_back(cell(count));
      cells.push_back(cell(group.predicted));
      add(cells, group.observed);
      csv += csv_line(cells);
    }
  return csv;
}

std::string decision_curve_csv(const Evaluation& evaluation) {
  std::string csv =
      csv_line({"model", "learner", "split", "threshold_probability", "net_benefit", "net_benefit_treat_all"});
  for (const DecisionLine& line : evaluation.decision)
    for (std::size_t i = 0; i < line.threshold.size(); ++i) {
      Cells cells = key(line.judged);
      for (const double value : {line.threshold[i], line.model[i], line.treat_all[i]}) cells.push_back(cell(value));
      csv += csv_line(cells);
    }
  return csv;
}

std::string notes_csv(const Evaluation& evaluation) {
  std::string csv = csv_line({"model", "learner", "split", "column", "reason"});
  for (const EvaluationNote& note : evaluation.notes) {
    Cells cells = key(note.judged);
    cells.push_back(note.column);
    cells.push_back(note.reason);
    csv += csv_line(cells);
  }
  return csv;
}

}  // namespace radfuse
