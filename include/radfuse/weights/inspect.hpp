// SPDX-License-Identifier: Apache-2.0
// What a person wants to know of a weights file beside its tensors.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "radfuse/weights/weights.hpp"

namespace radfuse::weights {

/// parse_weights, and for each tensor how the file stores its values: float32, float64, float16 or bfloat16.
StateDict parse_weights(std::string_view bytes, std::vector<std::string>& types);

}  // namespace radfuse::weights
