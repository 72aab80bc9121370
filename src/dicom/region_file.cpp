// SPDX-License-Identifier: Apache-2.0
// Names and numbers of regions, and the frame of reference.
#include "region_file.hpp"

#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"

namespace radfuse::dicom {

NameReader::NameReader(DcmItem& data) {
  const std::string set = text_of(data, DCM_SpecificCharacterSet);
  converts_ = !set.empty() && set != "ISO_IR 192" && DcmSpecificCharacterSet::isConversionAvailable() &&
              converter_.selectCharacterSet(OFString(set.c_str())).good();
}

std::string NameReader::operator()(DcmItem& item, const DcmTagKey& tag) {
  OFString raw, converted;  // not text_of, which makes bytes that are no UTF-8 visible
  if (item.findAndGetOFStringArray(tag, raw).bad()) return {};
  const bool good = converts_ && converter_.convertString(raw, converted).good();
  const OFString& name = good ? converted : raw;
  return text::printable(text::trim(std::string_view(name.c_str(), name.length())));
}

std::optional<int> number_of(DcmItem& item, const DcmTagKey& tag) {
  const auto number = text::to_int(text::trim(text_of(item, tag)));
  if (!number || *number < 0 || *number > 0x7FFFFFFF) return std::nullopt;
  return static_cast<int>(*number);
}

void require_frame_of_reference(const std::string& region, const ReferenceFrame& image) {
  if (!region.empty() && !image.frame_of_reference.empty() && region != image.frame_of_reference)
    throw InputError(
        "was drawn in another frame of reference (FrameOfReferenceUID) than the image's: it belongs to another image, "
        "or to one that has to be registered first");
}

}  // namespace radfuse::dicom
