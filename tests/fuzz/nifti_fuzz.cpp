// SPDX-License-Identifier: Apache-2.0
// The check of NIfTI-1 headers, plain and compressed.
#include "fuzzing.hpp"
#include "header.hpp"

using namespace radfuse;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static fuzzing::InputFile plain(".nii"), compressed(".nii.gz");
  const auto bytes = fuzzing::view(data, size);
  const auto& path = (bytes.starts_with("\x1f\x8b") ? compressed : plain).write(bytes);
  for (const Depth depth : {Depth::header, Depth::whole})
    fuzzing::try_to([&] { check_header(path, Format::nifti, depth); });
  return 0;
}
