// SPDX-License-Identifier: Apache-2.0
// DICOM's run-length decoder; the first bytes say what the header would.
#include "fuzzing.hpp"
#include "rle.hpp"

using namespace radfuse;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 4) return 0;
  dicom::StoredPixels pixels;
  pixels.rows = 1 + data[0];
  pixels.columns = 1 + data[1];
  pixels.samples = (data[2] & 1) != 0 ? 3 : 1;
  pixels.allocated = pixels.bits = (data[2] & 2) != 0 ? 8 : 16;
  fuzzing::try_to([&] {
    dicom::decode_rle({data + 4, size - 4}, pixels);
    fuzzing::require(pixels.words.size() == static_cast<std::size_t>(pixels.rows * pixels.columns * pixels.samples),
                     "as many words as pixels");
  });
  return 0;
}
