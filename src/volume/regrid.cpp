// SPDX-License-Identifier: Apache-2.0
// The nearest voxel of another grid.
#include "radfuse/volume/regrid.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "radfuse/base/error.hpp"
#include "radfuse/base/stop.hpp"
#include "radfuse/volume/roi.hpp"

namespace radfuse {
namespace {

/// Positions are snapped to this part of a voxel before they are rounded, so that faces do not depend on the last bits.
constexpr double kSnap = 0x1p20;

/// The voxels of `to` that can lie in `box` of `from`; nothing when there are none.
std::optional<Box> reach(const Grid& from, const Box& box, const Grid& to) {
  const PatientToIndex to_index(to);
  std::array<double, 3> least, most;
  for (int corner = 0; corner < 8; ++corner) {
    std::array<double, 3> at;
    for (std::size_t a = 0; a < 3; ++a)
      at[a] = (corner >> a & 1) != 0 ? static_cast<double>(box.high[a]) + 0.5 : static_cast<double>(box.low[a]) - 0.5;
    const auto p = to_index(from.point(at[0], at[1], at[2]));
    for (std::size_t a = 0; a < 3; ++a) {
      least[a] = corner == 0 ? p[a] : std::min(least[a], p[a]);
      most[a] = corner == 0 ? p[a] : std::max(most[a], p[a]);
    }
  }
  Box out;
  for (std::size_t a = 0; a < 3; ++a) {
    const double end = static_cast<double>(to.size[a] - 1);
    if (!(least[a] <= end + 1 && most[a] >= -1)) return std::nullopt;
    out.low[a] = static_cast<std::int64_t>(std::floor(std::clamp(least[a] - 1, 0.0, end)));
    out.high[a] = static_cast<std::int64_t>(std::ceil(std::clamp(most[a] + 1, 0.0, end)));
  }
  return out;
}

}  // namespace

PatientToIndex::PatientToIndex(const Grid& grid) : origin_(grid.origin) {
  std::array<double, 9> m;
  for (std::size_t row = 0; row < 3; ++row)
    for (std::size_t axis = 0; axis < 3; ++axis) {
      if (!(grid.spacing[axis] > 0)) throw InputError("a grid with a spacing that is not positive");
      m[row * 3 + axis] = grid.direction[row * 3 + axis];
    }
  const auto minor = [&m](std::size_t a, std::size_t b, std::size_t c, std::size_t d) {
    return m[a] * m[d] - m[b] * m[c];
  };
  const double det = m[0] * minor(4, 5, 7, 8) - m[1] * minor(3, 5, 6, 8) + m[2] * minor(3, 4, 6, 7);
  if (!(std::abs(det) > 1e-6))
    throw InputError("the axes of a grid lie in one plane; its direction matrix is not valid");
  matrix_ = {minor(4, 5, 7, 8), minor(2, 1, 8, 7), minor(1, 2, 4, 5), minor(5, 3, 8, 6), minor(0, 2, 6, 8),
             minor(2, 0, 5, 3), minor(3, 4, 6, 7), minor(1, 0, 7, 6), minor(0, 1, 3, 4)};
  for (std::size_t axis = 0; axis < 3; ++axis)
    for (std::size_t k = 0; k < 3; ++k) matrix_[axis * 3 + k] /= det * grid.spacing[axis];
}

std::array<double, 3> PatientToIndex::operator()(const std::array<double, 3>& mm) const {
  std::array<double, 3> index{0, 0, 0};
  for (std::size_t axis = 0; axis < 3; ++axis)
    for (std::size_t k = 0; k < 3; ++k) index[axis] += matrix_[axis * 3 + k] * (mm[k] - origin_[k]);
  return index;
}

Mask regrid_nearest(const Mask& mask, const Grid& to) {
  Mask out(to);
  if (mask.count() == 0 || to.count() == 0) return out;
  const auto box = reach(mask.grid, bounding_box(mask), to);
  if (!box) return out;
  const PatientToIndex to_index(mask.grid);
  const auto start = to_index(to.point(0, 0, 0));
  std::array<std::array<double, 3>, 3> step;  // [axis of `to`][axis of the mask]
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const auto one = to_index(to.point(axis == 0, axis == 1, axis == 2));
    for (std::size_t a = 0; a < 3; ++a) step[axis][a] = one[a] - start[a];
  }
  for (std::int64_t z = box->low[2]; z <= box->high[2]; ++z) {
    throw_if_stopped();
    for (std::int64_t y = box->low[1]; y <= box->high[1]; ++y)
      for (std::int64_t x = box->low[0]; x <= box->high[0]; ++x) {
        std::array<std::int64_t, 3> at;
        for (std::size_t a = 0; a < 3; ++a) {
          const double p = start[a] + step[0][a] * static_cast<double>(x) + step[1][a] * static_cast<double>(y) +
                           step[2][a] * static_cast<double>(z);
          at[a] = static_cast<std::int64_t>(std::floor(std::nearbyint(p * kSnap) / kSnap + 0.5));
        }
        if (mask.grid.contains(at[0], at[1], at[2])) out.at(x, y, z) = mask.at(at[0], at[1], at[2]) != 0;
      }
  }
  return out;
}

}  // namespace radfuse
