// SPDX-License-Identifier: Apache-2.0
// The manifest CSV as the study describes it: who, with which outcome, site, split, clinical values and files.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "radfuse/config/study.hpp"
#include "radfuse/stage/discretion.hpp"
#include "radfuse/table/cohort.hpp"

namespace radfuse {

struct ManifestImage {
  /// A file or a DICOM folder, resolved against the manifest's folder; of a series that the cell names by its UID, the
  /// first slice (which stands for the slices of its series in its folder). Empty when not given.
  std::filesystem::path image;
  std::vector<std::filesystem::path> files;  ///< every slice of a series named by its UID, sorted; otherwise empty
  std::vector<std::filesystem::path> masks;  ///< several are united; empty: no mask
  std::vector<double> spacing_mm;            ///< for files that state none; empty: not given
  std::string image_column, mask_column;     ///< what the files are called where their names are not told
};

/// Everything that the image and its masks are read from, with the manifest's column: for hashes and messages.
std::vector<Source> sources_of(const ManifestImage& image);

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

/// The files of the DICOM series with this SeriesInstanceUID, or the file of the object with this SOPInstanceUID, below
/// one of the folders; sorted; empty when there is none. An InputError becomes the case's problem.
using UidFinder = std::function<std::vector<std::filesystem::path>(const std::string& uid,
                                                                   const std::vector<std::filesystem::path>& roots)>;
/// This room knows no DICOM: programs that read manifests say once, as they start, how UIDs are found.
void find_uids_with(UidFinder finder);

/// Reads the manifest and draws the split. What concerns one case goes to that row's `problem`; what concerns the whole
/// study (missing column, duplicate case, one-class outcome, a patient on both sides of the split, a site that ComBat
/// has never seen) throws one InputError with everything found.
Manifest read_manifest(const Study& study);

}  // namespace radfuse
