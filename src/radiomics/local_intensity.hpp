// SPDX-License-Identifier: Apache-2.0
// The sphere of 1 cm^3 that local intensity averages over, on a grid.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace radfuse::radiomics {

/// Voxels from -half to half along x, in the row that lies dy and dz rows away.
struct SphereRow {
  std::int64_t dy, dz, half;
};
/// The voxels whose centre lies within the sphere around a voxel's centre, but for rows that no image of this size has.
std::vector<SphereRow> sphere_rows(const std::array<double, 3>& spacing, const std::array<std::int64_t, 3>& size);
/// How many voxels the sphere reaches along each axis.
std::array<std::int64_t, 3> local_intensity_reach(const std::array<double, 3>& spacing);

}  // namespace radfuse::radiomics
