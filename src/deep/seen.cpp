// SPDX-License-Identifier: Apache-2.0
// Heat maps and their shares.
#include "seen.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/raster/crop.hpp"
#include "radfuse/table/csv.hpp"

namespace radfuse::deep {
namespace {

std::size_t places_in(const Patch& maps) {
  return static_cast<std::size_t>(maps.depth) * static_cast<std::size_t>(maps.height) *
         static_cast<std::size_t>(maps.width);
}

std::string cell(double value) {
  return std::isfinite(value) ? text::from_double(value) : "";
}

}  // namespace

Patch weighted_map(const Patch& maps, std::span<const double> weights) {
  if (weights.size() != static_cast<std::size_t>(maps.channels))
    throw Error(ExitCode::bug, "weighted_map: maps and weights differ in number");
  const std::size_t each = places_in(maps);
  std::vector<double> sums(each, 0.0);
  for (std::size_t c = 0; c < weights.size(); ++c)
    for (std::size_t i = 0; i < each; ++i) sums[i] += weights[c] * maps.values[c * each + i];
  Patch map = Patch::block(1, maps.depth, maps.height, maps.width);
  for (std::size_t i = 0; i < each; ++i) map.values[i] = static_cast<float>(std::max(0.0, sums[i]));
  return map;
}

Patch grad_cam(const Patch& maps, const Patch& gradient, const Patch& image) {
  if (gradient.channels != maps.channels || gradient.values.size() != maps.values.size())
    throw Error(ExitCode::bug, "grad_cam: the gradient has another size than the maps");
  const std::size_t each = places_in(maps);
  std::vector<double> weights(static_cast<std::size_t>(maps.channels), 0.0);
  for (std::size_t c = 0; c < weights.size(); ++c) {
    for (std::size_t i = 0; i < each; ++i) weights[c] += gradient.values[c * each + i];
    weights[c] /= static_cast<double>(each);
  }
  return raster::resize(weighted_map(maps, weights), image.depth, image.height, image.width);
}

void scale_together(std::span<Patch> maps) {
  float most = 0;
  for (const Patch& map : maps)
    for (const float value : map.values) most = std::max(most, value);
  if (!(most > 0)) return;
  for (Patch& map : maps)
    for (float& value : map.values) value /= most;
}

Volume back_in_image(std::span<const Patch> maps, std::span<const raster::Place> places, const Grid& grid) {
  if (maps.size() != places.size()) throw Error(ExitCode::bug, "back_in_image: maps and places differ in number");
  Volume all(grid);
  for (std::size_t k = 0; k < maps.size(); ++k) {
    const raster::Extent extent = raster::extent_of(places[k], grid);
    Patch own = raster::resize(maps[k], extent.depth, extent.height, extent.width);
    const Patch before = raster::cut(all, places[k]);
    for (std::size_t i = 0; i < own.values.size(); ++i) own.values[i] = std::max(own.values[i], before.values[i]);
    raster::put(own, places[k], all);
  }
  return all;
}

Share share_inside(const Patch& map, const raster::Place& place, const Mask& region) {
  const raster::Extent extent = raster::extent_of(place, region.grid);
  const Patch own = raster::resize(map, extent.depth, extent.height, extent.width);
  const Patch inside = raster::cut(region, place);
  const Patch exists = raster::cut(Mask(region.grid, 1), place);
  double mass = 0, mass_inside = 0, voxels = 0, voxels_inside = 0;
  for (std::size_t i = 0; i < own.values.size(); ++i) {
    if (exists.values[i] == 0) continue;
    mass += own.values[i], ++voxels;
    if (inside.values[i] != 0) mass_inside += own.values[i], ++voxels_inside;
  }
  Share share;
  share.inside = mass > 0 ? mass_inside / mass : std::numeric_limits<double>::quiet_NaN();
  share.region = voxels_inside / voxels;
  return share;
}

std::string seen_csv(std::span<const Share> rows) {
  std::string csv = csv_line({"case_id", "set", "image", "share_inside", "area_share_of_roi"});
  for (const Share& row : rows)
    csv += csv_line({row.case_id, row.set, std::to_string(row.image), cell(row.inside), cell(row.region)});
  return csv;
}

std::vector<SliceAttention> slice_attention(std::string_view case_id, std::string_view set, const raster::Seen& crops,
                                            std::span<const float> attention) {
  if (attention.size() != crops.places.size())
    throw Error(ExitCode::bug, "slice_attention: attention and images differ in number");
  double area = 0;
  for (const double one : crops.areas) area += one;
  std::vector<SliceAttention> rows;
  for (std::size_t i = 0; i < attention.size(); ++i)
    rows.push_back({.case_id = std::string(case_id),
                    .set = std::string(set),
                    .image = i,
                    .slice = crops.places[i].box.low[2],
                    .attention = attention[i],
                    .area_share = crops.areas[i] / area});
  return rows;
}

std::string attention_csv(std::span<const SliceAttention> rows) {
  std::string csv = csv_line({"case_id", "set", "image", "slice", "attention", "area_share"});
  for (const SliceAttention& row : rows)
    csv += csv_line({row.case_id, row.set, std::to_string(row.image), std::to_string(row.slice),
                     text::from_float(static_cast<float>(row.attention)), cell(row.area_share)});
  return csv;
}

}  // namespace radfuse::deep
