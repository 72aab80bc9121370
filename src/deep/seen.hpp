// SPDX-License-Identifier: Apache-2.0
// Where a network looks: heat maps from its feature maps, back in the image, and the share of them inside the region.
// Plain patches in and out; no network is needed.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "radfuse/raster/views.hpp"
#include "radfuse/volume/patch.hpp"
#include "radfuse/volume/volume.hpp"

namespace radfuse::deep {

/// sum over maps of (weight * map), negative values set to 0; one channel of the maps' size.
Patch weighted_map(const Patch& maps, std::span<const double> weights);
/// Grad-CAM (Selvaraju et al. 2017): each map weighted by the mean of the gradient over its places, negative values set
/// to 0, brought to the size of `image` (linear). Not scaled, so that the maps of a case's images can be compared.
Patch grad_cam(const Patch& maps, const Patch& gradient, const Patch& image);
/// Divides the maps of a case by their largest value, so that it becomes 1; maps that are all 0 stay.
void scale_together(std::span<Patch> maps);

/// The maps of a case's images on the grid of its image; 0 where no image comes from, the larger value where two
/// planes cross.
Volume back_in_image(std::span<const Patch> maps, std::span<const raster::Place> places, const Grid& grid);

/// Of one image. A map with nothing to say has inside == region.
struct Share {
  std::string case_id, set;
  std::size_t image = 0;  ///< which of the case's images, from 0
  double inside = 0;      ///< share of the map's sum on the region's voxels; NaN when the map is all 0
  double region = 0;      ///< share of the place's voxels (within the image) that are the region's
};
/// `map`: not negative, of any size; brought to the place's own voxels. Voxels beyond the image's borders do not count.
Share share_inside(const Patch& map, const raster::Place& place, const Mask& region);
/// case_id,set,image,share_inside,area_share_of_roi
std::string seen_csv(std::span<const Share> rows);

/// How much a network with attention over slices heeds each.
struct SliceAttention {
  std::string case_id, set;
  std::size_t image = 0;
  std::int64_t slice = 0;  ///< index in the volume, from 0
  double attention = 0;    ///< the shares of a case sum to 1
  double area_share = 0;   ///< the region's area in the slice over that in all of them
};
std::vector<SliceAttention> slice_attention(std::string_view case_id, std::string_view set, const raster::Seen& crops,
                                            std::span<const float> attention);
/// case_id,set,image,slice,attention,area_share
std::string attention_csv(std::span<const SliceAttention> rows);

}  // namespace radfuse::deep
