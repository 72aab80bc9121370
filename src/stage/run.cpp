// SPDX-License-Identifier: Apache-2.0
// The case loop and the outputs of a stage.
#include "radfuse/stage/run.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <map>
#include <set>

#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/base/hash.hpp"
#include "radfuse/base/parallel.hpp"
#include "radfuse/base/stop.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/stage/lock.hpp"
#include "radfuse/table/csv.hpp"

namespace radfuse {
namespace fs = std::filesystem;

std::string segment_mask_name(const CaseRow& row, std::string_view image) {
  return "masks/" + row.case_id + "." + std::string(image) + ".nii.gz";
}
std::string segment_mask_file(const CaseRow& row, std::string_view image) {
  return std::string(stage_info(StageId::segment).folder) + "/" + segment_mask_name(row, image);
}

StageRun::StageRun(const Study& s, const StageInfo& i, const Options& o, Progress& p, FileHashes& hashes)
    : study(s), info(i), options(o), progress(p), hashes_(hashes), config_hash_(config_hash(i, s)) {
  for (const std::string& file : inputs_of(info, study)) {
    if (!file.ends_with("/files.csv")) continue;
    const CsvTable csv = read_csv(study.output / file);
    const std::string folder = file.substr(0, file.find('/'));
    const std::size_t name = csv.require_column("file", "files of a stage");
    const std::size_t sum = csv.require_column("sha256", "files of a stage");
    for (const auto& row : csv.rows) imported_[folder + "/" + row[name]] = row[sum];
  }
}

fs::path StageRun::folder() const {
  return study.output / info.folder;
}
fs::path StageRun::input(std::string_view relative) const {
  return study.output / relative;
}
Cohort StageRun::cohort() const {
  return read_cohort(input("1_import/cohort.csv"));
}
std::vector<FeatureTable> StageRun::feature_tables() const {
  std::vector<FeatureTable> tables;
  for (const std::string& file : inputs_of(info, study))
    if (file.find("/features.") != std::string::npos && file.find(".fold-") == std::string::npos)
      tables.push_back(read_feature_table(input(file)));
  return tables;
}
std::string StageRun::hash_of(const fs::path& file) {
  return hashes_.of(file);
}

std::string StageRun::imported_hash(const std::string& relative) const {
  const auto found = imported_.find(relative);
  if (found == imported_.end())
    throw InputError(relative + ": is not among the files that the stage before wrote; run it again");
  return found->second;
}

std::string StageRun::key_of(const std::vector<std::string>& depends) const {
  std::string all = config_hash_;
  for (const std::string& part : depends) all += "\n" + part;
  return sha256(all);
}

fs::path StageRun::record_path(const std::string& unit) const {
  return folder() / "cases" / (unit + ".json");
}

std::vector<CaseUnit> StageRun::selected(const std::vector<CaseUnit>& units) const {
  std::vector<CaseUnit> chosen;
  for (std::size_t i = 0; i < units.size(); ++i) {
    const std::string case_id = units[i].id.substr(0, units[i].id.find('@'));
    const bool named = options.cases.empty() || std::ranges::find(options.cases, case_id) != options.cases.end();
    const bool in_shard = !options.shard || i % options.shard->count == options.shard->index;
    if (named && in_shard) chosen.push_back(units[i]);
  }
  std::set<std::string> known;
  for (const CaseUnit& unit : units) known.insert(unit.id.substr(0, unit.id.find('@')));
  for (const std::string& name : options.cases)
    if (!known.contains(name))
      throw StudyError("--cases: there is no case '" + name + "'" +
                       text::did_you_mean(name, std::vector<std::string>(known.begin(), known.end())));
  return chosen;
}

bool StageRun::is_up_to_date(const CaseUnit& unit, const std::string& key) {
  if (options.force) return false;
  const auto record = read_record(record_path(unit.id));
  if (!record || !record->ok || record->key != key) return false;
  return std::ranges::all_of(record->content.files,
                             [&](const auto& file) { return hashes_.of(folder() / file.first) == file.second; });
}

CaseRecord StageRun::without_names(CaseRecord record, const CaseUnit& unit) const {
  for (Note& note : record.notes) note.reason = for_files(note.reason, study, unit.sources);
  for (auto& [name, value] : record.facts)
    if (value.find_first_of("'\"/") != std::string::npos || name.ends_with("note"))
      value = text::printable(for_files(value, study, unit.sources));
  return record;
}

void StageRun::for_each_case(const std::vector<CaseUnit>& units,
                             const std::function<CaseRecord(const CaseUnit&)>& work) {
  const std::vector<CaseUnit> mine = selected(units);
  std::atomic<std::size_t> done{0}, computed{0}, failed{0};
  const std::string what(info.name);
  parallel_for(mine.size(), options.threads, [&](std::size_t i) {
    throw_if_stopped();
    const CaseUnit& unit = mine[i];
    const std::string key = key_of(unit.depends);
    const bool current = is_up_to_date(unit, key);
    if (options.verbose) progress.info("case " + unit.id + (current ? ": unchanged" : ": working"));
    if (!current) {
      StoredRecord record{unit.id, key, true, "", {}};
      std::string told;
      try {
        record.content = without_names(work(unit), unit);
      } catch (const Error& error) {
        if (error.code() != ExitCode::some_failed && error.code() != ExitCode::input) throw;
        record = {unit.id, key, false, for_files(error.what(), study, unit.sources), {}};
        told = error.what();
      }
      for (auto& [file, sum] : record.content.files) sum = sha256_file(folder() / file);
      write_file(record_path(unit.id), to_json(record));
      ++computed;
      if (!record.ok) {
        ++failed;
        progress.failed(unit.id, for_terminal(told, study), record.message);
        if (options.strict) throw CaseError("case " + unit.id + ": " + told + " (--strict ends the run)");
      }
    }
    progress.at(what, ++done, mine.size());
  });
  counts_ = {mine.size(), computed, mine.size() - computed, failed};
  if (whole())
    merge(units);
  else
    for (const CaseUnit& unit : mine)
      if (const auto record = read_record(record_path(unit.id)); record && !record->ok)
        failures_.emplace_back(unit.id, record->message);
  counts_.failed = failures_.size();
}

void StageRun::merge(const std::vector<CaseUnit>& units) {
  std::string status = csv_line({"case", "status", "message"});
  for (const CaseUnit& unit : units) {
    auto record = read_record(record_path(unit.id));
    if (!record) throw Error(ExitCode::bug, "the record of case " + unit.id + " vanished");
    status += csv_line({unit.id, record->ok ? "ok" : "failed", csv_shown(record->message)});
    if (record->ok)
      records_.push_back(std::move(*record));
    else
      failures_.emplace_back(unit.id, record->message);
  }
  write("status.csv", status);
}

bool StageRun::is_made(const StoredRecord& made, const fs::path& record_file) const {
  const auto record = read_record(record_file);
  if (options.force || !record || !record->ok || record->key != made.key ||
      record->content.files.size() != made.content.files.size())
    return false;
  for (std::size_t i = 0; i < made.content.files.size(); ++i) {
    const auto& [name, sum] = record->content.files[i];
    std::error_code ignored;
    if (name != made.content.files[i].first || !fs::exists(folder() / name, ignored) ||
        sha256_file(folder() / name) != sum)
      return false;
  }
  return true;
}

void StageRun::ensure_file(std::string_view relative, const std::vector<std::string>& depends,
                           const std::function<void(const fs::path&)>& make) {
  ensure_files({std::string(relative)}, key_of(depends), make);
}

void StageRun::ensure_files(const std::vector<std::string>& relative, const std::string& key,
                            const std::function<void(const fs::path&)>& make) {
  const std::string id = sha256(relative.front()).substr(0, 16);
  const fs::path record_file = folder() / "cases" / ("_file." + id + ".json");
  StoredRecord made{relative.front(), key, true, "", {}};
  for (const std::string& name : relative) made.content.files.emplace_back(name, "");
  if (is_made(made, record_file)) return;
  std::optional<FolderLock> alone;  // shards come here at the same time; one of them makes the file
  if (options.partial()) {
    constexpr double kYear = 365.0 * 24 * 3600;
    alone.emplace(study.output, std::string(info.name) + "." + id, false, kYear);
    if (is_made(made, record_file)) return;
  }
  publish_file(folder() / relative.front(), make);
  for (auto& [name, sum] : made.content.files) sum = sha256_file(folder() / name);
  write_file(record_file, to_json(made));
}

void StageRun::write(std::string_view relative, std::string_view bytes) {
  write_file(folder() / relative, bytes);
}

void StageRun::write_file_list() {
  std::vector<std::pair<std::string, std::string>> files;
  for (const StoredRecord& record : records_)
    files.insert(files.end(), record.content.files.begin(), record.content.files.end());
  std::ranges::sort(files);
  std::string all = csv_line({"file", "sha256"});
  for (const auto& [file, sum] : files) all += csv_line({file, sum});
  write("files.csv", all);
}

void StageRun::write_features(std::string_view name, const std::vector<std::string>& columns) {
  std::vector<RowKey> keys;
  std::vector<Note> notes;
  std::size_t count = 0;
  for (const StoredRecord& record : records_) count += record.content.rows.size();
  Eigen::MatrixXd values(static_cast<Eigen::Index>(count), static_cast<Eigen::Index>(columns.size()));
  for (const StoredRecord& record : records_) {
    for (const auto& [key, row] : record.content.rows) {
      if (row.size() != columns.size())
        throw Error(ExitCode::bug, "case " + record.unit + ": a row has the wrong length");
      for (std::size_t c = 0; c < row.size(); ++c)
        values(static_cast<Eigen::Index>(keys.size()), static_cast<Eigen::Index>(c)) = row[c];
      keys.push_back(key);
    }
    notes.insert(notes.end(), record.content.notes.begin(), record.content.notes.end());
  }
  const FeatureTable table(columns, std::move(keys), std::move(values));
  write(std::string(name) + ".csv", to_csv(table));
  write(std::string(name) + ".notes.csv", notes_to_csv(std::move(notes)));
}

void StageRun::write_diagnostics(std::string_view name, const std::vector<std::string>& columns) {
  std::map<std::pair<RowKey, std::string>, const std::vector<double>*> rows;
  for (const StoredRecord& record : records_)
    for (const DiagnosticRow& row : record.content.diagnostics) {
      if (row.values.size() != columns.size())
        throw Error(ExitCode::bug, "case " + record.unit + ": a row of diagnostics has the wrong length");
      if (!rows.emplace(std::pair(row.key, row.image), &row.values).second)
        throw Error(ExitCode::bug, "case " + record.unit + ": diagnostics stand twice");
    }
  std::vector<std::string> header = {"case_id", "roi", "reader", "image"};
  header.insert(header.end(), columns.begin(), columns.end());
  std::string csv = csv_line(header);
  for (const auto& [key, values] : rows) {
    std::vector<std::string> cells = {key.first.case_id, key.first.roi, key.first.reader, key.second};
    for (const double v : *values) cells.push_back(std::isnan(v) ? "" : text::from_double(v));
    csv += csv_line(cells);
  }
  write(std::string(name) + ".diagnostics.csv", csv);
}

}  // namespace radfuse
