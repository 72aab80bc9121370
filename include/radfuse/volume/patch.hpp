// SPDX-License-Identifier: Apache-2.0
// A small image for a network: channels x height x width floats, channel-major, x fastest.
#pragma once

#include <cstddef>
#include <vector>

namespace radfuse {

struct Patch {
  int channels = 0, height = 0, width = 0;
  std::vector<float> values;
  Patch() = default;
  Patch(int c, int h, int w, float fill = 0)
      : channels(c),
        height(h),
        width(w),
        values(static_cast<std::size_t>(c) * static_cast<std::size_t>(h) * static_cast<std::size_t>(w), fill) {}
};

}  // namespace radfuse
