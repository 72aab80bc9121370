// SPDX-License-Identifier: Apache-2.0
// Stored values of one frame, whatever the compression; nothing is scaled or inverted here.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dcmtk.hpp"

namespace radfuse::dicom {

struct StoredPixels {
  std::int64_t rows = 0, columns = 0;
  int samples = 1;                   ///< 1 grey or palette index, 3 colour
  int allocated = 16, bits = 16;     ///< 8 or 16, and how many of them are stored (from the lowest)
  bool is_signed = false;            ///< two's complement in `bits` bits
  std::string photometric;           ///< of `words`: what the decoder made of the file's
  std::vector<std::uint16_t> words;  ///< rows * columns * samples, colour by pixel, 8-bit values widened
};

/// NumberOfFrames, or 1. Throws InputError when it is no number from 1 to 1,000,000.
std::int64_t frame_count(DcmItem& header);

/// What the header says about the pixels, checked; `words` is empty. Throws InputError for what decode_frame does not
/// read: no or too many pixels, 2 or 4 samples, other than 8 or 16 allocated bits.
StoredPixels describe_pixels(DcmItem& header);

/// Frame 0 is the first. Only the bytes of this frame are read and decoded. Throws InputError (no file name in it).
StoredPixels decode_frame(DcmDataset& data, std::int64_t frame);

/// The number that a stored word means.
inline int number_of(unsigned word, int bits, bool is_signed) {
  const unsigned mask = (1U << bits) - 1U;
  const auto value = static_cast<int>(word & mask);
  return is_signed && (value >> (bits - 1) & 1) != 0 ? value - (1 << bits) : value;
}

}  // namespace radfuse::dicom
