// SPDX-License-Identifier: Apache-2.0
// The JPEG reader: our use of libjpeg.
#include "fuzzing.hpp"
#include "jpeg.hpp"

using namespace radfuse;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzzing::try_to([&] {
    const RawImage raw = read_jpeg(fuzzing::view(data, size), Part::voxels);
    fuzzing::require(raw.bytes.size() == raw.grid.count() * static_cast<std::size_t>(raw.channels),
                     "as many bytes as pixels");
  });
  return 0;
}
