// SPDX-License-Identifier: Apache-2.0
// Moran's I and Geary's C over all pairs of voxels, weighted by the inverse of their distance.
#pragma once

#include <optional>

#include "radfuse/volume/volume.hpp"

namespace radfuse::radiomics {

struct Autocorrelation {
  double moran_i, geary_c;  ///< NaN when all intensities are equal or there is one voxel
};
/// All pairs, in O(n^2): for small regions, and to check the other.
Autocorrelation autocorrelation_by_pairs(const Volume& image, const Mask& mask);
/// All pairs too, by Fourier transforms of the bounding box padded to twice its size; nothing when the padded box has
/// more than 2^26 voxels (2 GiB).
std::optional<Autocorrelation> autocorrelation_by_fourier(const Volume& image, const Mask& mask);
/// Whichever is faster.
std::optional<Autocorrelation> autocorrelation(const Volume& image, const Mask& mask);

}  // namespace radfuse::radiomics
