// SPDX-License-Identifier: Apache-2.0
// A DICOM path is a series of slices or a picture; which, is asked of the file.
#pragma once

#include <filesystem>

#include "radfuse/dicom/series.hpp"

namespace radfuse {

dicom::DicomSeries read_dicom(const std::filesystem::path& path, const dicom::DicomParams& params);
/// Without voxels.
dicom::DicomSeries read_dicom_header(const std::filesystem::path& path, const dicom::DicomParams& params);

}  // namespace radfuse
