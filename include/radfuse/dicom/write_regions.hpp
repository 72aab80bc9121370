// SPDX-License-Identifier: Apache-2.0
// Masks as DICOM structure sets and segmentations, for sample cohorts and tests. The same input gives the same bytes.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "radfuse/dicom/series.hpp"
#include "radfuse/dicom/write_series.hpp"

namespace radfuse::dicom {

struct NamedMask {
  std::string name;
  Mask mask;  ///< on the image's grid
};

/// Contours run along the pixel edges, so that reading gives the same voxels back.
void write_structure_set(const std::filesystem::path& file, const std::vector<NamedMask>& regions,
                         const ReferenceFrame& image, const SeriesText& text);
/// Binary, one segment for each mask (they may overlap); empty frames are left out.
void write_segmentation(const std::filesystem::path& file, const std::vector<NamedMask>& regions,
                        const ReferenceFrame& image, const SeriesText& text);

}  // namespace radfuse::dicom
