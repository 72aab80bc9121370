// SPDX-License-Identifier: Apache-2.0
// The surface of a mask by marching cubes (Lorensen and Cline 1987) at level 0.5: its area and the volume inside.
#pragma once

#include <array>
#include <vector>

#include "radfuse/volume/volume.hpp"

namespace radfuse::radiomics {

struct MeshSize {
  double area_mm2 = 0, volume_mm3 = 0;
};
/// The mask (0 and 1, nothing else) is taken as surrounded by outside voxels. Only counts of the 256 kinds of cube are
/// kept, so that the result does not depend on the order of the voxels.
MeshSize mesh_size(const Mask& mask);

/// A mesh vertex: the middle between an inside voxel and an outside neighbour, in half voxels.
using HalfPoint = std::array<std::int64_t, 3>;
/// Points whose convex hull is that of all mesh vertices.
std::vector<HalfPoint> outer_vertices(const Mask& mask);

}  // namespace radfuse::radiomics
