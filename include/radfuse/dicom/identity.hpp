// SPDX-License-Identifier: Apache-2.0
// DICOM's unique identifiers: what is one, and how a study may tell objects apart without naming them.
#pragma once

#include <string>
#include <string_view>

namespace radfuse::dicom {

/// Digits and dots, at most 64, no empty part, no part with a leading zero (DICOM PS3.5, 9.1), at least three parts.
bool is_uid(std::string_view text);

/// 16 hexadecimal digits from the UID and the study's salt: the same series has the same code within a study, and
/// nobody without the salt can tell which series it is. Empty when the salt or the UID is.
std::string series_code(std::string_view uid, std::string_view salt);

}  // namespace radfuse::dicom
