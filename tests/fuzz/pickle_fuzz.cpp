// SPDX-License-Identifier: Apache-2.0
// Weights files of PyTorch: pickles alone, in zips, and in the older container.
#include "fuzzing.hpp"
#include "state_dict.hpp"

using namespace radfuse;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = fuzzing::view(data, size);
  fuzzing::try_to([&] { weights::parse_weights(bytes); });
  fuzzing::try_to([&] {
    const auto pickle = weights::read_pickle(bytes, 0);
    weights::tensors_of(
        pickle, [&](const std::string&) { return bytes; }, 1 << 20);
  });
  return 0;
}
