// SPDX-License-Identifier: Apache-2.0
// Compressed frames: which codec, and that what it says about itself is what the DICOM header says.
#pragma once

#include <cstdint>

#include "pixels.hpp"

namespace radfuse::dicom {

/// Fills pixels.words, whose header part is filled, and sets its colour model. True when the words are colour by plane.
/// `element` holds compressed fragments. Throws InputError for damage, contradictions, and syntaxes that are not read.
bool decode_compressed(DcmDataset& data, DcmPixelData& element, std::int64_t frame, StoredPixels& pixels);

}  // namespace radfuse::dicom
