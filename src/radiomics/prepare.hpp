// SPDX-License-Identifier: Apache-2.0
// The words of the study file about interpolation, as the volume room understands them.
#pragma once

#include "radfuse/radiomics/params.hpp"
#include "radfuse/volume/resample.hpp"

namespace radfuse::radiomics {

Interpolator interpolator_of(VoxelInterpolation v);
/// In a 2-D image the third number says nothing.
Grid resampled_grid(const Grid& from, const ResampleParams& p, bool two_dimensional);

}  // namespace radfuse::radiomics
