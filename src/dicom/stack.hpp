// SPDX-License-Identifier: Apache-2.0
// Slices become a grid: order, and every reason not to believe that they form one.
#pragma once

#include <vector>

#include "radfuse/volume/volume.hpp"
#include "slice.hpp"

namespace radfuse::dicom {

inline constexpr double kMostTiltDegrees = 0.5;
inline constexpr double kMostSpacingError = 0.01;  ///< of the modal slice spacing

/// Sorts the slices along their normal and returns their grid. Throws InputError naming the slices at fault.
Grid stack(std::vector<Slice>& slices);

}  // namespace radfuse::dicom
