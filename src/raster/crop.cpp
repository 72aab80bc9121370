// SPDX-License-Identifier: Apache-2.0
// Boxes, cuts and windows; the resize is in resize.cpp.
#include "radfuse/raster/crop.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "radfuse/base/error.hpp"

namespace radfuse::raster {
namespace {

// A crop of more pixels than this comes from a wrong spacing or margin, not from a lesion.
constexpr double kMostPixels = 1e8;

std::size_t at(const Patch& patch, int c, std::int64_t y, std::int64_t x) {
  return (static_cast<std::size_t>(c) * static_cast<std::size_t>(patch.height) + static_cast<std::size_t>(y)) *
             static_cast<std::size_t>(patch.width) +
         static_cast<std::size_t>(x);
}

// The smallest count of pixels that covers `mm`; rounding noise of a quotient that is whole does not add one.
double pixels_for(double mm, double spacing) {
  return std::max(1.0, std::ceil(mm / spacing - 1e-9));
}

// A box of side_mm about the centre (in pixel edges, x = 0 is the left edge of pixel 0).
SliceBox square_about(double centre_x, double centre_y, double side_mm, const Grid& grid) {
  const double width = pixels_for(side_mm, grid.spacing[0]), height = pixels_for(side_mm, grid.spacing[1]);
  if (!(width * height <= kMostPixels))
    throw CaseError("a crop of " + std::to_string(side_mm) + " mm would need more than 1e8 pixels (" + describe(grid) +
                    "): check the pixel spacing and the margin");
  return {static_cast<std::int64_t>(std::floor(centre_x - width / 2 + 0.5)),
          static_cast<std::int64_t>(std::floor(centre_y - height / 2 + 0.5)), static_cast<std::int64_t>(width),
          static_cast<std::int64_t>(height)};
}

Patch empty_patch(const SliceBox& box) {
  return Patch(1, static_cast<int>(box.height), static_cast<int>(box.width));
}

void check_slice(const Grid& grid, std::int64_t z) {
  if (z < 0 || z >= grid.size[2]) throw Error(ExitCode::bug, "slice " + std::to_string(z) + " is not in the volume");
}

}  // namespace

Window percentile_window(std::span<const float> values, double low_percent, double high_percent) {
  std::vector<float> sorted;
  sorted.reserve(values.size());
  std::copy_if(values.begin(), values.end(), std::back_inserter(sorted), [](float v) { return std::isfinite(v); });
  if (sorted.empty()) throw CaseError("no finite grey level to take percentiles of");
  std::sort(sorted.begin(), sorted.end());
  const auto percentile = [&](double percent) {
    const double rank = percent / 100 * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(rank);
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    return sorted[below] + (rank - static_cast<double>(below)) * (static_cast<double>(sorted[above]) - sorted[below]);
  };
  Window window{percentile(low_percent), percentile(high_percent)};
  // A small bright lesion on a flat ground may lie wholly outside the percentiles: then the full range serves.
  if (!(window.low < window.high)) window = {sorted.front(), sorted.back()};
  if (!(window.low < window.high))
    throw CaseError("all pixels have the grey level " + std::to_string(window.low) + ": nothing to see");
  return window;
}

SliceBox whole_box(const Grid& grid) {
  const double side = std::max(static_cast<double>(grid.size[0]) * grid.spacing[0],
                               static_cast<double>(grid.size[1]) * grid.spacing[1]);
  return square_about(static_cast<double>(grid.size[0]) / 2, static_cast<double>(grid.size[1]) / 2, side, grid);
}

Patch cut(const Volume& image, std::int64_t z, const SliceBox& box) {
  check_slice(image.grid, z);
  Patch patch = empty_patch(box);
  for (std::int64_t y = 0; y < box.height; ++y)
    for (std::int64_t x = 0; x < box.width; ++x)
      patch.values[at(patch, 0, y, x)] = image.at(std::clamp<std::int64_t>(box.x + x, 0, image.grid.size[0] - 1),
                                                  std::clamp<std::int64_t>(box.y + y, 0, image.grid.size[1] - 1), z);
  return patch;
}

Patch cut(const Mask& mask, std::int64_t z, const SliceBox& box) {
  check_slice(mask.grid, z);
  Patch patch = empty_patch(box);
  for (std::int64_t y = 0; y < box.height; ++y)
    for (std::int64_t x = 0; x < box.width; ++x)
      if (mask.grid.contains(box.x + x, box.y + y, z))
        patch.values[at(patch, 0, y, x)] = mask.at(box.x + x, box.y + y, z) != 0 ? 1.0F : 0.0F;
  return patch;
}

void normalise(Patch& patch, const Window& window) {
  const double scale = 1 / (window.high - window.low);
  for (float& v : patch.values) v = static_cast<float>(std::clamp((v - window.low) * scale, 0.0, 1.0));
}

Patch whole_slice(const Volume& image, std::int64_t z, int size, const std::optional<Window>& window) {
  Patch patch = cut(image, z, whole_box(image.grid));
  normalise(patch, window ? *window : percentile_window(patch.values));
  return resize_image(patch, size, size);
}

Patch whole_slice(const Mask& mask, std::int64_t z, int size) {
  Patch patch = resize_image(cut(mask, z, whole_box(mask.grid)), size, size);
  for (float& v : patch.values) v = v >= 0.5F ? 1.0F : 0.0F;
  return patch;
}

void paste(const Patch& patch, int channel, const SliceBox& box, std::int64_t z, Volume& onto) {
  check_slice(onto.grid, z);
  Patch one(1, patch.height, patch.width);
  const auto first = patch.values.begin() + static_cast<std::ptrdiff_t>(at(patch, channel, 0, 0));
  std::copy_n(first, one.values.size(), one.values.begin());
  const Patch back = resize_image(one, static_cast<int>(box.height), static_cast<int>(box.width));
  for (std::int64_t y = 0; y < box.height; ++y)
    for (std::int64_t x = 0; x < box.width; ++x)
      if (onto.grid.contains(box.x + x, box.y + y, z))
        onto.at(box.x + x, box.y + y, z) = back.values[at(back, 0, y, x)];
}

}  // namespace radfuse::raster
