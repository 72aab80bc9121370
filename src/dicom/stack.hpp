// SPDX-License-Identifier: Apache-2.0
// Slices become a grid: order, every reason not to believe that they form one, and how they may be mended.
#pragma once

#include <string>
#include <vector>

#include "radfuse/volume/volume.hpp"
#include "slice.hpp"

namespace radfuse::dicom {

inline constexpr double kMostTiltDegrees = 0.5;
inline constexpr double kMostSpacingError = 0.01;  ///< of the modal slice spacing

/// A plane of the volume: (1 - share) x slice `below` + share x slice `above`.
struct Plane {
  std::size_t below = 0, above = 0;
  double share = 0;
};

struct Stack {
  Grid grid;
  std::vector<Slice> slices;  ///< those that are used, along the normal
  std::vector<Plane> planes;  ///< grid.size[2] of them
  /// Where each slice's first voxel lies, in voxels of the grid's plane; empty when no slice has to be shifted.
  std::vector<std::array<double, 2>> shifts;
};

/// Throws InputError naming the slices at fault, unless `params` has them mended; then `notes` says how.
Stack stack(std::vector<Slice> slices, const SeriesParams& params, std::vector<std::string>& notes);

}  // namespace radfuse::dicom
