// SPDX-License-Identifier: Apache-2.0
// Interpolation to another voxel size as the IBSI defines it: the new grid is centred on the old one.
#pragma once

#include <vector>

#include "radfuse/base/named.hpp"
#include "radfuse/volume/volume.hpp"

namespace radfuse {

enum class Interpolator { nearest, linear, cubic };
inline constexpr Named<Interpolator> kInterpolators[] = {
    {"nearest", Interpolator::nearest, "the nearest voxel"},
    {"linear", Interpolator::linear, "linear (bilinear in a plane)"},
    {"cubic", Interpolator::cubic, "cubic B-spline with prefilter"},
};

/// The grid that covers `from` with voxels of `spacing_mm` (2 numbers: in the plane only; 3: all axes; 0 keeps an
/// axis): size ceil(n*old/new), centres aligned (IBSI reference manual, "Interpolation", align grid centres).
Grid resampled_grid(const Grid& from, const std::vector<double>& spacing_mm);
/// Values outside the old grid's voxel centres continue the nearest edge value.
Volume resample(const Volume& image, const Grid& to, Interpolator interpolator);
/// Linear interpolation of the 0/1 mask (nearest when asked); inside where the value is >= partial_volume.
Mask resample(const Mask& mask, const Grid& to, Interpolator interpolator, double partial_volume = 0.5);

}  // namespace radfuse
