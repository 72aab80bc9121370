// SPDX-License-Identifier: Apache-2.0
// The smallest box, turned any way, around a convex hull.
#pragma once

#include <array>

#include "hull.hpp"

namespace radfuse::radiomics {

/// Sides in mm, longest first, of a box around the hull. Its volume is the least of all boxes that have a side along
/// the image axes or flush with a face of the hull; of hulls with some 60 corners or fewer also of those with a side
/// along any two edges; and turning it about one of its own axes makes it no smaller. Hulls of a few voxels are also
/// searched for boxes with an edge in each of two neighbouring sides, among which the least of all is (O'Rourke 1985).
/// For larger hulls the least of all may be smaller still: to prove it takes the cube of the hull's size. All are 0 for
/// a flat hull.
std::array<double, 3> oriented_box(const Hull& hull, const std::array<double, 3>& spacing);

}  // namespace radfuse::radiomics
