// SPDX-License-Identifier: Apache-2.0
// Which pieces of encapsulated PixelData make up a frame (PS3.5, A.4).
#pragma once

#include <cstdint>
#include <vector>

#include "dcmtk.hpp"

namespace radfuse::dicom {

struct FragmentRange {
  unsigned long first = 1, count = 0;  ///< items of the pixel sequence; item 0 is the offset table
};

/// One fragment a frame, all fragments for the only frame, or as the basic offset table says; else InputError.
FragmentRange fragments_of(DcmPixelSequence& sequence, std::int64_t frame, std::int64_t frames);

/// The bytes of these fragments, one after the other; they are taken out of DCMTK's memory again.
std::vector<std::uint8_t> bytes_of(DcmPixelSequence& sequence, const FragmentRange& range);

}  // namespace radfuse::dicom
