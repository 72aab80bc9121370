// SPDX-License-Identifier: Apache-2.0
// Vectors in the patient, and lengths for people.
#pragma once

#include <array>
#include <cmath>
#include <string>

#include "radfuse/base/text.hpp"
#include "radfuse/volume/volume.hpp"

namespace radfuse::dicom {

using Vector = std::array<double, 3>;

inline double dot(const Vector& a, const Vector& b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
inline Vector cross(const Vector& a, const Vector& b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}
inline Vector minus(const Vector& a, const Vector& b) {
  return {a[0] - b[0], a[1] - b[1], a[2] - b[2]};
}
inline Vector plus(const Vector& a, const Vector& b, double times) {
  return {a[0] + b[0] * times, a[1] + b[1] * times, a[2] + b[2] * times};
}
inline double length(const Vector& v) {
  return std::sqrt(dot(v, v));
}
/// Row x column, of length 1.
inline Vector normal_of(const Vector& row, const Vector& column) {
  const Vector n = cross(row, column);
  const double size = length(n);
  return {n[0] / size, n[1] / size, n[2] / size};
}

/// The three directions as the columns of a grid's matrix.
inline void set_directions(Grid& grid, const Vector& row, const Vector& column, const Vector& normal) {
  for (std::size_t i = 0; i < 3; ++i) {
    grid.direction[3 * i] = row[i];
    grid.direction[3 * i + 1] = column[i];
    grid.direction[3 * i + 2] = normal[i];
  }
}

/// Four digits.
inline std::string mm(double value) {
  return text::from_double(std::round(value * 1e4) / 1e4) + " mm";
}

}  // namespace radfuse::dicom
