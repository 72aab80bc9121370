// SPDX-License-Identifier: Apache-2.0
// The table of marching cubes is derived, not typed: the outline on each face of the cube follows from its four
// corners, outlines join to loops around the inside corners, loops are cut into triangles.
#include "mesh.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace radfuse::radiomics {
namespace {

using Point = std::array<double, 3>;
using Triangle = std::array<Point, 3>;

Point operator-(const Point& a, const Point& b) {
  return {a[0] - b[0], a[1] - b[1], a[2] - b[2]};
}
Point cross(const Point& a, const Point& b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}
double dot(const Point& a, const Point& b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
/// Twice the area, along the normal.
Point normal_of(const Triangle& t) {
  return cross(t[1] - t[0], t[2] - t[0]);
}
double area_of(const Triangle& t) {
  return std::sqrt(dot(normal_of(t), normal_of(t))) / 2;
}

/// Corner c lies at (c & 1, c >> 1 & 1, c >> 2 & 1). Faces run clockwise seen from outside the cube, so that the
/// triangles' normals point out of the region.
constexpr std::array<std::array<int, 4>, 6> kFaces{
    {{2, 6, 4, 0}, {5, 7, 3, 1}, {4, 5, 1, 0}, {3, 7, 6, 2}, {1, 3, 2, 0}, {6, 7, 5, 4}}};

/// An edge of the cube by its two corners, as a bit set of corners.
int edge_of(int a, int b) {
  return 1 << a | 1 << b;
}
Point middle_of(int edge) {
  Point p{0, 0, 0};
  for (int c = 0; c < 8; ++c)
    if ((edge >> c & 1) != 0)
      for (int a = 0; a < 3; ++a) p[static_cast<std::size_t>(a)] += 0.5 * (c >> a & 1);
  return p;
}

/// Loops of edges around the inside corners. On a face whose inside corners lie diagonally they are taken as joined,
/// as 26-connected voxels are.
std::vector<std::vector<Point>> loops_of(int inside) {
  std::array<int, 256> next{};
  for (const auto& face : kFaces) {
    const auto in = [&](std::size_t k) { return (inside >> face[k % 4] & 1) != 0; };
    const auto edge = [&](std::size_t k) { return edge_of(face[k % 4], face[(k + 1) % 4]); };
    for (std::size_t k = 0; k < 4; ++k) {
      if (!in(k) || in(k + 1)) continue;
      std::size_t entry = k + 1;  // the next edge that leads back inside
      while (in(entry) || !in(entry + 1)) ++entry;
      next[static_cast<std::size_t>(edge(k))] = edge(entry);
    }
  }
  std::vector<std::vector<Point>> loops;
  for (std::size_t start = 0; start < next.size(); ++start) {
    std::vector<Point> loop;
    for (std::size_t at = start; next[at] != 0;) {
      loop.push_back(middle_of(static_cast<int>(at)));
      at = static_cast<std::size_t>(std::exchange(next[at], 0));
    }
    if (!loop.empty()) loops.push_back(std::move(loop));
  }
  return loops;
}

/// All ways to cut the corners first..last of a loop into triangles.
std::vector<std::vector<Triangle>> cuts_of(const std::vector<Point>& loop, std::size_t first, std::size_t last) {
  if (last - first < 2) return {{}};
  std::vector<std::vector<Triangle>> all;
  for (std::size_t apex = first + 1; apex < last; ++apex)
    for (const auto& low : cuts_of(loop, first, apex))
      for (const auto& high : cuts_of(loop, apex, last)) {
        std::vector<Triangle> cut = low;
        cut.insert(cut.end(), high.begin(), high.end());
        cut.push_back({loop[first], loop[apex], loop[last]});
        all.push_back(std::move(cut));
      }
  return all;
}

/// Of all cuts the one that splits the cube most evenly (least volume between the surface and the cube's centre, then
/// least area): it turns with the cube, and gives the IBSI's consensus volume and area.
std::vector<Triangle> cut(const std::vector<Point>& loop) {
  const Point centre{0.5, 0.5, 0.5};
  std::optional<std::pair<double, double>> best;
  std::vector<Triangle> chosen;
  for (auto& triangles : cuts_of(loop, 0, loop.size() - 1)) {
    double volume = 0, area = 0;
    for (const Triangle& t : triangles) {
      volume += dot(t[0] - centre, normal_of(t)) / 6;
      area += area_of(t);
    }
    const std::pair<double, double> cost{std::abs(volume), area};
    const bool equal_volume = best && std::abs(cost.first - best->first) < 1e-9;
    if (best && (equal_volume ? cost.second > best->second - 1e-9 : cost.first > best->first)) continue;
    best = cost;
    chosen = std::move(triangles);
  }
  return chosen;
}

const std::array<std::vector<Triangle>, 256>& table() {
  static const auto all = [] {
    std::array<std::vector<Triangle>, 256> t;
    for (int inside = 1; inside < 255; ++inside)
      for (const auto& loop : loops_of(inside))
        for (const Triangle& triangle : cut(loop)) t[static_cast<std::size_t>(inside)].push_back(triangle);
    return t;
  }();
  return all;
}

/// How many cubes of each kind there are, and the sums of their positions.
struct Kinds {
  std::array<std::int64_t, 256> count{};
  std::array<std::array<std::int64_t, 3>, 256> position{};
};

Kinds kinds_of(const Mask& mask) {
  const auto [nx, ny, nz] = mask.grid.size;
  Kinds kinds;
  const std::vector<std::uint8_t> nothing(static_cast<std::size_t>(nx), 0);
  const auto row = [&](std::int64_t y, std::int64_t z) {
    return y < 0 || z < 0 || y >= ny || z >= nz ? nothing.data() : mask.values.data() + mask.grid.index(0, y, z);
  };
  for (std::int64_t z = -1; z < nz; ++z)
    for (std::int64_t y = -1; y < ny; ++y) {
      const std::uint8_t* rows[] = {row(y, z), row(y + 1, z), row(y, z + 1), row(y + 1, z + 1)};
      unsigned inside = 0;
      for (std::int64_t x = -1; x < nx; ++x) {
        inside = inside >> 1 & 0x55U;
        if (x + 1 < nx)
          for (unsigned k = 0; k < 4; ++k) inside |= (rows[k][x + 1] != 0 ? 2U : 0U) << (2 * k);
        if (inside == 0 || inside == 255) continue;
        ++kinds.count[inside];
        kinds.position[inside][0] += x;
        kinds.position[inside][1] += y;
        kinds.position[inside][2] += z;
      }
    }
  return kinds;
}

}  // namespace

MeshSize mesh_size(const Mask& mask) {
  const Kinds kinds = kinds_of(mask);
  const auto& spacing = mask.grid.spacing;
  MeshSize size;
  for (std::size_t kind = 1; kind < 255; ++kind) {
    if (kinds.count[kind] == 0) continue;
    const double n = static_cast<double>(kinds.count[kind]);
    Point sum{};
    for (std::size_t a = 0; a < 3; ++a) sum[a] = static_cast<double>(kinds.position[kind][a]) * spacing[a];
    for (Triangle t : table()[kind]) {
      for (Point& p : t)
        for (std::size_t a = 0; a < 3; ++a) p[a] *= spacing[a];
      // The signed tetrahedron to the origin, of the triangle moved to each of the n cubes.
      size.area_mm2 += n * area_of(t);
      size.volume_mm3 += (n * dot(t[0], normal_of(t)) + dot(sum, normal_of(t))) / 6;
    }
  }
  return size;
}

std::vector<HalfPoint> outer_vertices(const Mask& mask) {
  const auto& size = mask.grid.size;
  std::vector<HalfPoint> vertices;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const std::size_t b = axis == 0 ? 1 : 0, c = axis == 2 ? 1 : 2;
    std::array<std::int64_t, 3> at{};
    for (at[c] = 0; at[c] < size[c]; ++at[c])
      for (at[b] = 0; at[b] < size[b]; ++at[b]) {
        const auto in = [&](std::int64_t k) {
          at[axis] = k;
          return mask.at(at[0], at[1], at[2]) != 0;
        };
        std::int64_t low = 0, high = size[axis] - 1;
        while (low <= high && !in(low)) ++low;
        if (low > high) continue;
        while (!in(high)) --high;
        for (const std::int64_t end : {2 * low - 1, 2 * high + 1}) {
          HalfPoint p{2 * at[0], 2 * at[1], 2 * at[2]};
          p[axis] = end;
          vertices.push_back(p);
        }
      }
  }
  return vertices;
}

}  // namespace radfuse::radiomics
