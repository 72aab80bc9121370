// SPDX-License-Identifier: Apache-2.0
// Moran's I and Geary's C over all pairs of voxels, weighted by the inverse of their distance.
#pragma once

#include <cstddef>
#include <optional>

#include "radfuse/volume/volume.hpp"

namespace radfuse::radiomics {

struct Autocorrelation {
  double moran_i, geary_c;  ///< NaN when all intensities are equal or there is one voxel
};
/// All pairs, in O(n^2): for small regions, and to check the other.
Autocorrelation autocorrelation_by_pairs(const Volume& image, const Mask& mask);
/// Working memory that autocorrelation_by_fourier may take for a box of so many voxels: it goes through the
/// frequencies in as many passes as that asks for (the result is the same).
std::size_t fourier_budget_bytes(std::size_t box_voxels);
/// All pairs too, by Fourier transforms of the bounding box padded to twice its size.
Autocorrelation autocorrelation_by_fourier(const Volume& image, const Mask& mask, std::size_t budget_bytes);
/// Whichever is faster; nothing when the bounding box has more than 2^29 voxels.
std::optional<Autocorrelation> autocorrelation(const Volume& image, const Mask& mask);

}  // namespace radfuse::radiomics
