// SPDX-License-Identifier: Apache-2.0
// JPEG 2000 frames and the headers of JPEG streams; the first bytes say what the DICOM header would.
#include "fuzzing.hpp"
#include "jpeg2000.hpp"
#include "jpeg_header.hpp"

using namespace radfuse;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 4) return 0;
  const std::span<const std::uint8_t> stream(data + 4, size - 4);
  dicom::jpeg_header(stream);
  dicom::StoredPixels pixels;
  pixels.rows = data[0];
  pixels.columns = data[1];
  pixels.samples = (data[2] & 1) != 0 ? 3 : 1;
  pixels.allocated = (data[2] & 2) != 0 ? 8 : 16;
  pixels.bits = std::min(pixels.allocated, 1 + data[3] % 16);
  pixels.is_signed = (data[2] & 4) != 0;
  if (pixels.rows == 0 || pixels.columns == 0) return 0;
  fuzzing::try_to([&] {
    dicom::decode_jpeg2000(stream, pixels);
    fuzzing::require(pixels.words.size() == static_cast<std::size_t>(pixels.rows * pixels.columns * pixels.samples),
                     "as many words as pixels");
  });
  return 0;
}
