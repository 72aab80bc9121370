// SPDX-License-Identifier: Apache-2.0
// What the fit of a chain found, as tables.
#include "radfuse/select/evidence.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "radfuse/base/text.hpp"
#include "radfuse/table/csv.hpp"

namespace radfuse {
namespace {

// Empty for NaN; infinite F values (perfect agreement) by name.
std::string cell(double value) {
  if (std::isnan(value)) return "";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  return text::from_double(value);
}

void add(std::vector<std::string>& cells, const stats::IccValue& value) {
  for (const double v : {value.icc, value.lower, value.upper, value.f, value.p}) cells.push_back(cell(v));
}

}  // namespace

std::string selection_steps_to_csv(std::span<const NamedEvidence> evidence) {
  std::string all = csv_line({"model", "step", "feature", "kept", "measure", "statistic", "p", "q", "reason"});
  for (const auto& [model, found] : evidence)
    for (const StepVerdict& row : found.verdicts)
      all += csv_line({model, row.step, row.feature, row.kept ? "1" : "0", row.measured.what, cell(row.measured.value),
                       cell(row.measured.p), cell(row.measured.q), row.reason});
  return all;
}

std::string reliability_to_csv(std::span<const NamedEvidence> evidence) {
  std::vector<std::string> header = {"model",    "step",  "feature", "block",    "region",
                                     "decision", "level", "judged",  "subjects", "readers"};
  for (const char* form : {"icc_1_1", "icc_a_1", "icc_c_1", "icc_1_k", "icc_a_k", "icc_c_k"})
    for (const char* part : {"", "_lower", "_upper", "_f", "_p"}) header.push_back(std::string(form) + part);
  for (const char* name : {"cosine", "cosine_centred", "concordance", "within_sd", "within_cv", "reason"})
    header.emplace_back(name);
  std::string all = csv_line(header);
  for (const auto& [model, found] : evidence)
    for (const ReliabilityRow& row : found.reliability) {
      std::vector<std::string> cells = {model,
                                        row.step,
                                        row.feature,
                                        row.block,
                                        row.region,
                                        row.decision,
                                        row.level,
                                        cell(row.judged),
                                        std::to_string(row.icc.subjects),
                                        std::to_string(row.icc.raters)};
      for (const stats::IccValue* value :
           {&row.icc.one_way, &row.icc.agreement, &row.icc.consistency, &row.icc.one_way_average,
            &row.icc.agreement_average, &row.icc.consistency_average})
        add(cells, *value);
      for (const double v : {row.agreement.cosine, row.agreement.cosine_centred, row.agreement.concordance,
                             row.agreement.within_sd, row.agreement.within_cv})
        cells.push_back(cell(v));
      cells.push_back(!row.reason.empty() || row.agreement.reason.empty() ? row.reason : row.agreement.reason);
      all += csv_line(cells);
    }
  return all;
}

std::string reliability_levels_to_csv(std::span<const NamedEvidence> evidence) {
  std::vector<std::string> header = {"model", "step", "block", "region"};
  header.insert(header.end(), std::begin(kReliabilityLevels), std::end(kReliabilityLevels));
  std::string all = csv_line(header);
  for (const auto& [model, found] : evidence) {
    std::map<std::tuple<std::string, std::string, std::string>, std::map<std::string, int>> counts;
    for (const ReliabilityRow& row : found.reliability)
      if (row.decision != "not tested") ++counts[{row.step, row.block, row.region}][row.level];
    for (const auto& [key, of_level] : counts) {
      std::vector<std::string> cells = {model, std::get<0>(key), std::get<1>(key), std::get<2>(key)};
      for (const char* level : kReliabilityLevels) {
        const auto at = of_level.find(level);
        cells.push_back(std::to_string(at == of_level.end() ? 0 : at->second));
      }
      all += csv_line(cells);
    }
  }
  return all;
}

std::string harmonisation_to_csv(std::span<const NamedEvidence> evidence) {
  std::string all = csv_line({"model", "step", "feature", "statistic_before", "p_before", "cohens_f_before",
                              "statistic_after", "p_after", "cohens_f_after", "reason"});
  for (const auto& [model, found] : evidence)
    for (const HarmonisationRow& row : found.harmonisation)
      all += csv_line({model, row.step, row.feature, cell(row.before.statistic), cell(row.before.p),
                       cell(row.before.cohens_f), cell(row.after.statistic), cell(row.after.p),
                       cell(row.after.cohens_f), row.before.reason.empty() ? row.after.reason : row.before.reason});
  return all;
}

std::string harmonisation_summary_to_csv(std::span<const NamedEvidence> evidence) {
  std::string all =
      csv_line({"model", "step", "by", "batches", "features", "differ_before", "differ_after", "batch_predicted_before",
                "batch_predicted_after", "chance", "outcome_cramers_v", "outcome_p"});
  for (const auto& [model, found] : evidence)
    for (const HarmonisationSummary& row : found.harmonisation_summary)
      all += csv_line({model, row.step, text::join(row.by, "; "), text::join(row.batches, "; "),
                       std::to_string(row.features), cell(row.differ_before), cell(row.differ_after),
                       cell(row.predicted_before), cell(row.predicted_after), cell(row.chance), cell(row.outcome_v),
                       cell(row.outcome_p)});
  return all;
}

}  // namespace radfuse
