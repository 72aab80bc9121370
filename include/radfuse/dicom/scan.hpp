// SPDX-License-Identifier: Apache-2.0
// What a folder from the scanner holds: headers only, grouped by patient, study and series.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace radfuse::dicom {

enum class ObjectKind { image, structure_set, segmentation, other };

/// How a structure set or a segmentation was tied to its series.
enum class Tie {
  none,
  series,    ///< it names the SeriesInstanceUID
  instance,  ///< it names objects of the series
  frame,     ///< only by the same FrameOfReferenceUID
};

/// A series of images; or one structure set, one segmentation, one other object, each of which stands for itself.
struct FoundSeries {
  ObjectKind kind = ObjectKind::image;
  std::string patient_key;              ///< equal for the objects of one patient; made of PatientID and never shown
  std::string patient_id, description;  ///< PatientID and SeriesDescription: for files that stay home, nowhere else
  std::string study_uid, series_uid, modality;
  std::string frame_of_reference;            ///< of the first file; may be empty
  std::vector<std::filesystem::path> files;  ///< sorted
  std::vector<std::string> instances;        ///< SOPInstanceUID of each file
  std::vector<std::pair<std::string, std::string>>
      acquisition;                      ///< what helps to choose between series: name and value
  std::vector<std::string> references;  ///< series that regions were drawn on, found here
  Tie tie = Tie::none;
};

struct Scan {
  std::vector<FoundSeries> series;                                     ///< by patient, study, series, first file
  std::vector<std::pair<std::filesystem::path, std::string>> damaged;  ///< files that cannot be read, and why
  std::size_t files = 0;                                               ///< seen in all
  std::size_t other_files = 0;  ///< files that are not DICOM, and directories of media (DICOMDIR)
  std::size_t copies = 0;       ///< objects that were found a second time, and left out
};

/// Searches below `root` in sorted order; symbolic links to folders are not followed. `progress` is called, from one
/// thread at a time, with the number of files looked at and their total. Throws InputError when `root` is no folder.
Scan scan_tree(const std::filesystem::path& root, int threads,
               const std::function<void(std::size_t done, std::size_t total)>& progress = {});

}  // namespace radfuse::dicom
