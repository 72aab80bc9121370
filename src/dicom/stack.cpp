// SPDX-License-Identifier: Apache-2.0
// Order and geometry of a stack of slices (DICOM PS3.3, C.7.6.2: Image Plane Module).
#include "stack.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"

namespace radfuse::dicom {
namespace {

using Vector = std::array<double, 3>;
constexpr double kMostDirectionError = 1e-4;  // in a direction cosine; files carry six digits or more
constexpr std::int64_t kMostVoxels = std::int64_t{1} << 30;

double dot(const Vector& a, const Vector& b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
Vector cross(const Vector& a, const Vector& b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}
Vector minus(const Vector& a, const Vector& b) {
  return {a[0] - b[0], a[1] - b[1], a[2] - b[2]};
}
double length(const Vector& v) {
  return std::sqrt(dot(v, v));
}

/// Four digits, for people.
std::string mm(double value) {
  return text::from_double(std::round(value * 1e4) / 1e4) + " mm";
}

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
    if (std::abs(place) > 1e6)
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
    throw InputError("slices " + pair(first, other) + " differ in orientation (a localizer among them?)");
  for (std::size_t a = 0; a < 2; ++a)
    if (std::abs(first.spacing[a] - other.spacing[a]) > 1e-3 * first.spacing[a])
      throw InputError("slices " + pair(first, other) + " differ in pixel spacing: " + mm(first.spacing[a]) + " and " +
                       mm(other.spacing[a]));
  if (first.modality != other.modality) throw InputError("slices " + pair(first, other) + " differ in modality");
}

/// The gap that the most others agree with (within the tolerance); the smallest of equals.
double modal(const std::vector<double>& gaps) {
  std::vector<double> sorted = gaps;
  std::sort(sorted.begin(), sorted.end());
  double best = sorted.front();
  std::size_t most = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const auto low = std::lower_bound(sorted.begin(), sorted.end(), sorted[i] * (1 - kMostSpacingError));
    const auto high = std::upper_bound(sorted.begin(), sorted.end(), sorted[i] * (1 + kMostSpacingError));
    const auto agree = static_cast<std::size_t>(high - low);
    if (agree > most) {
      most = agree;
      best = sorted[i];
    }
  }
  return best;
}

std::vector<double> gaps_of(const std::vector<Slice>& slices, const Vector& normal) {
  std::vector<double> gaps;
  for (std::size_t i = 1; i < slices.size(); ++i) {
    gaps.push_back(dot(minus(slices[i].position, slices[i - 1].position), normal));
    if (gaps.back() < 1e-3)
      throw InputError(
          "slices " + pair(slices[i - 1], slices[i]) +
          " lie in the same place; keep one of them (two reconstructions, echoes or phases in one series?)");
  }
  return gaps;
}

void require_even(const std::vector<Slice>& slices, const std::vector<double>& gaps) {
  const double usual = modal(gaps);
  for (std::size_t i = 0; i < gaps.size(); ++i) {
    const double steps = gaps[i] / usual;
    if (std::abs(steps - 1) <= kMostSpacingError) continue;
    const double whole = std::round(steps);
    const std::string where = " between " + pair(slices[i], slices[i + 1]) + ": " + mm(gaps[i]) +
                              " where the slices are " + mm(usual) + " apart";
    if (whole >= 2 && std::abs(steps - whole) <= kMostSpacingError * whole)
      throw InputError(std::to_string(static_cast<long>(whole) - 1) + (whole > 2 ? " slices are" : " slice is") +
                       " missing" + where);
    throw InputError("uneven slice spacing" + where);
  }
}

/// The first and the last slice must lie above each other, and none beside the line between them.
void require_upright(const std::vector<Slice>& slices, const Vector& normal) {
  const Vector span = minus(slices.back().position, slices.front().position);
  const double along = dot(span, normal);
  const double beside = length(minus(span, {normal[0] * along, normal[1] * along, normal[2] * along}));
  const double degrees = std::atan2(beside, along) * 180 / std::numbers::pi;
  if (degrees > kMostTiltDegrees)
    throw InputError("the stack leans by " + text::from_double(std::round(degrees * 100) / 100) +
                     " degrees (gantry tilt) from '" + slices.front().name + "' to '" + slices.back().name +
                     "'; resample it onto an upright grid first");
  const double half_pixel = std::min(slices.front().spacing[0], slices.front().spacing[1]) / 2;
  for (const Slice& slice : slices) {
    const Vector from = minus(slice.position, slices.front().position);
    const double part = dot(from, normal) / along;
    const double off = length(minus(from, {span[0] * part, span[1] * part, span[2] * part}));
    if (off > half_pixel) throw InputError("slice '" + slice.name + "' lies " + mm(off) + " beside the others");
  }
}

}  // namespace

Grid stack(std::vector<Slice>& slices) {
  const Slice& first = slices.front();
  for (const Slice& slice : slices) require_sane(slice);
  for (const Slice& slice : slices) require_alike(first, slice);
  const Vector normal = cross(first.row, first.column);
  std::stable_sort(slices.begin(), slices.end(),
                   [&](const Slice& a, const Slice& b) { return dot(a.position, normal) < dot(b.position, normal); });
  Grid grid;
  const Slice& lowest = slices.front();
  grid.size = {lowest.columns, lowest.rows, static_cast<std::int64_t>(slices.size())};
  if (lowest.columns * lowest.rows > kMostVoxels / grid.size[2])
    throw InputError("the series has more voxels than the limit of 2^30");
  grid.spacing = {lowest.spacing[0], lowest.spacing[1], lowest.thickness};
  if (slices.size() > 1) {
    const std::vector<double> gaps = gaps_of(slices, normal);
    require_even(slices, gaps);
    require_upright(slices, normal);
    const double span = dot(minus(slices.back().position, lowest.position), normal);
    grid.spacing[2] = span / static_cast<double>(slices.size() - 1);
  }
  if (!(grid.spacing[2] >= 1e-3 && grid.spacing[2] <= 1e2))
    throw InputError("the slices are " + mm(grid.spacing[2]) + " apart (or thick); 0.001 to 100 mm are possible");
  grid.origin = lowest.position;
  for (std::size_t i = 0; i < 3; ++i) {
    grid.direction[3 * i] = lowest.row[i];
    grid.direction[3 * i + 1] = lowest.column[i];
    grid.direction[3 * i + 2] = normal[i] / length(normal);
  }
  return grid;
}

}  // namespace radfuse::dicom
