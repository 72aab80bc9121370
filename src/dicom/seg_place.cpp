// SPDX-License-Identifier: Apache-2.0
// Frames of a segmentation onto the image's grid, each by its own position; empty frames are usually left out.
#include <algorithm>
#include <cmath>

#include "geometry.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/stop.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/volume/regrid.hpp"
#include "region_file.hpp"
#include "seg.hpp"

namespace radfuse::dicom {
namespace {

using Step = std::array<std::int64_t, 3>;

// How far pixel centres may lie from voxel centres, as a share of the voxel, in the plane and across: enough for
// spacings written with four digits, and too little to change what is meant.
constexpr Vector kOnGrid{0.05, 0.05, 0.1};
constexpr std::int64_t kMostVoxels = std::int64_t{1} << 30;

bool is_unit(const Step& step) {
  return std::abs(step[0]) + std::abs(step[1]) + std::abs(step[2]) == 1;
}

/// The distance between slices: as stated, else the smallest between two frames, else the slices' thickness.
double slice_spacing(const SegHeader& header, std::vector<double> along) {
  if (header.slice_spacing > 0) return header.slice_spacing;
  std::sort(along.begin(), along.end());
  double smallest = 0;
  for (std::size_t i = 1; i < along.size(); ++i)
    if (const double gap = along[i] - along[i - 1]; gap > 1e-3 && (smallest == 0 || gap < smallest)) smallest = gap;
  return smallest > 0 ? smallest : header.slice_thickness;
}

/// The grid that the frames themselves form, and the slice of each. Throws InputError when they form none.
Grid own_grid(const SegHeader& header, std::vector<std::int64_t>& slices) {
  const SegFrame& first = header.frames.front();
  const Vector normal = cross(first.row, first.column);
  std::vector<double> along;
  for (const SegFrame& frame : header.frames) {
    double turn = 0;
    for (std::size_t i = 0; i < 3; ++i)
      turn = std::max({turn, std::abs(frame.row[i] - first.row[i]), std::abs(frame.column[i] - first.column[i])});
    for (std::size_t a = 0; a < 2; ++a) turn = std::max(turn, std::abs(frame.spacing[a] / first.spacing[a] - 1) / 10);
    if (turn > 1e-4) throw InputError("the segmentation's frames differ in orientation or pixel spacing");
    const Vector from = minus(frame.position, first.position);
    along.push_back(dot(from, normal));
    if (std::abs(dot(from, first.row)) > 0.05 * first.spacing[0] ||
        std::abs(dot(from, first.column)) > 0.05 * first.spacing[1])
      throw InputError("the segmentation's frames do not lie above each other");
  }
  Grid grid;
  const auto lowest = static_cast<std::size_t>(std::min_element(along.begin(), along.end()) - along.begin());
  grid.spacing = {first.spacing[0], first.spacing[1], slice_spacing(header, along)};
  if (!(grid.spacing[2] >= 1e-3 && grid.spacing[2] <= 1e2))
    throw InputError("the segmentation does not say how far its slices are apart, or not from 0.001 to 100 mm");
  std::int64_t highest = 0;
  for (const double t : along) {
    const double steps = (t - along[lowest]) / grid.spacing[2];
    if (std::abs(steps - std::round(steps)) > 0.05 || steps > static_cast<double>(kMostVoxels))
      throw InputError("the segmentation's frames are not equally far apart");
    slices.push_back(static_cast<std::int64_t>(std::round(steps)));
    highest = std::max(highest, slices.back());
  }
  grid.size = {header.columns, header.rows, highest + 1};
  if (header.columns * header.rows > kMostVoxels / grid.size[2])
    throw InputError("the segmentation's frames span more than 2^30 voxels");
  grid.origin = header.frames[lowest].position;
  set_directions(grid, first.row, first.column, normal);
  return grid;
}

}  // namespace

Segmentation::Segmentation(DcmDataset& data, const ReferenceFrame& image, const MaskParams& params)
    : image_(image), params_(params), header_(read_seg_header(data)), pixels_(data, header_) {
  require_frame_of_reference(text_of(data, DCM_FrameOfReferenceUID), image);
  for (const SegFrame& frame : header_.frames) {
    places_.push_back(place(frame));
    same_grid_ = same_grid_ && places_.back().on_grid;
  }
  if (header_.type == SegmentationType::fractional)
    notes_.push_back("fractional segmentation (" + header_.fractional_type +
                     "): inside is where the share is at least " + text::from_double(params.fraction));
  if (same_grid_) return;
  own_grid_ = own_grid(header_, own_slices_);
  const std::string both =
      "the segmentation's grid is " + describe(own_grid_) + "; the image's is " + describe(image.grid);
  if (params.grid == GridPolicy::refuse)
    throw InputError("lies on another grid than the image: " + both +
                     ". mask: grid: resample takes the nearest voxel of the segmentation");
  notes_.push_back("brought onto the image's grid by nearest neighbour");
}

Segmentation::Placement Segmentation::place(const SegFrame& frame) const {
  const PatientToIndex to_index(image_.grid);
  const auto index_of = [&](double column, double row) {
    Vector at = frame.position;
    for (std::size_t i = 0; i < 3; ++i)
      at[i] += frame.row[i] * frame.spacing[0] * column + frame.column[i] * frame.spacing[1] * row;
    return to_index(at);
  };
  const Vector first = index_of(0, 0), right = minus(index_of(1, 0), first), down = minus(index_of(0, 1), first);
  Placement place;
  place.on_grid = true;
  for (std::size_t a = 0; a < 3; ++a) {
    place.first[a] = std::llround(first[a]);
    place.along_row[a] = std::llround(right[a]);
    place.along_column[a] = std::llround(down[a]);
    const double off = std::abs(first[a] - std::round(first[a])) +
                       std::abs(right[a] - std::round(right[a])) * static_cast<double>(header_.columns - 1) +
                       std::abs(down[a] - std::round(down[a])) * static_cast<double>(header_.rows - 1);
    place.on_grid = place.on_grid && off <= kOnGrid[a];
  }
  place.on_grid = place.on_grid && is_unit(place.along_row) && is_unit(place.along_column);
  return place;
}

Mask Segmentation::mask(int segment, std::vector<std::string>& notes) const {
  return with_context("segment " + std::to_string(segment), [&] {
    if (same_grid_) return on_image_grid(segment, notes);
    const Mask own = on_own_grid(segment);
    Mask mask = regrid_nearest(own, image_.grid);
    if (own.count() > 0 && mask.count() == 0) throw InputError("lies outside the image, or between its voxels");
    return mask;
  });
}

Mask Segmentation::on_image_grid(int segment, std::vector<std::string>& notes) const {
  Mask mask(image_.grid);
  std::size_t inside = 0, outside = 0;
  for (std::size_t f = 0; f < header_.frames.size(); ++f) {
    throw_if_stopped();
    if (header_.type != SegmentationType::label_map && header_.frames[f].segment != segment) continue;
    const Placement& place = places_[f];
    for (std::int64_t row = 0, i = 0; row < header_.rows; ++row)
      for (std::int64_t column = 0; column < header_.columns; ++column, ++i) {
        if (!pixels_.inside(f, static_cast<std::size_t>(i), segment, params_.fraction)) continue;
        Step at;
        for (std::size_t a = 0; a < 3; ++a)
          at[a] = place.first[a] + place.along_row[a] * column + place.along_column[a] * row;
        if (image_.grid.contains(at[0], at[1], at[2])) {
          mask.at(at[0], at[1], at[2]) = 1;
          ++inside;
        } else {
          ++outside;
        }
      }
  }
  if (outside > 0 && inside == 0) throw InputError("lies outside the image; is it the segmentation's image?");
  if (outside > 0)
    notes.push_back("segment " + std::to_string(segment) + ": " + std::to_string(outside) +
                    " voxels outside the image left out");
  return mask;
}

Mask Segmentation::on_own_grid(int segment) const {
  Mask mask(own_grid_);
  for (std::size_t f = 0; f < header_.frames.size(); ++f) {
    throw_if_stopped();
    if (header_.type != SegmentationType::label_map && header_.frames[f].segment != segment) continue;
    const std::size_t start = static_cast<std::size_t>(own_slices_[f]) * header_.pixels();
    for (std::size_t i = 0; i < header_.pixels(); ++i)
      if (pixels_.inside(f, i, segment, params_.fraction)) mask.values[start + i] = 1;
  }
  return mask;
}

}  // namespace radfuse::dicom
