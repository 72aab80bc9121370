// SPDX-License-Identifier: Apache-2.0
// What a network sees of a case: which slices, planes or block, how much around the region, what is masked, on which
// grey scale. All images of a case have one size in millimetres and one grey scale.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "radfuse/raster/crop.hpp"
#include "radfuse/volume/patch.hpp"
#include "radfuse/volume/volume.hpp"

namespace radfuse::raster {

enum class Views { largest_area, n_largest, all, two_and_a_half, three_planes, block };
enum class Masking { none, zero, soft };
/// How grey levels become 0 and 1.
struct GreyScale {
  enum class Kind { percentiles, window, z_score } kind = Kind::percentiles;
  double low = 0.5, high = 99.5;  ///< percentiles, or grey levels; z_score uses neither
};

struct ViewSettings {
  Views views = Views::largest_area;
  int count = 3;                                ///< n_largest
  int size = 128;                               ///< side of an image, and depth of a block
  double margin_mm = 5, margin_fraction = 0.1;  ///< the larger of the two; the fraction is of the box's longest side
  Masking masking = Masking::none;
  double soft_mm = 5;
  GreyScale grey = {};
};

/// Voxels [low, low + size) on each axis; may reach beyond the image.
struct VoxelBox {
  std::array<std::int64_t, 3> low{0, 0, 0}, size{0, 0, 0};
  bool operator==(const VoxelBox&) const = default;
};

/// Where an image comes from. A slice lies across `across` (2: an ordinary slice; 1, 0: planes through the stack) and
/// its box is 1 voxel thick; a block has across = 3.
struct Place {
  int across = 2;
  VoxelBox box;
  bool operator==(const Place&) const = default;
};

/// The images of one case.
struct Seen {
  std::vector<Patch> images;  ///< in [0, 1]; 3 channels for two_and_a_half, else 1
  std::vector<double> areas;  ///< the region's area in each slice (mm^2), or its volume in a block (mm^3)
  std::vector<Place> places;  ///< for two_and_a_half, of the slice in the middle
  Window window;              ///< the grey levels that became 0 and 1
};

/// Throws CaseError: no region, all grey levels equal, more than 1e8 voxels.
Seen see(const Volume& image, const Mask& mask, const ViewSettings& settings);

/// Where the images come from, in the order in which they are given: slices from the first to the last, planes across
/// z, y, x. Slices share one square (in mm) about the region in all of them; planes and block share one cube.
std::vector<Place> places_of(const Mask& mask, const ViewSettings& settings);

/// Voxels of a place as rows and columns (a block: depth too): the box's axes in the order of the stack. A plane across
/// y or x whose rows would run towards the patient's head is turned upside down, so that the head is at the top. Beyond
/// the borders: the nearest voxel of an image, 0 of a mask.
Patch cut(const Volume& image, const Place& place);
Patch cut(const Mask& mask, const Place& place);
/// Writes a patch of the size of the place's box where cut() takes it from; voxels beyond the borders are dropped.
void put(const Patch& patch, const Place& place, Volume& onto);
/// The same for an image of any size, brought to the place's own voxels first.
void paste(const Patch& patch, const Place& place, Volume& onto);
/// Rows, columns and depth of a place's box, as cut() gives them, and their millimetres.
struct Extent {
  int depth = 1, height = 0, width = 0;
  double depth_mm = 0, height_mm = 0, width_mm = 0;
};
Extent extent_of(const Place& place, const Grid& grid);

/// Mean -+ 3 standard deviations (n in the denominator) of the finite values. CaseError: none, or all equal.
Window z_score_window(std::span<const float> values);
/// 1 inside; outside (1 + cos(pi d / soft_mm)) / 2 of the distance d in mm to the nearest voxel inside, 0 from soft_mm
/// on. Distances are between voxel centres; of a slice in its plane, of a block in space.
Patch soft_weights(const Patch& inside, const Extent& extent, double soft_mm);

}  // namespace radfuse::raster
