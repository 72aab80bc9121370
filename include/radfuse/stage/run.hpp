// SPDX-License-Identifier: Apache-2.0
// What a stage program works with: the study, its inputs, the case loop, and the only way to write outputs.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "radfuse/stage/discretion.hpp"
#include "radfuse/stage/hashes.hpp"
#include "radfuse/stage/options.hpp"
#include "radfuse/stage/progress.hpp"
#include "radfuse/stage/provenance.hpp"
#include "radfuse/stage/records.hpp"
#include "radfuse/stage/stages.hpp"
#include "radfuse/table/cohort.hpp"
#include "radfuse/table/feature_table.hpp"

namespace radfuse {

/// One unit of the case loop: its name ("P012" or "P012@reader1") and what its result depends on beside the settings.
struct CaseUnit {
  std::string id;
  std::vector<std::string> depends;  ///< hashes, or any text
  std::vector<Source> sources = {};  ///< files from outside, whose names must not reach what is written
};

/// The mask that the segment stage drew of a case's image, below that stage's folder.
std::string segment_mask_name(const CaseRow& row, std::string_view image);
/// The same, below the study's output.
std::string segment_mask_file(const CaseRow& row, std::string_view image);

class StageRun {
 public:
  StageRun(const Study& study, const StageInfo& info, const Options& options, Progress& progress, FileHashes& hashes);

  const Study& study;
  const StageInfo& info;
  const Options& options;
  Progress& progress;

  std::filesystem::path folder() const;
  /// Below the study's output: input("1_import/cohort.csv").
  std::filesystem::path input(std::string_view relative) const;
  Cohort cohort() const;
  /// The feature tables among the stage's inputs.
  std::vector<FeatureTable> feature_tables() const;
  /// SHA-256 of a file or folder, remembered between runs.
  std::string hash_of(const std::filesystem::path& file);
  /// SHA-256 of an imported image or mask (paths as in cohort.csv), or of a segment mask.
  std::string imported_hash(const std::string& relative) const;

  /// Calls `work` for each unit of this shard whose record is missing or out of date, in parallel, and stores what it
  /// returns. A CaseError or InputError is recorded and the loop goes on. Throws TryAgain when a stop was requested.
  void for_each_case(const std::vector<CaseUnit>& units, const std::function<CaseRecord(const CaseUnit&)>& work);
  /// False after a run of some cases only (--shard, --cases): there is nothing to merge yet.
  bool whole() const { return !options.partial(); }
  /// Records of the cases that succeeded, in the order of the units.
  const std::vector<StoredRecord>& records() const { return records_; }

  /// Makes a file that no single case owns (a trained network). Skipped when it exists, unedited, and was made with the
  /// same settings and `depends`; `make` fills the temporary file it is given.
  void ensure_file(std::string_view relative, const std::vector<std::string>& depends,
                   const std::function<void(const std::filesystem::path& temporary)>& make);
  /// The same for a file with others beside it, which `make` writes itself; `key` holds all that they depend on, and
  /// nothing else of the study does. Of shards that run at the same time one makes them and the others wait.
  void ensure_files(const std::vector<std::string>& relative, const std::string& key,
                    const std::function<void(const std::filesystem::path& temporary)>& make);

  /// Writes one of outputs_of(stage) or a file below the stage's folder.
  void write(std::string_view relative, std::string_view bytes);
  /// files.csv: every file that the records name, with its SHA-256, sorted.
  void write_file_list();
  /// The feature rows of all records, and why cells are empty, as <name>.csv and <name>.notes.csv.
  void write_features(std::string_view name, const std::vector<std::string>& columns);
  /// The diagnostic rows of all records, sorted as the features are and by image, as <name>.diagnostics.csv.
  void write_diagnostics(std::string_view name, const std::vector<std::string>& columns);

  struct Counts {
    std::size_t total = 0, computed = 0, unchanged = 0, failed = 0;
  };
  const Counts& counts() const { return counts_; }
  const std::vector<std::pair<std::string, std::string>>& failures() const { return failures_; }

 private:
  CaseRecord without_names(CaseRecord record, const CaseUnit& unit) const;
  std::vector<CaseUnit> selected(const std::vector<CaseUnit>& units) const;
  bool is_made(const StoredRecord& made, const std::filesystem::path& record_file) const;
  std::string key_of(const std::vector<std::string>& depends) const;
  void merge(const std::vector<CaseUnit>& units);
  std::filesystem::path record_path(const std::string& unit) const;
  bool is_up_to_date(const CaseUnit& unit, const std::string& key);

  FileHashes& hashes_;
  std::string config_hash_;
  std::map<std::string, std::string> imported_;
  std::vector<StoredRecord> records_;
  std::vector<std::pair<std::string, std::string>> failures_;
  Counts counts_;
};

}  // namespace radfuse
