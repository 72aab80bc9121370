// SPDX-License-Identifier: Apache-2.0
// Who is in the study: cases with their outcome, site, split, clinical values and image files. Written by import as
// cohort.csv, read by every later stage; frozen, sorted by case and reader.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "radfuse/base/named.hpp"

namespace radfuse {

/// The part a case plays. Only `train` rows may be learned from.
enum class Split { train, validation, test, external };
inline constexpr Named<Split> kSplits[] = {
    {"train", Split::train, "everything that learns, learns from these cases"},
    {"validation", Split::validation, "held out, for looking at while a study is being designed"},
    {"test", Split::test, "held out, internal"},
    {"external", Split::external, "held out, from sites that gave no training case"},
};

struct CaseImage {
  std::string image;  ///< path below the stage's folder, or as in the manifest
  std::string mask;   ///< empty: no mask
  bool operator==(const CaseImage&) const = default;
};

/// One reader's view of one case.
struct CaseRow {
  std::string case_id, patient_id, reader;  ///< reader may be empty: one reader only
  int outcome = -1;                         ///< 1 positive, 0 negative, -1 unknown
  std::string site;
  Split split = Split::train;
  std::vector<std::optional<double>> clinical;  ///< in the order of Cohort::clinical_columns
  std::vector<CaseImage> images;                ///< in the order of Cohort::image_names

  /// "P012" or "P012@reader1": names the record of a case in a stage.
  std::string unit() const { return reader.empty() ? case_id : case_id + "@" + reader; }
};

struct Cohort {
  std::vector<std::string> clinical_columns;  ///< numbers; a category becomes one 0/1 column "<column>=<level>"
  std::vector<std::string> image_names;
  std::vector<CaseRow> rows;     ///< sorted by (case_id, reader)
  std::string reference_reader;  ///< whose masks train and test the models

  /// Rows of the reference reader: one for each case, sorted by case id.
  std::vector<const CaseRow*> reference_rows() const;
  /// The reference row of a case, or nullptr.
  const CaseRow* find(std::string_view case_id) const;
};

std::string to_csv(const Cohort& cohort);
Cohort read_cohort(const std::filesystem::path& file);

}  // namespace radfuse
