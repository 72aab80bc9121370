// SPDX-License-Identifier: Apache-2.0
// Pictures (PNG, without captions) of crops, heat maps, attention, feature maps and reconstructions. Plain patches in;
// no network is needed. At most a dozen images of a case are drawn, evenly chosen; of a block the three middle planes.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "radfuse/raster/views.hpp"
#include "radfuse/volume/patch.hpp"
#include "radfuse/volume/volume.hpp"

namespace radfuse::deep {

/// Above: the whole slices with the crop's frame (white) and the region's outline; below: what the network sees, with
/// the same outline.
std::string crops_png(const Volume& image, const Mask& region, const raster::Seen& crops);
/// Above: what the network sees; below: the same under its heat map (one map for each image, largest value 1; see
/// scale_together), with the region's outline; the scale of colours on the right.
std::string heat_png(const Mask& region, const raster::Seen& crops, std::span<const Patch> maps);
/// Each slice over a bar as long as its share of the attention; the longest bar is as long as the slice is wide. Orange
/// marks on the bars: an even share.
std::string attention_png(const Mask& region, const raster::Seen& crops, std::span<const float> attention);
/// The maps (channels) in a grid, row by row, each from its own lowest (black) to its highest value (white); of 3-D
/// maps the middle slice. At most 1,024 maps, the first ones.
std::string feature_maps_png(const Patch& maps);
/// A column for each case: the image over what was rebuilt from its features; of blocks the middle slice.
std::string reconstructions_png(std::span<const Patch> images, std::span<const Patch> rebuilt);

}  // namespace radfuse::deep
