// SPDX-License-Identifier: Apache-2.0
// A small image or block for a network: channels x depth x height x width floats, channel-major, x fastest.
#pragma once

#include <cstddef>
#include <vector>

namespace radfuse {

struct Patch {
  int channels = 0, height = 0, width = 0;
  std::vector<float> values;
  int depth = 1;  ///< 1: an image
  Patch() = default;
  Patch(int c, int h, int w, float fill = 0)
      : channels(c),
        height(h),
        width(w),
        values(static_cast<std::size_t>(c) * static_cast<std::size_t>(h) * static_cast<std::size_t>(w), fill) {}
  static Patch block(int c, int d, int h, int w, float fill = 0) {
    Patch made(c * d, h, w, fill);
    made.channels = c;
    made.depth = d;
    return made;
  }
};

}  // namespace radfuse
