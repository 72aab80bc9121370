// SPDX-License-Identifier: Apache-2.0
// The check of MetaImage header files.
#include "fuzzing.hpp"
#include "header.hpp"

using namespace radfuse;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static fuzzing::InputFile file(".mha");
  const auto& path = file.write(fuzzing::view(data, size));
  for (const Depth depth : {Depth::header, Depth::whole})
    fuzzing::try_to([&] { check_header(path, Format::mha, depth); });
  return 0;
}
