// SPDX-License-Identifier: Apache-2.0
// What one case gave in one stage: kept as its own file, so that an interrupted run loses at most the cases in hand.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "radfuse/table/feature_table.hpp"

namespace radfuse {

/// What was measured of an image and a region on the way to their features.
struct DiagnosticRow {
  RowKey key;
  std::string image;
  std::vector<double> values;  ///< NaN = undefined
};

struct CaseRecord {
  std::vector<std::pair<RowKey, std::vector<double>>> rows;  ///< feature rows; NaN = undefined
  std::vector<Note> notes;
  std::vector<DiagnosticRow> diagnostics;
  std::vector<std::pair<std::string, std::string>> facts;  ///< named values, in order: "dice" -> "0.91"
  std::vector<std::pair<std::string, std::string>> files;  ///< written files below the stage's folder, with SHA-256
};

/// A record as it lies on disk; a failed case has a message and no content.
struct StoredRecord {
  std::string unit;
  std::string key;  ///< hash of everything the result depends on
  bool ok = false;
  std::string message;
  CaseRecord content;
};

std::string to_json(const StoredRecord& record);
/// Nothing when the file is absent or is not a whole record: the case is then done again.
std::optional<StoredRecord> read_record(const std::filesystem::path& file);

/// A record on its way between processes; every number comes back as it was (NaN as NaN).
std::string to_text(const CaseRecord& record);
/// Throws CaseError when it is not such a text.
CaseRecord case_record_from_text(const std::string& text);

}  // namespace radfuse
