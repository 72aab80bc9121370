// SPDX-License-Identifier: Apache-2.0
// radfuse status and radfuse explain: what happened, read from the files of a study.
#include <algorithm>
#include <iostream>

#include "commands.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/config/study.hpp"
#include "radfuse/stage/discretion.hpp"
#include "radfuse/stage/manifest.hpp"
#include "radfuse/stage/outcome.hpp"
#include "radfuse/stage/provenance.hpp"
#include "radfuse/stage/records.hpp"
#include "radfuse/table/csv.hpp"

namespace radfuse {
namespace fs = std::filesystem;
namespace {

std::string state_of(const Currency& currency) {
  switch (currency.state) {
    case Currency::State::current:
      return "done";
    case Currency::State::edited:
      return "edited: " + currency.why;
    case Currency::State::stale:
      return currency.why == "no results yet" ? "not done yet" : "out of date: " + currency.why;
  }
  return "";
}

void explain_record(const StageInfo& stage, const std::string& unit, const fs::path& folder) {
  const auto record = read_record(folder / "cases" / (unit + ".json"));
  if (!record) return;
  std::cout << "  " << stage.name << " (" << unit
            << "): " << (record->ok ? "ok" : "failed: " + text::printable(record->message));
  if (!record->content.rows.empty()) {
    std::size_t values = 0;
    for (const auto& [key, row] : record->content.rows) values += row.size();
    std::cout << ", " << values << " features, " << record->content.notes.size() << " undefined";
  }
  std::cout << "\n";
  for (const auto& [name, value] : record->content.facts)
    if (!value.empty()) std::cout << "    " << text::printable(name) << ": " << text::printable(value) << "\n";
  for (const Note& note : record->content.notes)
    std::cout << "    " << note.column << ": undefined (" << text::printable(note.reason) << ")\n";
  for (const auto& [file, sum] : record->content.files) std::cout << "    wrote " << (folder / file).string() << "\n";
}

void explain_predictions(const Study& study, const std::string& case_id) {
  const fs::path file = study.output / "6_train" / "predictions.csv";
  std::error_code ignored;
  if (!fs::exists(file, ignored)) return;
  const CsvTable csv = read_csv(file);
  const std::size_t id = csv.column("case_id"), model = csv.column("model"), learner = csv.column("learner"),
                    kind = csv.column("kind"), probability = csv.column("probability");
  for (const auto& row : csv.rows)
    if (row[id] == case_id && row[kind] == "final")
      std::cout << "  predicted by " << row[model] << " (" << row[learner] << "): " << row[probability] << "\n";
}

}  // namespace

ExitCode status_command(const fs::path& file) {
  const Study study = read_study(file);
  FileHashes hashes(study.output);
  ExitCode worst = ExitCode::done;
  for (const StageInfo& stage : stages()) {
    if (!is_wanted(stage, study)) continue;
    const Outcome outcome = read_outcome(stage, study);
    std::cout << stage.name << ": " << state_of(check_current(stage, study, hashes));
    if (outcome.total > 0)
      std::cout << "; " << outcome.total - outcome.failures.size() << " of " << outcome.total << " cases";
    std::cout << "\n" << failures_text(outcome, study.output / stage.folder / "status.csv");
    if (!outcome.failures.empty()) worst = ExitCode::some_failed;
  }
  hashes.save();
  return worst;
}

ExitCode explain_command(const fs::path& file, const std::string& case_id) {
  const Study study = read_study(file);
  const Manifest manifest = read_manifest(study);
  std::vector<std::string> ids;
  std::vector<const ManifestRow*> rows;
  for (const ManifestRow& row : manifest.rows) {
    ids.push_back(row.row.case_id);
    if (row.row.case_id == case_id) rows.push_back(&row);
  }
  if (rows.empty())
    throw InputError(manifest.file.string() + ": no case '" + text::printable(case_id) + "'" +
                     text::did_you_mean(case_id, ids));
  const CaseRow& first = rows.front()->row;
  std::cout << "case " << case_id << ": patient " << text::printable(first.patient_id) << ", "
            << (first.site.empty() ? "" : "site " + text::printable(first.site) + ", ") << "split "
            << name_of(kSplits, first.split) << ", outcome "
            << (first.outcome < 0 ? "unknown" : std::to_string(first.outcome)) << "\n";
  for (const ManifestRow* row : rows)
    std::cout << "  manifest line " << row->line << (row->row.reader.empty() ? "" : ", reader " + row->row.reader)
              << (row->problem.empty() ? "" : ": " + text::printable(for_terminal(row->problem, study))) << "\n";
  for (const StageInfo& stage : stages()) {
    if (!stage.by_case || !is_wanted(stage, study)) continue;
    const fs::path folder = study.output / stage.folder;
    std::vector<std::string> units = {case_id};
    for (const ManifestRow* row : rows)
      if (!row->row.reader.empty()) units.push_back(row->row.unit());
    for (const std::string& unit : units) explain_record(stage, unit, folder);
  }
  explain_predictions(study, case_id);
  return ExitCode::done;
}

}  // namespace radfuse
