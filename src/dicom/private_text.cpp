// SPDX-License-Identifier: Apache-2.0
// Private blocks of DICOM attributes.
#include "private_text.hpp"

#include "radfuse/base/text.hpp"

namespace radfuse::dicom {
namespace {

std::string plain(std::string_view raw) {
  while (!raw.empty() && raw.back() == '\0') raw.remove_suffix(1);
  return text::printable(text::trim(raw));
}

/// Bytes of any type, as text.
std::string value_of(DcmElement& element) {
  OFString value;
  if (element.getVR() != EVR_UN && element.getOFStringArray(value).good())
    return plain(std::string_view(value.c_str(), value.length()));
  Uint8* bytes = nullptr;
  if (element.getUint8Array(bytes).bad() || bytes == nullptr) return {};
  return plain(std::string_view(reinterpret_cast<const char*>(bytes), element.getLength()));
}

}  // namespace

std::string private_text(DcmItem& item, std::uint16_t group, std::string_view creator, std::uint8_t element) {
  for (unsigned block = 0x10; block <= 0xFF; ++block) {
    DcmElement* reservation = nullptr;
    const DcmTagKey reserved(group, static_cast<Uint16>(block));
    if (item.findAndGetElement(reserved, reservation).bad() || value_of(*reservation) != creator) continue;
    DcmElement* found = nullptr;
    const DcmTagKey wanted(group, static_cast<Uint16>(block << 8 | element));
    if (item.findAndGetElement(wanted, found).good()) return value_of(*found);
  }
  return {};
}

}  // namespace radfuse::dicom
