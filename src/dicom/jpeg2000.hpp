// SPDX-License-Identifier: Apache-2.0
// JPEG 2000 through OpenJPEG.
#pragma once

#include <span>

#include "pixels.hpp"

namespace radfuse::dicom {

/// Fills pixels.words; colour comes out as RGB. The stream's own header is compared with `pixels` before OpenJPEG sees
/// it. Throws InputError for damage, contradictions, and High-Throughput JPEG 2000.
void decode_jpeg2000(std::span<const std::uint8_t> stream, StoredPixels& pixels);

}  // namespace radfuse::dicom
