// SPDX-License-Identifier: Apache-2.0
// Where the images of a case come from, and voxels from there and back.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "radfuse/base/error.hpp"
#include "radfuse/raster/views.hpp"
#include "radfuse/volume/roi.hpp"

namespace radfuse::raster {
namespace {

// A crop of more voxels than this comes from a wrong spacing or margin, not from a lesion.
constexpr double kMostVoxels = 1e8;

// Voxels inside on each index of an axis.
std::vector<std::int64_t> counts_across(const Mask& mask, std::size_t axis) {
  std::vector<std::int64_t> counts(static_cast<std::size_t>(mask.grid.size[axis]), 0);
  if (axis == 2) {  // slices lie in one piece
    const auto area = mask.grid.size[0] * mask.grid.size[1];
    for (std::size_t z = 0; z < counts.size(); ++z) {
      const auto start = mask.values.begin() + static_cast<std::ptrdiff_t>(z) * area;
      counts[z] = area - std::count(start, start + area, std::uint8_t{0});
    }
    return counts;
  }
  std::array<std::int64_t, 3> at{};
  for (at[2] = 0; at[2] < mask.grid.size[2]; ++at[2])
    for (at[1] = 0; at[1] < mask.grid.size[1]; ++at[1])
      for (at[0] = 0; at[0] < mask.grid.size[0]; ++at[0])
        counts[static_cast<std::size_t>(at[axis])] += mask.at(at[0], at[1], at[2]) != 0;
  return counts;
}

// The `most` indices with the largest counts above 0 (the lower of equals first), in rising order.
std::vector<std::int64_t> largest(const std::vector<std::int64_t>& counts, std::size_t most) {
  std::vector<std::int64_t> order(counts.size());
  std::iota(order.begin(), order.end(), 0);
  std::erase_if(order, [&](std::int64_t i) { return counts[static_cast<std::size_t>(i)] == 0; });
  if (order.empty()) throw CaseError("the region is empty: its mask has no voxel inside");
  std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
    return counts[static_cast<std::size_t>(a)] > counts[static_cast<std::size_t>(b)];
  });
  order.resize(std::min(order.size(), most));
  std::sort(order.begin(), order.end());
  return order;
}

std::vector<std::int64_t> chosen_slices(const std::vector<std::int64_t>& counts, const ViewSettings& settings) {
  if (settings.views == Views::all) return largest(counts, counts.size());
  return largest(counts, settings.views == Views::n_largest ? static_cast<std::size_t>(settings.count) : 1);
}

// Bounding box of the region in these slices.
Box box_in(const Mask& mask, const std::vector<std::int64_t>& slices) {
  Box box{mask.grid.size, {-1, -1, -1}};
  for (const std::int64_t z : slices) {
    if (z < 0 || z >= mask.grid.size[2]) continue;
    for (std::int64_t y = 0; y < mask.grid.size[1]; ++y)
      for (std::int64_t x = 0; x < mask.grid.size[0]; ++x)
        if (mask.at(x, y, z) != 0) {
          const std::array at{x, y, z};
          for (std::size_t a = 0; a < 3; ++a) {
            box.low[a] = std::min(box.low[a], at[a]);
            box.high[a] = std::max(box.high[a], at[a]);
          }
        }
  }
  return box;
}

// The first `axes` axes of the box with its margin, extended to a square or cube in millimetres about its centre. Its
// side is a whole number of the largest voxel sides, so that only finer axes are longer, by less than a voxel of
// theirs.
VoxelBox even_sided(const Box& box, const Grid& grid, std::size_t axes, const ViewSettings& settings) {
  double longest = 0, coarsest = 0;
  for (std::size_t a = 0; a < axes; ++a) {
    longest = std::max(longest, static_cast<double>(box.high[a] - box.low[a] + 1) * grid.spacing[a]);
    coarsest = std::max(coarsest, grid.spacing[a]);
  }
  // Rounding noise of a quotient that is whole does not add a voxel.
  const auto whole = [](double mm, double spacing) { return std::max(1.0, std::ceil(mm / spacing - 1e-9)); };
  const double side =
      whole(longest + 2 * std::max(settings.margin_mm, settings.margin_fraction * longest), coarsest) * coarsest;
  VoxelBox made;
  double voxels = 1;
  for (std::size_t a = 0; a < axes; ++a) {
    const double count = whole(side, grid.spacing[a]);
    voxels *= count;
    if (!(voxels <= kMostVoxels))
      throw CaseError("a crop with sides of " + std::to_string(side) + " mm would need more than 1e8 voxels (" +
                      describe(grid) + "): check the voxel spacing and the margin");
    const double centre = static_cast<double>(box.low[a] + box.high[a] + 1) / 2;
    made.low[a] = static_cast<std::int64_t>(std::floor(centre - count / 2 + 0.5));
    made.size[a] = static_cast<std::int64_t>(count);
  }
  return made;
}

// Which axis of the stack runs along the columns, rows and depth of a place's patch.
struct Axes {
  std::size_t column, row, depth;
  bool rows_reversed;
};
Axes axes_of(const Place& place, const Grid& grid) {
  if (place.across == 1) return {0, 2, 1, grid.direction[8] > 0.5};
  if (place.across == 0) return {1, 2, 0, grid.direction[8] > 0.5};
  return {0, 1, 2, false};
}

// Calls work(place in the patch, voxel) for each voxel of the box.
template <class Work>
void for_each_voxel(const Place& place, const Grid& grid, const Work& work) {
  const Axes axes = axes_of(place, grid);
  const VoxelBox& box = place.box;
  std::size_t i = 0;
  std::array<std::int64_t, 3> at{};
  for (std::int64_t d = 0; d < box.size[axes.depth]; ++d)
    for (std::int64_t r = 0; r < box.size[axes.row]; ++r)
      for (std::int64_t c = 0; c < box.size[axes.column]; ++c) {
        at[axes.depth] = box.low[axes.depth] + d;
        at[axes.row] = box.low[axes.row] + (axes.rows_reversed ? box.size[axes.row] - 1 - r : r);
        at[axes.column] = box.low[axes.column] + c;
        work(i++, at);
      }
}

Patch empty_patch(const Place& place, const Grid& grid) {
  const Extent extent = extent_of(place, grid);
  return Patch::block(1, extent.depth, extent.height, extent.width);
}

}  // namespace

std::vector<Place> places_of(const Mask& mask, const ViewSettings& settings) {
  std::vector<Place> places;
  if (settings.views == Views::block || settings.views == Views::three_planes) {
    const VoxelBox cube = even_sided(bounding_box(mask), mask.grid, 3, settings);
    if (settings.views == Views::block) return {{3, cube}};
    for (const int across : {2, 1, 0}) {
      const auto axis = static_cast<std::size_t>(across);
      Place place{across, cube};
      place.box.low[axis] = largest(counts_across(mask, axis), 1).front();
      place.box.size[axis] = 1;
      places.push_back(place);
    }
    return places;
  }
  const std::vector<std::int64_t> slices = chosen_slices(counts_across(mask, 2), settings);
  std::vector<std::int64_t> seen = slices;
  if (settings.views == Views::two_and_a_half) seen = {slices[0] - 1, slices[0], slices[0] + 1};
  const VoxelBox square = even_sided(box_in(mask, seen), mask.grid, 2, settings);
  for (const std::int64_t z : slices) {
    Place place{2, square};
    place.box.low[2] = z;
    place.box.size[2] = 1;
    places.push_back(place);
  }
  return places;
}

Extent extent_of(const Place& place, const Grid& grid) {
  const Axes axes = axes_of(place, grid);
  const auto voxels = [&](std::size_t axis) { return static_cast<int>(place.box.size[axis]); };
  const auto mm = [&](std::size_t axis) { return static_cast<double>(place.box.size[axis]) * grid.spacing[axis]; };
  return {voxels(axes.depth), voxels(axes.row), voxels(axes.column), mm(axes.depth), mm(axes.row), mm(axes.column)};
}

Patch cut(const Volume& image, const Place& place) {
  Patch patch = empty_patch(place, image.grid);
  const auto& size = image.grid.size;
  for_each_voxel(place, image.grid, [&](std::size_t i, const std::array<std::int64_t, 3>& at) {
    const auto within = [&](std::size_t a) { return std::clamp<std::int64_t>(at[a], 0, size[a] - 1); };
    patch.values[i] = image.at(within(0), within(1), within(2));
  });
  return patch;
}

Patch cut(const Mask& mask, const Place& place) {
  Patch patch = empty_patch(place, mask.grid);
  for_each_voxel(place, mask.grid, [&](std::size_t i, const std::array<std::int64_t, 3>& at) {
    if (mask.grid.contains(at[0], at[1], at[2])) patch.values[i] = mask.at(at[0], at[1], at[2]) != 0 ? 1.0F : 0.0F;
  });
  return patch;
}

void put(const Patch& patch, const Place& place, Volume& onto) {
  const Extent extent = extent_of(place, onto.grid);
  if (patch.channels != 1 || patch.depth != extent.depth || patch.height != extent.height ||
      patch.width != extent.width)
    throw Error(ExitCode::bug, "put: the patch has another size than its place");
  for_each_voxel(place, onto.grid, [&](std::size_t i, const std::array<std::int64_t, 3>& at) {
    if (onto.grid.contains(at[0], at[1], at[2])) onto.at(at[0], at[1], at[2]) = patch.values[i];
  });
}

void paste(const Patch& patch, const Place& place, Volume& onto) {
  const Extent extent = extent_of(place, onto.grid);
  put(resize(patch, extent.depth, extent.height, extent.width), place, onto);
}

}  // namespace radfuse::raster
