// SPDX-License-Identifier: Apache-2.0
// A DICOM file of images: parsed once into slices, its pixels decoded frame by frame.
#pragma once

#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pixels.hpp"
#include "slice.hpp"

namespace radfuse::dicom {

/// Attributes in memory; pixels and other long values stay on disk until asked for. Throws InputError for files that
/// are damaged, and for transfer syntaxes that DICOM did not have when the decoders were made.
std::unique_ptr<DcmDataset> load_object(const std::filesystem::path& path);

/// What one file brings. Whether it belongs to the wanted series shows before whether it can be read.
struct FileContent {
  std::string name, series_uid, modality;
  std::vector<Slice> slices;       ///< one for each frame
  std::vector<std::string> notes;  ///< each once
  std::exception_ptr problem;      ///< why there are no slices
};

/// Nothing when the object is no image of a patient's volume: structure sets, segmentations, doses, reports.
/// Throws InputError when it cannot be parsed or has no SeriesInstanceUID.
std::optional<FileContent> read_content(const std::filesystem::path& path, const DicomParams& params);

/// The stored values of a frame.
StoredPixels decode(ImageFile& file, std::int64_t frame);

/// By its first 132 bytes.
bool is_dicom_file(const std::filesystem::path& path);

}  // namespace radfuse::dicom
