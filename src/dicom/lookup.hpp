// SPDX-License-Identifier: Apache-2.0
// Look-up tables of DICOM: a descriptor of three numbers and the entries (PS3.3, C.7.6.3.1.5 and C.11.1).
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "dcmtk.hpp"

namespace radfuse::dicom {

struct Lookup {
  int first = 0;                       ///< the stored value that the first entry stands for
  int bits = 16;                       ///< of an entry: 8 to 16
  std::vector<std::uint16_t> entries;  ///< at least one

  /// Values below the first entry have the first, those above the last have the last.
  std::uint16_t at(int value) const {
    const auto last = static_cast<std::int64_t>(entries.size()) - 1;
    return entries[static_cast<std::size_t>(std::clamp<std::int64_t>(std::int64_t{value} - first, 0, last))];
  }
};

/// `is_signed`: stored values are, so the first one may be below 0. Throws InputError naming `what`.
Lookup read_lookup(DcmItem& item, const DcmTagKey& descriptor, const DcmTagKey& data, bool is_signed,
                   const std::string& what);

}  // namespace radfuse::dicom
