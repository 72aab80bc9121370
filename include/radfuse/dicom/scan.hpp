// SPDX-License-Identifier: Apache-2.0
// What a folder from the scanner holds: headers only, grouped by study and series.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace radfuse::dicom {

enum class ObjectKind { image, structure_set, segmentation, other };

struct FoundSeries {
  ObjectKind kind = ObjectKind::image;
  std::string patient_key;  ///< equal for the objects of one patient; made of PatientID and never shown
  std::string study_uid, series_uid, modality;
  std::vector<std::filesystem::path> files;  ///< sorted
  std::vector<std::string> references;       ///< SeriesInstanceUIDs that a structure set or segmentation was drawn on
};

struct Scan {
  std::vector<FoundSeries> series;                                     ///< by patient, study, series
  std::vector<std::pair<std::filesystem::path, std::string>> damaged;  ///< files that cannot be read, and why
  std::size_t other_files = 0;                                         ///< files that are not DICOM
};

/// Searches below `root` in sorted order; symbolic links to folders are not followed. `progress` is called with the
/// number of files seen.
Scan scan_tree(const std::filesystem::path& root, const std::function<void(std::size_t)>& progress = {});

}  // namespace radfuse::dicom
