// SPDX-License-Identifier: Apache-2.0
// The check of TIFF directories, and our use of libtiff on what passes it.
#include "fuzzing.hpp"
#include "header.hpp"
#include "tiff.hpp"

using namespace radfuse;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static fuzzing::InputFile file(".tif");
  const auto bytes = fuzzing::view(data, size);
  fuzzing::try_to([&] {
    check_tiff(bytes);
    read_tiff(file.write(bytes), Part::voxels);
  });
  return 0;
}
