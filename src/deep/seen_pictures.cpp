// SPDX-License-Identifier: Apache-2.0
// Pictures of what networks see and heed.
#include "seen_pictures.hpp"

#include <algorithm>
#include <cmath>

#include "radfuse/base/error.hpp"
#include "radfuse/raster/crop.hpp"
#include "radfuse/raster/picture.hpp"

namespace radfuse::deep {
namespace {

using raster::Picture;
using raster::Place;

constexpr int kSide = 256, kGap = 8, kMostImages = 12, kMostMaps = 1024;

Patch channel_of(const Patch& patch, int channel) {
  Patch one = Patch::block(1, patch.depth, patch.height, patch.width);
  const auto first = static_cast<std::ptrdiff_t>(one.values.size()) * channel;
  std::copy_n(patch.values.begin() + first, one.values.size(), one.values.begin());
  return one;
}

// The plane in the middle of a block along its depth, height or width (2, 1, 0); rows run along the depth for the last
// two, from its end to its start when `reversed`.
Patch middle_plane(const Patch& block, int across, bool reversed) {
  const int rows = across == 2 ? block.height : block.depth, columns = across == 0 ? block.height : block.width;
  Patch plane(1, rows, columns);
  for (int r = 0; r < rows; ++r)
    for (int c = 0; c < columns; ++c) {
      const int along = reversed && across != 2 ? rows - 1 - r : r;
      const int z = across == 2 ? block.depth / 2 : along;
      const int y = across == 2 ? r : across == 1 ? block.height / 2 : c;
      const int x = across == 0 ? block.width / 2 : c;
      plane.values[static_cast<std::size_t>(r) * static_cast<std::size_t>(columns) + static_cast<std::size_t>(c)] =
          block.values[(static_cast<std::size_t>(z) * static_cast<std::size_t>(block.height) +
                        static_cast<std::size_t>(y)) *
                           static_cast<std::size_t>(block.width) +
                       static_cast<std::size_t>(x)];
    }
  return plane;
}

// An image as people see it: where it lies, what the network sees, its map.
struct Shown {
  Place place;
  Patch image;
  Patch map;  // empty without maps
  std::size_t index = 0;
};

std::vector<Shown> planes_of_block(const Shown& block, const Grid& grid) {
  std::vector<Shown> planes;
  for (const int across : {2, 1, 0}) {
    const auto axis = static_cast<std::size_t>(across);
    Shown plane{{across, block.place.box}, {}, {}, block.index};
    plane.place.box.low[axis] += block.place.box.size[axis] / 2;
    plane.place.box.size[axis] = 1;
    plane.image = middle_plane(block.image, across, grid.direction[8] > 0.5);
    if (!block.map.values.empty()) plane.map = middle_plane(block.map, across, grid.direction[8] > 0.5);
    planes.push_back(std::move(plane));
  }
  return planes;
}

// At most kMostImages of them, the first and last among them.
std::vector<std::size_t> evenly(std::size_t count) {
  std::vector<std::size_t> chosen;
  const std::size_t most = std::min<std::size_t>(count, kMostImages);
  for (std::size_t i = 0; i < most; ++i) chosen.push_back(most == 1 ? 0 : i * (count - 1) / (most - 1));
  return chosen;
}

std::vector<Shown> shown_of(const raster::Seen& crops, std::span<const Patch> maps, const Grid& grid) {
  if (!maps.empty() && maps.size() != crops.images.size())
    throw Error(ExitCode::bug, "pictures: maps and images differ in number");
  std::vector<Shown> all;
  for (const std::size_t i : evenly(crops.images.size())) {
    const Patch& image = crops.images[i];
    Shown one{crops.places[i], channel_of(image, image.channels / 2), maps.empty() ? Patch{} : maps[i], i};
    if (one.place.across != 3) {
      all.push_back(std::move(one));
      continue;
    }
    for (Shown& plane : planes_of_block(one, grid)) all.push_back(std::move(plane));
  }
  return all;
}

Patch square(const Patch& patch) {
  return raster::resize_image(patch, kSide, kSide);
}

Picture crop_picture(const Shown& shown, const Mask& region, bool with_map) {
  Picture picture = raster::grey_picture(square(shown.image));
  if (with_map) raster::lay_over(picture, square(shown.map));
  raster::outline(picture, square(raster::cut(region, shown.place)), raster::kRegionColour, with_map ? 2 : 1);
  return picture;
}

// The whole slice or plane that an image comes from, with its frame.
Picture whole_picture(const Shown& shown, const Volume& image, const Mask& region, const raster::Window& window) {
  const auto axis = static_cast<std::size_t>(shown.place.across);
  Place whole{shown.place.across, {{0, 0, 0}, image.grid.size}};
  whole.box.low[axis] = std::clamp<std::int64_t>(shown.place.box.low[axis], 0, image.grid.size[axis] - 1);
  whole.box.size[axis] = 1;
  const raster::Extent extent = raster::extent_of(whole, image.grid);
  const double scale = kSide / std::max(extent.width_mm, extent.height_mm);
  const int height = std::max(1, static_cast<int>(std::lround(extent.height_mm * scale)));
  const int width = std::max(1, static_cast<int>(std::lround(extent.width_mm * scale)));
  Patch grey = raster::cut(image, whole);
  raster::normalise(grey, window);
  Picture picture = raster::grey_picture(raster::resize_image(grey, height, width));
  raster::outline(picture, raster::resize_image(raster::cut(region, whole), height, width), raster::kRegionColour);

  // The frame of the crop, as far as it lies within the plane; axes and their turning are those of raster::cut().
  const std::size_t column = axis == 0 ? 1 : 0, row = axis == 2 ? 1 : 2;
  const bool turned = axis != 2 && image.grid.direction[8] > 0.5;
  const auto& box = shown.place.box;
  const std::int64_t top = turned ? image.grid.size[row] - box.low[row] - box.size[row] : box.low[row];
  const auto across = [&](std::int64_t voxels, std::size_t a) {
    return static_cast<int>(std::lround(static_cast<double>(voxels) * image.grid.spacing[a] * scale));
  };
  const int x0 = std::max(0, across(box.low[column], column)), y0 = std::max(0, across(top, row));
  const int x1 = std::min(width, across(box.low[column] + box.size[column], column));
  const int y1 = std::min(height, across(top + box.size[row], row));
  raster::frame(picture, x0, y0, x1 - x0, y1 - y0, raster::kWhite);
  return picture;
}

// Two pictures for each image, one above the other, in bands of at most six columns.
std::string in_pairs(const std::vector<Picture>& above, const std::vector<Picture>& below, bool with_colours) {
  constexpr std::size_t kColumns = 6;
  std::vector<Picture> bands;
  for (std::size_t first = 0; first < above.size(); first += kColumns) {
    const std::size_t last = std::min(first + kColumns, above.size());
    std::vector<Picture> band(above.begin() + static_cast<std::ptrdiff_t>(first),
                              above.begin() + static_cast<std::ptrdiff_t>(last));
    band.insert(band.end(), below.begin() + static_cast<std::ptrdiff_t>(first),
                below.begin() + static_cast<std::ptrdiff_t>(last));
    bands.push_back(raster::side_by_side(band, static_cast<int>(last - first), kGap));
  }
  Picture all = raster::side_by_side(bands, 1, 0);
  if (with_colours) {  // the scale stands beside the lowest row
    constexpr int kBar = 14;
    Picture scale(kBar + kGap, all.height, raster::kWhite);
    const Picture bar = raster::colour_bar(kBar, kSide);
    for (int y = 0; y < kSide; ++y) raster::fill(scale, 0, all.height - kGap - kSide + y, kBar, 1, bar.at(0, y));
    all = raster::side_by_side(std::vector<Picture>{all, scale}, 2, 0);
  }
  return raster::png(all);
}

void require_slices(const raster::Seen& crops, std::size_t count) {
  if (crops.images.size() != count || count == 0)
    throw Error(ExitCode::bug, "pictures: attention and images differ in number");
}

// One map as a picture from its lowest to its highest value, each of its pixels `zoom` wide.
Picture map_picture(const Patch& maps, int channel, int zoom) {
  Patch map = channel_of(maps, channel);
  if (map.depth > 1) map = middle_plane(map, 2, false);
  const auto [low, high] = std::minmax_element(map.values.begin(), map.values.end());
  const raster::Window range{*low, *high > *low ? *high : *low + 1.0};
  raster::normalise(map, range);
  const Picture small = raster::grey_picture(map);
  Picture large(small.width * zoom, small.height * zoom, raster::kBlack);
  for (int y = 0; y < small.height; ++y)
    for (int x = 0; x < small.width; ++x) raster::fill(large, x * zoom, y * zoom, zoom, zoom, small.at(x, y));
  return large;
}

}  // namespace

std::string crops_png(const Volume& image, const Mask& region, const raster::Seen& crops) {
  std::vector<Picture> whole, seen;
  for (const Shown& shown : shown_of(crops, {}, image.grid)) {
    whole.push_back(whole_picture(shown, image, region, crops.window));
    seen.push_back(crop_picture(shown, region, false));
  }
  return in_pairs(whole, seen, false);
}

std::string heat_png(const Mask& region, const raster::Seen& crops, std::span<const Patch> maps) {
  if (maps.size() != crops.images.size()) throw Error(ExitCode::bug, "pictures: maps and images differ in number");
  std::vector<Picture> seen, heat;
  for (const Shown& shown : shown_of(crops, maps, region.grid)) {
    seen.push_back(crop_picture(shown, region, false));
    heat.push_back(crop_picture(shown, region, true));
  }
  return in_pairs(seen, heat, true);
}

std::string attention_png(const Mask& region, const raster::Seen& crops, std::span<const float> attention) {
  require_slices(crops, attention.size());
  const double most = *std::max_element(attention.begin(), attention.end());
  const double even = 1.0 / static_cast<double>(attention.size());
  std::vector<Picture> seen, bars;
  for (const Shown& shown : shown_of(crops, {}, region.grid)) {
    seen.push_back(crop_picture(shown, region, false));
    Picture bar(kSide, 20, {225, 225, 225});
    const auto length = [&](double share) {
      return most > 0 ? static_cast<int>(std::lround(share / most * kSide)) : 0;
    };
    raster::fill(bar, 0, 0, length(attention[shown.index]), bar.height, {40, 90, 160});
    raster::fill(bar, length(even) - 1, 0, 3, bar.height, {235, 125, 20});
    bars.push_back(std::move(bar));
  }
  return in_pairs(seen, bars, false);
}

std::string feature_maps_png(const Patch& maps) {
  if (maps.channels < 1) throw Error(ExitCode::bug, "feature_maps_png: no map");
  const int count = std::min(maps.channels, kMostMaps);
  const int columns = static_cast<int>(std::ceil(std::sqrt(static_cast<double>(count))));
  // About 1,600 pixels wide, whole pixels for each pixel of a map.
  const int zoom = std::max(1, 1600 / columns / std::max(maps.width, 1));
  std::vector<Picture> pictures;
  for (int c = 0; c < count; ++c) pictures.push_back(map_picture(maps, c, zoom));
  constexpr raster::Rgb kBetween{60, 90, 150};  // neither black nor white, which are values
  return raster::png(raster::side_by_side(pictures, columns, 2, kBetween));
}

std::string reconstructions_png(std::span<const Patch> images, std::span<const Patch> rebuilt) {
  if (images.empty() || images.size() != rebuilt.size())
    throw Error(ExitCode::bug, "reconstructions_png: images and reconstructions differ in number");
  constexpr int kSmall = 128;
  const auto picture = [](const Patch& patch) {
    const Patch one = channel_of(patch, patch.channels / 2);
    const Patch flat = one.depth > 1 ? middle_plane(one, 2, false) : one;
    return raster::grey_picture(raster::resize_image(flat, kSmall, kSmall));
  };
  std::vector<Picture> pictures;
  for (const Patch& image : images) pictures.push_back(picture(image));
  for (const Patch& image : rebuilt) pictures.push_back(picture(image));
  return raster::png(raster::side_by_side(pictures, static_cast<int>(images.size()), 4));
}

}  // namespace radfuse::deep
