// SPDX-License-Identifier: Apache-2.0
// Masks onto another grid, whatever its origin, directions and spacing.
#pragma once

#include <array>

#include "radfuse/volume/volume.hpp"

namespace radfuse {

/// From patient coordinates (mm) to continuous voxel indices: the inverse of Grid::point.
class PatientToIndex {
 public:
  /// Throws InputError when the axes lie in one plane or a spacing is not positive.
  explicit PatientToIndex(const Grid& grid);
  std::array<double, 3> operator()(const std::array<double, 3>& mm) const;

 private:
  std::array<double, 3> origin_;
  std::array<double, 9> matrix_;
};

/// Each voxel of `to` takes the value of the voxel of `mask` whose box its centre lies in; outside the mask's grid it
/// is 0. A centre on the face between two voxels (within a millionth of a voxel) takes the one with the higher index.
/// Nothing is averaged: a region thinner than the new voxels can vanish or thicken, so callers note what they did.
Mask regrid_nearest(const Mask& mask, const Grid& to);

}  // namespace radfuse
