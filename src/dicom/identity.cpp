// SPDX-License-Identifier: Apache-2.0
// Unique identifiers.
#include "radfuse/dicom/identity.hpp"

#include <algorithm>

#include "radfuse/base/hash.hpp"
#include "radfuse/base/text.hpp"

namespace radfuse::dicom {

bool is_uid(std::string_view uid) {
  if (uid.empty() || uid.size() > 64) return false;
  const auto parts = text::split(uid, '.');
  if (parts.size() < 3) return false;
  return std::ranges::all_of(parts, [](const std::string& part) {
    return !part.empty() && (part.size() == 1 || part[0] != '0') &&
           std::ranges::all_of(part, [](char c) { return c >= '0' && c <= '9'; });
  });
}

std::string series_code(std::string_view uid, std::string_view salt) {
  if (uid.empty() || salt.empty()) return {};
  return sha256("radfuse series\n" + std::string(salt) + "\n" + std::string(uid)).substr(0, 16);
}

}  // namespace radfuse::dicom
