// SPDX-License-Identifier: Apache-2.0
// Morphology of a single image. The IBSI defines none; these are the ten measures of PyRadiomics' shape2D, from an
// outline by marching squares at level 0.5.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "family.hpp"
#include "hull.hpp"
#include "shape.hpp"

namespace radfuse::radiomics {
namespace {

constexpr FeatureDef kFeatures[] = {
    {"mesh_surface", "", "", "area inside the outline, mm^2"},
    {"pixel_surface", "", "", "number of pixels times the area of one, mm^2"},
    {"perimeter", "", "", "length of the outline, holes included, mm"},
    {"perimeter_surface_ratio", "", "", "perimeter divided by area, 1/mm"},
    {"sphericity", "", "", "perimeter of a circle of equal area relative to this one: 1 for a circle"},
    {"spherical_disproportion", "", "", "the inverse of sphericity"},
    {"maximum_diameter", "", "", "largest distance between two points of the outline, mm"},
    {"major_axis_length", "", "", "longer axis of the ellipse with the same spread, mm"},
    {"minor_axis_length", "", "", "its shorter axis, mm"},
    {"elongation", "", "", "shorter axis relative to the longer: low when drawn out"},
};

struct Outline {
  double area = 0, length = 0;
};

/// Marching squares: for each square of four pixel centres the outline cuts off the inside (or outside) corners half
/// way along its sides; two inside corners that lie diagonally are joined.
Outline outline_of(const Mask& mask) {
  const auto in = [&mask](std::int64_t x, std::int64_t y) {
    return mask.grid.contains(x, y, 0) && mask.at(x, y, 0) != 0;
  };
  const double sx = mask.grid.spacing[0], sy = mask.grid.spacing[1], diagonal = std::hypot(sx, sy) / 2;
  Outline outline;
  for (std::int64_t y = -1; y < mask.grid.size[1]; ++y)
    for (std::int64_t x = -1; x < mask.grid.size[0]; ++x) {
      const bool a = in(x, y), b = in(x + 1, y), c = in(x, y + 1), d = in(x + 1, y + 1);
      switch (int{a} + int{b} + int{c} + int{d}) {
        case 1:
          outline.area += 0.125 * sx * sy;
          outline.length += diagonal;
          break;
        case 2:
          outline.area += (a == d ? 0.75 : 0.5) * sx * sy;
          outline.length += a == d ? 2 * diagonal : a == b ? sx : sy;
          break;
        case 3:
          outline.area += 0.875 * sx * sy;
          outline.length += diagonal;
          break;
        case 4:
          outline.area += sx * sy;
          break;
        default:
          break;
      }
    }
  return outline;
}

double outline_diameter(const Mask& mask) {
  std::vector<std::array<std::int64_t, 2>> points;
  for (const HalfPoint& p : outer_vertices(mask))
    if (p[2] == 0) points.push_back({p[0], p[1]});
  std::vector<HalfPoint> corners;
  for (const auto& p : convex_hull_2d(std::move(points))) corners.push_back({p[0], p[1], 0});
  return diameter(corners, mask.grid.spacing);
}

}  // namespace

constinit const FamilyDef kMorphology2d{
    "morphology_2d",
    "",
    FeatureGroup::morphology,
    false,
    true,
    false,
    "size and shape in a single image; not of the IBSI: the measures of PyRadiomics' shape2D",
    kFeatures};

void morphology_2d(const Context& context, std::span<Cells> cells) {
  const Mask& mask = context.prepared.morphological;
  const Outline outline = outline_of(mask);
  const auto variance = principal_variances(mask, Divisor::n);
  const double circle = 2 * std::sqrt(std::numbers::pi * outline.area);
  cells[0].set("mesh_surface", outline.area);
  cells[0].set("pixel_surface", static_cast<double>(mask.count()) * mask.grid.spacing[0] * mask.grid.spacing[1]);
  cells[0].set("perimeter", outline.length);
  cells[0].set("perimeter_surface_ratio", outline.length / outline.area);
  cells[0].set("sphericity", circle / outline.length);
  cells[0].set("spherical_disproportion", outline.length / circle);
  cells[0].set("maximum_diameter", outline_diameter(mask));
  cells[0].set("major_axis_length", 4 * std::sqrt(variance[0]));
  cells[0].set("minor_axis_length", 4 * std::sqrt(variance[1]));
  cells[0].set("elongation", std::sqrt(variance[1] / variance[0]), "roi_one_voxel");
}

}  // namespace radfuse::radiomics
