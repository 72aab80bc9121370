// SPDX-License-Identifier: Apache-2.0
// The prefilter of cubic B-spline interpolation.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace radfuse {

/// Turns samples (x fastest) into B-spline coefficients in place, with the image mirrored at its outer voxel centres.
void prefilter(std::vector<double>& samples, const std::array<std::int64_t, 3>& size);

}  // namespace radfuse
