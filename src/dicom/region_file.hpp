// SPDX-License-Identifier: Apache-2.0
// What structure sets and segmentations have in common to the reader: names, lists of references, the frame check.
#pragma once

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcspchrs.h>

#include <string>
#include <vector>

#include "dcmtk.hpp"
#include "radfuse/dicom/regions.hpp"

namespace radfuse::dicom {

/// Region names in UTF-8, as far as the file's character set can be converted, printable.
class NameReader {
 public:
  explicit NameReader(DcmItem& data);
  std::string operator()(DcmItem& item, const DcmTagKey& tag);

 private:
  DcmSpecificCharacterSet converter_;
  bool converts_ = false;
};

/// A whole number (IS or US) from 0 to 2^31 - 1; nothing when it is absent or none.
std::optional<int> number_of(DcmItem& item, const DcmTagKey& tag);

/// Throws InputError when both frames of reference are known and differ.
void require_frame_of_reference(const std::string& region, const ReferenceFrame& image);

/// Structure sets.
RegionFile list_structure_set(DcmDataset& data);
Mask draw_structure(DcmDataset& data, const Region& region, const ReferenceFrame& image, const MaskParams& params,
                    std::vector<std::string>& notes);

}  // namespace radfuse::dicom
