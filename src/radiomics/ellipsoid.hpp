// SPDX-License-Identifier: Apache-2.0
// The smallest ellipsoid around points, and the area of an ellipsoid.
#pragma once

#include <array>
#include <vector>

#include "mesh.hpp"

namespace radfuse::radiomics {

/// Semi-axes in mm, longest first, of the ellipsoid of least volume that holds all points (lattice points times
/// spacing / 2). It holds them all to rounding, and its volume is at most 1e-11 of itself above the least. All are 0
/// when the points lie in one plane.
std::array<double, 3> enclosing_ellipsoid(const std::vector<HalfPoint>& points, const std::array<double, 3>& spacing);

/// Area of an ellipsoid with semi-axes a >= b >= c > 0 by the IBSI's series of Legendre polynomials (20 terms), from
/// which its reference values come: with 1 - b^2/a^2 and 1 - c^2/a^2 in the place of 1 - c^2/a^2 and 1 - c^2/b^2, which
/// the exact area takes; it is exact for spheres, and 8 % too large for an ellipsoid of 1 x 1 x 0.8.
double ellipsoid_area(const std::array<double, 3>& semi_axes);
double ellipsoid_volume(const std::array<double, 3>& semi_axes);

}  // namespace radfuse::radiomics
