// SPDX-License-Identifier: Apache-2.0
// DICOM images that are pictures rather than slices in a patient: radiographs, dental images, ultrasound, secondary
// captures. Grey or colour, one frame or a clip.
#pragma once

#include <filesystem>

#include "radfuse/dicom/series.hpp"

namespace radfuse::dicom {

/// Is this object (by its SOP class and modality) a picture? False for whatever has slices, and for files that are not
/// DICOM images.
bool is_picture(const std::filesystem::path& file);

/// One slice; origin 0, axes of the patient unknown (identity). Spacing as docs/modalities.md says for each modality;
/// spacing_known is false, and spacing 1, when the file states none that can be trusted. Throws InputError.
DicomSeries read_picture(const std::filesystem::path& file, const DicomParams& params = {});

/// Header only; the same refusals as far as a header shows them.
DicomSeries read_picture_header(const std::filesystem::path& file, const DicomParams& params = {});

}  // namespace radfuse::dicom
