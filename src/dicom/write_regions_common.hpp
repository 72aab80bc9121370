// SPDX-License-Identifier: Apache-2.0
// What the writers of structure sets and segmentations share.
#pragma once

#include <string>
#include <vector>

#include "radfuse/dicom/write_regions.hpp"
#include "write_common.hpp"

namespace radfuse::dicom {

/// The image's own, else those that write_ct_series derives from the same text.
std::string frame_uid(const ReferenceFrame& image, const SeriesText& text);
std::string series_uid(const ReferenceFrame& image, const SeriesText& text);
/// ReferencedSOPClassUID (CT when the image does not say) and ReferencedSOPInstanceUID.
void put_reference(DcmItem& item, const ReferenceFrame& image, const std::string& instance);
/// Every mask must lie on the image's grid; anything else is our own mistake (ExitCode::bug).
void require_masks(const std::vector<NamedMask>& regions, const ReferenceFrame& image);

}  // namespace radfuse::dicom
