// SPDX-License-Identifier: Apache-2.0
// References from masks to their image.
#include "write_regions_common.hpp"

#include "radfuse/base/error.hpp"

namespace radfuse::dicom {

std::string frame_uid(const ReferenceFrame& image, const SeriesText& text) {
  return image.frame_of_reference.empty() ? derived_uid(text.uid_name + "/frame") : image.frame_of_reference;
}

std::string series_uid(const ReferenceFrame& image, const SeriesText& text) {
  return image.series.empty() ? derived_uid(text.uid_name + "/series") : image.series;
}

void put_reference(DcmItem& item, const ReferenceFrame& image, const std::string& instance) {
  put(item, DCM_ReferencedSOPClassUID, image.sop_class.empty() ? UID_CTImageStorage : image.sop_class);
  put(item, DCM_ReferencedSOPInstanceUID, instance);
}

void require_masks(const std::vector<NamedMask>& regions, const ReferenceFrame& image) {
  if (regions.empty()) throw Error(ExitCode::bug, "no regions to write");
  for (const NamedMask& region : regions)
    if (region.mask.grid != image.grid || region.mask.values.size() != image.grid.count())
      throw Error(ExitCode::bug, "a region that is not on its image's grid");
}

}  // namespace radfuse::dicom
