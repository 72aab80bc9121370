// SPDX-License-Identifier: Apache-2.0
// safetensors: what is read is written and read again the same.
#include "fuzzing.hpp"
#include "state_dict.hpp"

using namespace radfuse;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzzing::try_to([&] {
    const auto first = weights::parse_safetensors(fuzzing::view(data, size));
    const auto again = weights::parse_safetensors(weights::to_safetensors(first));
    fuzzing::require(again.tensors.size() == first.tensors.size(), "the same tensors");
  });
  return 0;
}
