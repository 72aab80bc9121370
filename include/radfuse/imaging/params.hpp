// SPDX-License-Identifier: Apache-2.0
// import: how images and masks are taken in.
#pragma once

#include <optional>

#include "radfuse/base/fields.hpp"

namespace radfuse {

struct ImportParams {
  double tolerance_mm = 0.01;
  std::optional<double> mask_label;
};
inline void bind(Fields& f, ImportParams& p) {
  f.field("tolerance_mm", p.tolerance_mm, {0, 10},
          "Farthest that a corner of the mask may lie from the image's corner; beyond it the case is refused");
  f.field("mask_label", p.mask_label, {1, 65535}, "Value of the region in mask files; left out: every value but 0");
}

}  // namespace radfuse
