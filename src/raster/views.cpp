// SPDX-License-Identifier: Apache-2.0
// The images of one case: cut, brought to one grey scale, resized, masked.
#include "radfuse/raster/views.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "radfuse/base/error.hpp"
#include "radfuse/volume/roi.hpp"

namespace radfuse::raster {
namespace {

// The slice and its neighbours as three channels; beyond the first and last slice the nearest again.
template <class Stack>
Patch cut_channels(const Stack& stack, const Place& place, Views views) {
  if (views != Views::two_and_a_half) return cut(stack, place);
  Patch channels;
  for (const std::int64_t step : {-1, 0, 1}) {
    Place one = place;
    one.box.low[2] = std::clamp<std::int64_t>(place.box.low[2] + step, 0, stack.grid.size[2] - 1);
    const Patch channel = cut(stack, one);
    if (channels.values.empty()) channels = Patch(0, channel.height, channel.width);
    ++channels.channels;
    channels.values.insert(channels.values.end(), channel.values.begin(), channel.values.end());
  }
  return channels;
}

Window window_of(const std::vector<Patch>& crops, const GreyScale& grey) {
  if (grey.kind == GreyScale::Kind::window) return {grey.low, grey.high};
  std::vector<float> values;
  for (const Patch& crop : crops) values.insert(values.end(), crop.values.begin(), crop.values.end());
  return grey.kind == GreyScale::Kind::z_score ? z_score_window(values)
                                               : percentile_window(values, grey.low, grey.high);
}

// What each pixel of the network's image is multiplied by.
Patch weights(const Mask& mask, const Place& place, const ViewSettings& settings, int depth) {
  Patch inside = cut_channels(mask, place, settings.views);
  if (settings.masking == Masking::soft) inside = soft_weights(inside, extent_of(place, mask.grid), settings.soft_mm);
  inside = resize(inside, depth, settings.size, settings.size);
  if (settings.masking == Masking::zero)
    for (float& v : inside.values) v = v >= 0.5F ? 1.0F : 0.0F;
  return inside;
}

double area_of(const Mask& mask, const Place& place) {
  const Patch inside = cut(mask, place);
  double voxels = 0, each = 1;
  for (const float v : inside.values) voxels += v;
  for (std::size_t a = 0; a < 3; ++a)
    if (place.across != static_cast<int>(a)) each *= mask.grid.spacing[a];
  return voxels * each;
}

}  // namespace

Window z_score_window(std::span<const float> values) {
  double sum = 0, count = 0, squares = 0;
  for (const float v : values)
    if (std::isfinite(v)) sum += v, ++count;
  if (count == 0) throw CaseError("no finite grey level to take the mean of");
  const double mean = sum / count;
  for (const float v : values)
    if (std::isfinite(v)) squares += (v - mean) * (v - mean);
  const double deviation = std::sqrt(squares / count);
  if (!(deviation > 0)) throw CaseError("all pixels have the grey level " + std::to_string(mean) + ": nothing to see");
  return {mean - 3 * deviation, mean + 3 * deviation};
}

Patch soft_weights(const Patch& inside, const Extent& extent, double soft_mm) {
  Grid grid;
  grid.size = {inside.width, inside.height, inside.depth};
  grid.spacing = {extent.width_mm / inside.width, extent.height_mm / inside.height, extent.depth_mm / inside.depth};
  Patch soft = inside;
  const std::size_t each = grid.count();
  for (std::size_t first = 0; first < soft.values.size(); first += each) {
    Mask mask(grid);
    for (std::size_t i = 0; i < each; ++i) mask.values[i] = inside.values[first + i] > 0 ? 1 : 0;
    const std::vector<double> squared = squared_distance_mm2(mask, false);
    for (std::size_t i = 0; i < each; ++i) {
      const double share = std::sqrt(squared[i]) / soft_mm;  // infinite in a slice without the region
      soft.values[first + i] = share < 1 ? static_cast<float>((1 + std::cos(std::numbers::pi * share)) / 2) : 0.0F;
    }
  }
  return soft;
}

Seen see(const Volume& image, const Mask& mask, const ViewSettings& settings) {
  if (image.grid.size != mask.grid.size) throw Error(ExitCode::bug, "see: the mask is on another grid");
  Seen seen;
  seen.places = places_of(mask, settings);
  for (const Place& place : seen.places) {
    seen.images.push_back(cut_channels(image, place, settings.views));
    seen.areas.push_back(area_of(mask, place));
  }
  seen.window = window_of(seen.images, settings.grey);
  const int depth = settings.views == Views::block ? settings.size : 1;
  for (std::size_t i = 0; i < seen.images.size(); ++i) {
    Patch& crop = seen.images[i];
    normalise(crop, seen.window);
    crop = resize(crop, depth, settings.size, settings.size);
    if (settings.masking == Masking::none) continue;
    const Patch factor = weights(mask, seen.places[i], settings, depth);
    for (std::size_t j = 0; j < crop.values.size(); ++j) crop.values[j] *= factor.values[j];
  }
  return seen;
}

}  // namespace radfuse::raster
