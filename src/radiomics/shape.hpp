// SPDX-License-Identifier: Apache-2.0
// Measures of shape that 2-D and 3-D morphology share.
#pragma once

#include <array>

#include "radfuse/volume/volume.hpp"

namespace radfuse::radiomics {

/// Variances (mm^2) of the voxel centres along their principal axes, largest first. The IBSI's reference values come
/// from dividing by n - 1, PyRadiomics' from dividing by n. All are 0 for a single voxel.
enum class Divisor { n, n_minus_1 };
std::array<double, 3> principal_variances(const Mask& mask, Divisor divisor);

}  // namespace radfuse::radiomics
