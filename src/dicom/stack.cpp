// SPDX-License-Identifier: Apache-2.0
// Order and geometry of a stack of slices (DICOM PS3.3, C.7.6.2: Image Plane Module).
#include "stack.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "choose.hpp"
#include "geometry.hpp"
#include "radfuse/base/error.hpp"
#include "spacing.hpp"

namespace radfuse::dicom {
namespace {

constexpr double kMostDirectionError = 1e-4;  // in a direction cosine; files carry six digits or more
constexpr std::int64_t kMostVoxels = std::int64_t{1} << 30;

std::string pair(const Slice& a, const Slice& b) {
  return "'" + a.name + "' and '" + b.name + "'";
}

void require_sane(const Slice& slice) {
  const bool unit = std::abs(length(slice.row) - 1) < 1e-3 && std::abs(length(slice.column) - 1) < 1e-3;
  if (!unit || std::abs(dot(slice.row, slice.column)) > 1e-3)
    throw InputError("slice '" + slice.name + "': ImageOrientationPatient is not two unit vectors at right angles");
  for (const double spacing : slice.spacing)
    if (!(spacing >= 1e-3 && spacing <= 1e2))
      throw InputError("slice '" + slice.name + "': PixelSpacing " + text::from_double(spacing) +
                       " is outside 0.001 to 100 mm");
  for (const double place : slice.position)
    if (!(std::abs(place) <= 1e6))
      throw InputError("slice '" + slice.name + "': ImagePositionPatient is more than a kilometre away");
}

void require_alike(const Slice& first, const Slice& other) {
  if (first.rows != other.rows || first.columns != other.columns)
    throw InputError("slices " + pair(first, other) + " differ in size: " + std::to_string(first.columns) + "x" +
                     std::to_string(first.rows) + " and " + std::to_string(other.columns) + "x" +
                     std::to_string(other.rows));
  double turn = 0;
  for (std::size_t i = 0; i < 3; ++i)
    turn = std::max({turn, std::abs(first.row[i] - other.row[i]), std::abs(first.column[i] - other.column[i])});
  if (turn > kMostDirectionError)
    throw InputError("slices " + pair(first, other) +
                     " differ in orientation (a localizer among them, or several stacks?); give each orientation a "
                     "folder of its own");
  for (std::size_t a = 0; a < 2; ++a)
    if (std::abs(first.spacing[a] - other.spacing[a]) > 1e-3 * first.spacing[a])
      throw InputError("slices " + pair(first, other) + " differ in pixel spacing: " + mm(first.spacing[a]) + " and " +
                       mm(other.spacing[a]));
  if (first.modality != other.modality) throw InputError("slices " + pair(first, other) + " differ in modality");
  if (first.frame_of_reference != other.frame_of_reference)
    throw InputError("slices " + pair(first, other) + " differ in their frame of reference");
}

/// How far the stack leans: from the positions; GantryDetectorTilt (0018,1120) is often wrong.
double lean_degrees(const std::vector<Slice>& slices, const Vector& normal) {
  const Vector span = minus(slices.back().position, slices.front().position);
  const double along = dot(span, normal);
  return std::atan2(length(plus(span, normal, -along)), along) * 180 / std::numbers::pi;
}

/// None may lie beside the line between the first and the last slice.
void require_line(const std::vector<Slice>& slices, const Vector& normal) {
  const Vector span = minus(slices.back().position, slices.front().position);
  const double along = dot(span, normal);
  const double half_pixel = std::min(slices.front().spacing[0], slices.front().spacing[1]) / 2;
  for (const Slice& slice : slices) {
    const Vector from = minus(slice.position, slices.front().position);
    const double off = length(plus(from, span, -dot(from, normal) / along));
    if (off > half_pixel) throw InputError("slice '" + slice.name + "' lies " + mm(off) + " beside the others");
  }
}

/// The upright grid holds every voxel of the leaning stack: it grows by whole voxels in its plane.
void straighten(Stack& made, const Vector& normal) {
  const Slice& first = made.slices.front();
  std::array<double, 2> low{}, high{};
  for (const Slice& slice : made.slices) {
    const Vector from = minus(slice.position, first.position);
    const Vector beside = plus(from, normal, -dot(from, normal));
    const std::array<double, 2> shift = {dot(beside, first.row) / first.spacing[0],
                                         dot(beside, first.column) / first.spacing[1]};
    for (std::size_t a = 0; a < 2; ++a) {
      low[a] = std::min(low[a], std::floor(shift[a] + 1e-6));
      high[a] = std::max(high[a], std::ceil(shift[a] - 1e-6));
    }
    made.shifts.push_back(shift);
  }
  for (std::size_t a = 0; a < 2; ++a) {
    made.grid.size[a] += static_cast<std::int64_t>(high[a] - low[a]);
    made.grid.origin = plus(made.grid.origin, a == 0 ? first.row : first.column, low[a] * first.spacing[a]);
    for (auto& shift : made.shifts) shift[a] -= low[a];
  }
}

void handle_tilt(Stack& made, const Vector& normal, const SeriesParams& params, std::vector<std::string>& notes) {
  const double degrees = lean_degrees(made.slices, normal);
  const std::string angle = text::from_double(std::round(degrees * 100) / 100) + " degrees";
  const Slice &first = made.slices.front(), &last = made.slices.back();
  if (degrees > kMostTiltDegrees && params.tilt == StackPolicy::refuse)
    throw InputError("the stack leans by " + angle + " (gantry tilt) from '" + first.name + "' to '" + last.name +
                     "'; import.series.tilt: resample puts it onto an upright grid");
  require_line(made.slices, normal);
  if (degrees <= kMostTiltDegrees) return;
  straighten(made, normal);
  notes.push_back("the stack leaned by " + angle +
                  " (gantry tilt): resampled linearly within its slices onto an upright grid (import.series.tilt)");
}

void require_size(const Grid& grid) {
  if (grid.size[0] * grid.size[1] > kMostVoxels / grid.size[2])
    throw InputError("the series has more voxels than the limit of 2^30");
  if (!(grid.spacing[2] >= 1e-3 && grid.spacing[2] <= 1e2))
    throw InputError("the slices are " + mm(grid.spacing[2]) + " apart (or thick); 0.001 to 100 mm are possible");
}

Grid grid_of(const Slice& lowest, const Vector& normal, std::size_t planes, double spacing) {
  Grid grid;
  grid.size = {lowest.columns, lowest.rows, static_cast<std::int64_t>(planes)};
  grid.spacing = {lowest.spacing[0], lowest.spacing[1], spacing};
  grid.origin = lowest.position;
  set_directions(grid, lowest.row, lowest.column, normal);
  return grid;
}

}  // namespace

Stack stack(std::vector<Slice> slices, const SeriesParams& params, std::vector<std::string>& notes) {
  for (const Slice& slice : slices) require_sane(slice);
  for (const Slice& slice : slices) require_alike(slices.front(), slice);
  const Vector normal = normal_of(slices.front().row, slices.front().column);
  std::stable_sort(slices.begin(), slices.end(),
                   [&](const Slice& a, const Slice& b) { return dot(a.position, normal) < dot(b.position, normal); });
  choose_slices(slices, params, notes);
  Stack made;
  made.slices = std::move(slices);
  double spacing = made.slices.front().thickness;
  if (made.slices.size() == 1)
    made.planes = {Plane{}};
  else
    spacing = place_planes(made.slices, made.planes, normal, params, notes);
  made.grid = grid_of(made.slices.front(), normal, made.planes.size(), spacing);
  if (made.slices.size() > 1) handle_tilt(made, normal, params, notes);
  require_size(made.grid);
  return made;
}

}  // namespace radfuse::dicom
