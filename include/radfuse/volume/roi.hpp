// SPDX-License-Identifier: Apache-2.0
// Regions made from regions: rings around a lesion, largest component, bounding boxes.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "radfuse/volume/volume.hpp"

namespace radfuse {

/// Voxels outside `mask` whose centre lies more than inner_mm and at most outer_mm from the nearest voxel centre of
/// `mask` (exact Euclidean distance, 0 <= inner < outer). With `in_plane`, each slice by itself.
Mask ring(const Mask& mask, double inner_mm, double outer_mm, bool in_plane);
/// Squared Euclidean distance in mm^2 from every voxel centre to the nearest voxel of `mask` (0 inside; infinite when
/// the mask is empty). Felzenszwalb and Huttenlocher 2012.
std::vector<double> squared_distance_mm2(const Mask& mask, bool in_plane);
/// The largest 26-connected component (8-connected in one slice); ties go to the one met first in memory order.
Mask largest_component(const Mask& mask);
struct Box {
  std::array<std::int64_t, 3> low, high;  ///< inclusive
};
/// The smallest box around the mask; throws CaseError when it is empty.
Box bounding_box(const Mask& mask);
/// The part inside `box`, which must lie within the grid; voxels keep their place in the patient.
Grid crop(const Grid& grid, const Box& box);
Volume crop(const Volume& image, const Box& box);
Mask crop(const Mask& mask, const Box& box);
/// The slice (z) with the largest area; the lowest of equals. Throws CaseError when the mask is empty.
std::int64_t largest_slice(const Mask& mask);

}  // namespace radfuse
