// SPDX-License-Identifier: Apache-2.0
// Vendors' own attributes, found by the name of their block (DICOM PS3.5, 7.8).
#pragma once

#include <string>
#include <string_view>

#include "dcmtk.hpp"

namespace radfuse::dicom {

/// The value of element xx`element` in the block of `group` that `creator` reserved; empty when there is none. Also
/// when the file gives no type for it (VR UN), as implicit files do.
std::string private_text(DcmItem& item, std::uint16_t group, std::string_view creator, std::uint8_t element);

}  // namespace radfuse::dicom
