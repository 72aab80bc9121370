// SPDX-License-Identifier: Apache-2.0
// Colour pictures become grey by luma.
#pragma once

#include <string>
#include <vector>

#include "dcmtk.hpp"
#include "pixels.hpp"

namespace radfuse::dicom {

/// Three samples a pixel, or a palette.
bool is_colour(const StoredPixels& pixels);

/// Throws InputError for colour models that are not read, and for palettes that are compressed (segmented).
void require_readable_colour(DcmItem& header, const StoredPixels& pixels);

/// Luma of ITU-R BT.601, the weights of every other picture that Radfuse reads: 0.299 R + 0.587 G + 0.114 B; R = G = B
/// gives exactly that value. Of YBR_FULL, Y is that luma already. Palettes of 16-bit entries become 0 to 255, as the
/// pictures that they stand for.
std::vector<float> luma_of(DcmItem& header, const StoredPixels& pixels, std::vector<std::string>& notes);

}  // namespace radfuse::dicom
