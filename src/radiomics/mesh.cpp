// SPDX-License-Identifier: Apache-2.0
// The table of marching cubes is derived, not typed: the outline on each face of the cube follows from its four
// corners, outlines join to loops around the inside corners, loops are cut into triangles.
#include "mesh.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include "hull.hpp"
#include "runs.hpp"

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

struct Facet {
  Triangle triangle;
  double share = 1;  ///< with which the triangle counts
};

/// Of all cuts the one that splits the cube most evenly (least volume between the surface and the cube's centre, then
/// least area), which gives the IBSI's consensus volume and area. Where several are equally good each counts for its
/// share: they change places when the cube turns, and differ in area when voxels are not cubes.
std::vector<Facet> cut(const std::vector<Point>& loop) {
  constexpr double kSame = 1e-9;
  const Point centre{0.5, 0.5, 0.5};
  std::pair<double, double> least{std::numeric_limits<double>::infinity(), 0};
  std::vector<std::vector<Triangle>> chosen;
  for (auto& triangles : cuts_of(loop, 0, loop.size() - 1)) {
    double volume = 0, area = 0;
    for (const Triangle& t : triangles) {
      volume += dot(t[0] - centre, normal_of(t)) / 6;
      area += area_of(t);
    }
    volume = std::abs(volume);
    const bool same_volume = std::abs(volume - least.first) < kSame;
    const bool better = same_volume ? area < least.second - kSame : volume < least.first;
    if (!better && !(same_volume && area < least.second + kSame)) continue;
    if (better) {
      least = {volume, area};
      chosen.clear();
    }
    chosen.push_back(std::move(triangles));
  }
  std::vector<Facet> facets;
  for (const auto& triangles : chosen)
    for (const Triangle& t : triangles) facets.push_back({t, 1 / static_cast<double>(chosen.size())});
  return facets;
}

const std::array<std::vector<Facet>, 256>& table() {
  static const auto all = [] {
    std::array<std::vector<Facet>, 256> t;
    for (int inside = 1; inside < 255; ++inside)
      for (const auto& loop : loops_of(inside))
        for (const Facet& facet : cut(loop)) t[static_cast<std::size_t>(inside)].push_back(facet);
    return t;
  }();
  return all;
}

/// How many cubes of each kind there are, and the sums of their positions.
struct Kinds {
  std::array<std::int64_t, 256> count{};
  std::array<std::array<std::int64_t, 3>, 256> position{};
};

constexpr std::size_t kWord = 8;
std::uint64_t word_at(const std::uint8_t* from) {
  std::uint64_t w = 0;
  std::memcpy(&w, from, kWord);
  return w;
}

/// The cubes between four rows: `cubes` holds them from x = -1 on. Eight at a time: inside is 1, so that shifted bytes
/// stay within their bounds.
void cubes_between(const std::array<const std::uint8_t*, 4>& rows, std::size_t nx, std::vector<std::uint8_t>& columns,
                   std::vector<std::uint8_t>& cubes) {
  const auto [a, b, c, d] = rows;
  std::uint8_t* column = columns.data() + 1;
  std::size_t x = 0;
  for (; x + kWord <= nx; x += kWord) {
    const std::uint64_t w = word_at(a + x) | word_at(b + x) << 2 | word_at(c + x) << 4 | word_at(d + x) << 6;
    std::memcpy(column + x, &w, kWord);
  }
  for (; x < nx; ++x) column[x] = static_cast<std::uint8_t>(a[x] | b[x] << 2 | c[x] << 4 | d[x] << 6);
  for (std::size_t i = 0; i < cubes.size(); i += kWord) {
    const std::uint64_t w = word_at(columns.data() + i) | word_at(column + i) << 1;
    std::memcpy(cubes.data() + i, &w, kWord);
  }
}

Kinds kinds_of(const Mask& mask) {
  const auto [nx, ny, nz] = mask.grid.size;
  const auto n = static_cast<std::size_t>(nx);
  Kinds kinds;
  // One empty column before the first voxel, and empty ones after the last.
  const std::size_t size = (n + 1 + kWord - 1) / kWord * kWord;
  std::vector<std::uint8_t> nothing(n, 0), columns(size + kWord, 0), cubes(size, 0);
  const auto row = [&](std::int64_t y, std::int64_t z) -> const std::uint8_t* {
    return y < 0 || z < 0 || y >= ny || z >= nz ? nothing.data() : mask.values.data() + mask.grid.index(0, y, z);
  };
  for (std::int64_t z = -1; z < nz; ++z)
    for (std::int64_t y = -1; y < ny; ++y) {
      cubes_between({row(y, z), row(y + 1, z), row(y, z + 1), row(y + 1, z + 1)}, n, columns, cubes);
      for (std::size_t start = 0; start <= n; start += kWord) {
        const std::uint64_t word = word_at(cubes.data() + start);
        if (word == 0 || word == ~std::uint64_t{0}) continue;  // outside and inside there is no surface
        for (std::size_t i = start; i < start + kWord; ++i) {
          ++kinds.count[cubes[i]];
          kinds.position[cubes[i]][0] += static_cast<std::int64_t>(i) - 1;
          kinds.position[cubes[i]][1] += y;
          kinds.position[cubes[i]][2] += z;
        }
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
    for (auto [t, share] : table()[kind]) {
      for (Point& p : t)
        for (std::size_t a = 0; a < 3; ++a) p[a] *= spacing[a];
      // The signed tetrahedron to the origin, of the triangle moved to each of the n cubes.
      size.area_mm2 += share * n * area_of(t);
      size.volume_mm3 += share * (n * dot(t[0], normal_of(t)) + dot(sum, normal_of(t))) / 6;
    }
  }
  return size;
}

std::vector<HalfPoint> outer_vertices(const Mask& mask) {
  // Around each voxel there are six points, half a voxel away: mesh vertices, or inside the hull. Their hull is that of
  // the outermost voxels' points, and a voxel can only be outermost when it is a corner of its plane's hull.
  const auto [nx, ny, nz] = mask.grid.size;
  std::vector<HalfPoint> vertices;
  for (std::int64_t z = 0; z < nz; ++z) {
    std::vector<std::array<std::int64_t, 2>> ends;
    for (std::int64_t y = 0; y < ny; ++y) {
      std::int64_t low = -1, high = -1;
      for_runs(mask.values.data() + mask.grid.index(0, y, z), nx, [&](std::int64_t first, std::int64_t end) {
        if (low < 0) low = first;
        high = end - 1;
      });
      if (low < 0) continue;
      ends.push_back({y, low});
      if (high > low) ends.push_back({y, high});
    }
    for (const auto& [y, x] : convex_hull_2d(std::move(ends)))
      for (std::size_t axis = 0; axis < 3; ++axis)
        for (const std::int64_t half : {-1, 1}) {
          HalfPoint p{2 * x, 2 * y, 2 * z};
          p[axis] += half;
          vertices.push_back(p);
        }
  }
  return vertices;
}

}  // namespace radfuse::radiomics
