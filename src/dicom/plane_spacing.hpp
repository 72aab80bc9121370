// SPDX-License-Identifier: Apache-2.0
// How large the pixels of a picture are, from the attributes that radiographs, captures and photographs may have.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "dcmtk.hpp"

namespace radfuse::dicom {

/// mm between columns (x) and between rows (y).
using PlaneSpacing = std::array<double, 2>;

/// In this order: PixelSpacing where it was calibrated (PixelSpacingCalibrationType is there, or it differs from
/// ImagerPixelSpacing); ImagerPixelSpacing divided by EstimatedRadiographicMagnificationFactor where that is there;
/// ImagerPixelSpacing, at the detector; PixelSpacing; NominalScannedPixelSpacing of a digitised film. A note tells
/// which, and what it means. Nothing when the file states none that can be used.
std::optional<PlaneSpacing> plane_spacing(DcmItem& header, bool radiograph, std::vector<std::string>& notes);

}  // namespace radfuse::dicom
