// SPDX-License-Identifier: Apache-2.0
// Regions from DICOM structure sets (RTSTRUCT) and segmentations (SEG), on the grid of their image.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "radfuse/dicom/series.hpp"

namespace radfuse::dicom {

enum class RegionKind { structure_set, segmentation };

/// One ROI or segment.
struct Region {
  int number = 0;    ///< ROINumber or SegmentNumber
  std::string name;  ///< ROIName or SegmentLabel, printable; free text that may identify a patient: for messages only
};

/// What the file is, and its regions in the order of the file. Throws InputError for anything else.
struct RegionFile {
  RegionKind kind = RegionKind::structure_set;
  std::vector<Region> regions;
  std::string frame_of_reference;              ///< UID
  std::vector<std::string> referenced_series;  ///< SeriesInstanceUIDs of the images that it was drawn on
};
/// True for structure sets and segmentations, by SOP class; false for any other file, damaged ones too.
bool is_region_file(const std::filesystem::path& file);
RegionFile read_region_file(const std::filesystem::path& file);

struct DicomMask {
  Mask mask;
  std::vector<std::string> notes;
};

/// `wanted`: a name (case does not matter), a number, or /a regular expression/ (ECMAScript, case does not matter,
/// anywhere in the name; all that match are united); several with " + " between them are united, " - " takes away.
/// Empty: the only region of the file. A name that matches nothing is an InputError that lists the regions.
DicomMask read_regions(const std::filesystem::path& file, const std::string& wanted, const ReferenceFrame& image,
                       const MaskParams& params = {});

}  // namespace radfuse::dicom
