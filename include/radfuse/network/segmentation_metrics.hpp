// SPDX-License-Identifier: Apache-2.0
// How well a mask agrees with a reference, and the small steps between volumes and a slice-wise network.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "radfuse/volume/volume.hpp"

namespace radfuse::network {

/// Undefined numbers are NaN, and `note` says why.
struct SegmentationMetrics {
  double dice = 0;     ///< 2|A and B| / (|A| + |B|)
  double jaccard = 0;  ///< |A and B| / |A or B|
  double hd95_mm = 0;  ///< larger of the two directed 95th percentiles of surface distance (linear between ranks)
  double nsd = 0;      ///< share of both surfaces within tolerance_mm of the other (Nikolov et al. 2018)
  double mean_distance_mm = 0;  ///< average symmetric surface distance: mean over the points of both surfaces
  double volume_error = 0;      ///< (|A| - |B|) / |B|, A the prediction, B the reference
  std::string note;
};

/// Surfaces are the centres of inside voxels with an outside neighbour across a face (in the plane when the grid has
/// one slice); beyond the image counts as outside. Empty masks: both empty, everything is NaN; one empty, Dice, Jaccard
/// and NSD are 0 and the distances NaN (the volume error too, when the reference is the empty one).
SegmentationMetrics compare_masks(const Mask& prediction, const Mask& reference, double nsd_tolerance_mm = 1.0);

/// Inside where probability >= threshold; with `keep_largest`, only the largest connected part.
Mask mask_of(const Volume& probability, double threshold, bool keep_largest);

/// At most `most` slices to train on, ascending: half of them (more, where there are no others) evenly over the slices
/// that the mask crosses, the rest evenly over the others.
std::vector<std::int64_t> training_slices(const Mask& mask, int most);

}  // namespace radfuse::network
