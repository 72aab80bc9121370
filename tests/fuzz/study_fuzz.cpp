// SPDX-License-Identifier: Apache-2.0
// The study file: YAML to the tree, and the tree to the study with all its checks.
#include "fuzzing.hpp"
#include "radfuse/config/study.hpp"

using namespace radfuse;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static fuzzing::InputFile file(".yaml");
  const auto& path = file.write(fuzzing::view(data, size));
  fuzzing::try_to([&] {
    const Study study = read_study(path);
    fuzzing::require(!canonical_study(study).empty(), "what is read can be written");
  });
  return 0;
}
