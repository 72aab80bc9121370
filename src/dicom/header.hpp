// SPDX-License-Identifier: Apache-2.0
// What grouping and pairing need of a DICOM object, read without its pixels or contours.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "radfuse/dicom/scan.hpp"

namespace radfuse::dicom {

struct Header {
  ObjectKind kind = ObjectKind::other;
  std::string patient_key, patient_id, description, study_uid, series_uid, modality, instance, frame_of_reference;
  std::vector<std::pair<std::string, std::string>> acquisition;
  std::vector<std::string> referenced_series, referenced_instances;  ///< of structure sets and segmentations
};

/// Throws InputError (no file name in it) when the object is damaged.
Header read_header(const std::filesystem::path& file);

}  // namespace radfuse::dicom
