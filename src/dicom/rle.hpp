// SPDX-License-Identifier: Apache-2.0
// DICOM's run-length encoding (PS3.5, annex G).
#pragma once

#include <span>

#include "pixels.hpp"

namespace radfuse::dicom {

/// Fills pixels.words, colour by pixel. Throws InputError when the stream is damaged or too short.
void decode_rle(std::span<const std::uint8_t> stream, StoredPixels& pixels);

}  // namespace radfuse::dicom
