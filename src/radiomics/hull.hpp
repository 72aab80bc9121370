// SPDX-License-Identifier: Apache-2.0
// Convex hulls of points on a lattice, by exact integer arithmetic: no tolerance, no degenerate case.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "mesh.hpp"

namespace radfuse::radiomics {

struct Hull {
  std::vector<HalfPoint> points;                  ///< corners of the hull (coplanar ones may be among them)
  std::vector<std::array<std::size_t, 3>> faces;  ///< triangles by index; empty when all points lie in a plane
};
/// Quickhull (Barber, Dobkin and Huhdanpaa 1996). Coordinates below 2^17.
Hull convex_hull(std::vector<HalfPoint> points);

/// Corners of the hull of points in a plane, counter-clockwise, none on an edge (Andrew's monotone chain). Of equal
/// points one is kept; all on a line: the two ends.
std::vector<std::array<std::int64_t, 2>> convex_hull_2d(std::vector<std::array<std::int64_t, 2>> points);

MeshSize hull_size(const Hull& hull, const std::array<double, 3>& spacing);
/// The largest distance in mm between two corners.
double diameter(const std::vector<HalfPoint>& corners, const std::array<double, 3>& spacing);

}  // namespace radfuse::radiomics
