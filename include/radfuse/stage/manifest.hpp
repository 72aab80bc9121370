// SPDX-License-Identifier: Apache-2.0
// The manifest CSV as the study describes it: who, with which outcome, site, split, clinical values and files.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "radfuse/config/study.hpp"
#include "radfuse/table/cohort.hpp"

namespace radfuse {

struct ManifestImage {
  std::filesystem::path image, mask;  ///< resolved against the manifest's folder; empty when not given
  std::vector<double> spacing_mm;     ///< for files that state none; empty: not given
};

struct ManifestRow {
  CaseRow row;  ///< without images
  std::vector<ManifestImage> images;
  std::size_t line = 0;
  std::string problem;  ///< not empty: this case cannot be used, and why (with line and column)
};

struct Manifest {
  std::filesystem::path file;
  std::vector<std::string> clinical_columns;
  std::vector<std::string> image_names;
  std::string reference_reader;
  std::vector<ManifestRow> rows;  ///< sorted by case and reader
};

/// Reads the manifest and draws the split. What concerns one case goes to that row's `problem`; what concerns the whole
/// study (missing column, duplicate case, one-class outcome, a patient on both sides of the split, a site that ComBat
/// has never seen) throws one InputError with everything found.
Manifest read_manifest(const Study& study);

}  // namespace radfuse
