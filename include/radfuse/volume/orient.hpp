// SPDX-License-Identifier: Apache-2.0
// One orientation for every image of a study: voxel axes turned and mirrored, never resampled.
#pragma once

#include "radfuse/volume/volume.hpp"

namespace radfuse {

/// The third axis stays the third, because it counts the slices that features in a plane are computed on. Each axis
/// points towards the patient's left, back or head, whichever is nearest; the first two are in the cyclic order
/// left, back, head that makes the grid right-handed: axial stacks (left, back, head), sagittal ones (back, head,
/// left), coronal ones (head, left, back). Voxels keep their place in the patient.
Grid canonical(const Grid& grid);
Volume canonical(Volume image);
Mask canonical(Mask mask);

}  // namespace radfuse
