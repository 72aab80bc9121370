// SPDX-License-Identifier: Apache-2.0
// Reading what the earlier stages found.
#include "radfuse/report/results.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <tuple>

#include "format.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/table/csv.hpp"

namespace radfuse {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

}  // namespace

FinalModel final_model(const TrainedModel& model) {
  FinalModel told{
      .model = model.model, .learner = model.kind, .features = model.columns, .settings = to_text(model.settings)};
  const auto json = nlohmann::json::parse(to_json(model.learner, model.columns));
  if (model.kind == Learner::logistic)
    for (const auto& term : json.at("linear").at("terms"))
      told.coefficients.push_back({term.at("column").get<std::string>(), term.at("coefficient").get<double>()});
  return told;
}

std::vector<SelectedFeature> read_selection(const std::filesystem::path& file) {
  const CsvTable table = read_csv(file);
  const std::size_t model = table.column("model");
  const std::size_t feature = table.require_column("feature", "the selection"),
                    kept = table.require_column("kept", "the selection"),
                    step = table.require_column("step", "the selection"),
                    reason = table.require_column("reason", "the selection");
  std::vector<SelectedFeature> rows;
  for (const auto& cells : table.rows)
    rows.push_back({.model = model < table.header.size() ? cells[model] : "",
                    .feature = cells[feature],
                    .kept = cells[kept] == "1" || cells[kept] == "true" || cells[kept] == "yes",
                    .step = cells[step],
                    .reason = cells[reason]});
  return rows;
}

namespace {

// The column "share" of each model and feature, into `field`.
void add_shares(const std::filesystem::path& file, double SelectionShare::*field, std::vector<SelectionShare>& shares) {
  const std::string purpose = "the frequency of selection";
  const CsvTable table = read_csv(file);
  const std::size_t model = table.require_column("model", purpose), feature = table.require_column("feature", purpose),
                    share = table.require_column("share", purpose);
  std::map<std::pair<std::string, std::string>, std::size_t> at;
  for (std::size_t i = 0; i < shares.size(); ++i) at[{shares[i].model, shares[i].feature}] = i;
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    const auto& cells = table.rows[i];
    const auto value = text::to_double(cells[share]);
    if (!value)
      throw InputError(file.string() + ":" + std::to_string(table.lines[i]) + ": '" + text::printable(cells[share]) +
                       "' is not a number");
    const auto [entry, is_new] = at.emplace(std::pair(cells[model], cells[feature]), shares.size());
    if (is_new) shares.push_back({cells[model], cells[feature], kNaN, kNaN});
    shares[entry->second].*field = *value;
  }
}

}  // namespace

std::vector<SelectionShare> read_shares(const std::filesystem::path& folds, const std::filesystem::path& samples) {
  std::vector<SelectionShare> shares;
  add_shares(folds, &SelectionShare::folds, shares);
  if (!samples.empty()) add_shares(samples, &SelectionShare::samples, shares);
  std::vector<std::string> models;
  for (const SelectionShare& row : shares)
    if (std::ranges::find(models, row.model) == models.end()) models.push_back(row.model);
  const auto rank = [&models](const SelectionShare& row) {
    const auto or_none = [](double share) { return std::isnan(share) ? 0 : -share; };
    return std::tuple(std::ranges::find(models, row.model) - models.begin(), or_none(row.samples), or_none(row.folds),
                      row.feature);
  };
  std::ranges::sort(shares, [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
  return shares;
}

void read_stability(const std::filesystem::path& file, StudyResults& results) {
  const CsvTable table = read_csv(file);
  const std::size_t model = table.require_column("model", "the stability of selection"),
                    remark = table.require_column("remark", "the stability of selection");
  for (const auto& cells : table.rows)
    results.remarks.push_back("Selection for " + cells[model] + ": " + cells[remark]);
}

std::vector<FeatureBlock> feature_blocks(const std::vector<SelectedFeature>& selection) {
  static const std::pair<const char*, const char*> kBlocks[] = {{"rad", "3_radiomics/features.radiomics.csv"},
                                                                {"deep", "4_deep/features.deep.csv"},
                                                                {"clin", "1_import/cohort.csv"}};
  std::vector<FeatureBlock> blocks;
  for (const auto& [block, file] : kBlocks) {
    std::set<std::string> columns;
    for (const SelectedFeature& row : selection)
      if (row.feature.starts_with(std::string(block) + ".")) columns.insert(row.feature);
    if (!columns.empty()) blocks.push_back({block, file, columns.size()});
  }
  return blocks;
}

void read_chains(const std::filesystem::path& file, StudyResults& results) {
  try {
    const auto json = nlohmann::json::parse(read_file(file));
    for (const auto& entry : json.at("chains")) {
      const std::string model = entry.at("model").get<std::string>();
      const auto& chain = entry.at("chain");
      results.fitted.push_back(
          {"chain of selection for " + model, chain.at("fitted_on").get<std::vector<std::string>>()});
      for (const auto& remark : chain.at("remarks"))
        results.remarks.push_back("Selection for " + model + ": " + remark.get<std::string>());
    }
  } catch (const nlohmann::json::exception& problem) {
    throw InputError(file.string() + ": not the chains of a study (" + problem.what() + "); run radfuse-select again");
  }
}

std::vector<SegmentationQuality> read_quality(const std::filesystem::path& file, const Cohort& cohort) {
  const CsvTable table = read_csv(file);
  const std::size_t case_id = table.require_column("case_id", "the quality of segmentation"),
                    dice = table.require_column("dice", "the quality of segmentation"), image = table.column("image");
  std::vector<SegmentationQuality> rows;
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    const auto& cells = table.rows[i];
    const CaseRow* row = cohort.find(cells[case_id]);
    if (cells[dice].empty() || row == nullptr) continue;
    const auto value = text::to_double(cells[dice]);
    if (!value)
      throw InputError(file.string() + ":" + std::to_string(table.lines[i]) + " (case " + cells[case_id] +
                       ", dice): '" + text::printable(cells[dice]) + "' is not a number");
    rows.push_back({.case_id = cells[case_id],
                    .image = image < table.header.size() ? cells[image] : "",
                    .split = row->split,
                    .dice = *value});
  }
  return rows;
}

std::vector<AcquisitionRow> read_acquisition(const std::filesystem::path& file) {
  const CsvTable table = read_csv(file);
  const std::size_t case_id = table.require_column("case_id", "the imaging protocol"),
                    image = table.require_column("image", "the imaging protocol");
  std::vector<AcquisitionRow> rows;
  for (const auto& cells : table.rows) {
    AcquisitionRow row{.case_id = cells[case_id], .image = cells[image]};
    for (std::size_t c = 0; c < cells.size(); ++c)
      if (c != case_id && c != image) row.facts.emplace_back(table.header[c], cells[c]);
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<LeakFinding> check_leakage(const Cohort& cohort, const std::vector<Fitted>& fitted) {
  std::set<std::string> held_out_patients;
  for (const CaseRow* row : cohort.reference_rows())
    if (row->split != Split::train) held_out_patients.insert(row->patient_id);
  std::vector<LeakFinding> findings;
  for (const Fitted& fit : fitted) {
    LeakFinding finding{.what = fit.what, .fitted_on = fit.cases.size()};
    std::set<std::string> patients;
    for (const std::string& id : fit.cases) {
      const CaseRow* row = cohort.find(id);
      if (row == nullptr || row->split != Split::train)
        finding.held_out_cases.push_back(id);
      else if (held_out_patients.contains(row->patient_id))
        patients.insert(row->patient_id);
    }
    finding.held_out_patients.assign(patients.begin(), patients.end());
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace radfuse
