// SPDX-License-Identifier: Apache-2.0
// import: how images and masks are taken in.
#pragma once

#include <optional>

#include "radfuse/base/fields.hpp"

namespace radfuse {

struct ImportParams {
  double geometry_tolerance = 0.01;
  std::optional<double> mask_label;
};
inline void bind(Fields& f, ImportParams& p) {
  f.field("geometry_tolerance", p.geometry_tolerance, {0, 0.5},
          "How far a corner of the mask may lie from the image's, as a share of the smallest voxel side; beyond it the "
          "case is refused");
  f.field("mask_label", p.mask_label, {1, 65535}, "Value of the region in mask files; left out: every value but 0");
}

}  // namespace radfuse
