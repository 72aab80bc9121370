// SPDX-License-Identifier: Apache-2.0
// 200 random small regions, disconnected ones too, with voxels of 0.1 to 10 mm: morphology against the definitions,
// written down a second time as plainly as they can be, to 1e-9 of the value.
#include <gtest/gtest.h>

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include "autocorrelation.hpp"
#include "radfuse/base/rng.hpp"
#include "radfuse/radiomics/extract.hpp"

namespace radfuse {
namespace {

using Point = Eigen::Vector3d;
using Spot = std::array<int, 3>;  // twice a place in a cube

struct Sample {
  Volume image;
  Mask mask;
};
Sample sample(std::uint64_t index) {
  Rng rng(17, "morphology", index);
  Grid g;
  for (std::size_t a = 0; a < 3; ++a) {
    g.size[a] = 1 + static_cast<std::int64_t>(rng.below(9));
    g.spacing[a] = 0.1 * std::pow(100, rng.uniform());
  }
  if (index % 2 == 0) g.spacing[1] = g.spacing[2] = g.spacing[0];
  Sample s{Volume(g), Mask(g)};
  const double share = 0.05 + 0.95 * rng.uniform();
  for (auto& v : s.mask.values) v = rng.uniform() < share;
  s.mask.values[rng.below(s.mask.values.size())] = 1;
  for (float& v : s.image.values) v = static_cast<float>(20 + 100 * rng.uniform());
  return s;
}

bool inside(const Mask& m, std::int64_t x, std::int64_t y, std::int64_t z) {
  return m.grid.contains(x, y, z) && m.at(x, y, z) != 0;
}
Point in_mm(const Grid& g, double x, double y, double z) {
  return {x * g.spacing[0], y * g.spacing[1], z * g.spacing[2]};
}
std::vector<Point> centres(const Mask& m) {
  std::vector<Point> all;
  for (std::int64_t z = 0; z < m.grid.size[2]; ++z)
    for (std::int64_t y = 0; y < m.grid.size[1]; ++y)
      for (std::int64_t x = 0; x < m.grid.size[0]; ++x)
        if (inside(m, x, y, z))
          all.push_back(in_mm(m.grid, static_cast<double>(x), static_cast<double>(y), static_cast<double>(z)));
  return all;
}

Point half(const Spot& s) {
  return Point(s[0], s[1], s[2]) / 2;
}

/// The surface's outline on the six faces of a cube, a piece at a time, inside on the left of each piece.
std::map<Spot, Spot> pieces(const std::array<bool, 8>& in) {
  std::map<Spot, Spot> next;
  for (std::size_t a = 0; a < 3; ++a)
    for (int side = 0; side < 2; ++side) {
      const std::size_t b = (a + 1) % 3, c = (a + 2) % 3;
      std::array<Spot, 4> corner{};
      for (std::size_t k = 0; k < 4; ++k) {
        corner[k][a] = side;
        corner[k][b] = k == 1 || k == 2 ? 1 : 0;
        corner[k][c] = k >= 2 ? 1 : 0;
      }
      const auto is_in = [&](std::size_t k) {
        const Spot& s = corner[k % 4];
        return in[static_cast<std::size_t>(s[0] + 2 * s[1] + 4 * s[2])];
      };
      const auto middle = [&](std::size_t k) {
        Spot m{};
        for (std::size_t i = 0; i < 3; ++i) m[i] = corner[k % 4][i] + corner[(k + 1) % 4][i];
        return m;
      };
      Point out = Point::Zero();
      out[static_cast<Eigen::Index>(a)] = side == 0 ? -1 : 1;
      const auto join = [&](std::size_t k, std::size_t l) {
        const Spot p = middle(k), q = middle(l);
        const Spot& kept = corner[is_in(k) ? k % 4 : (k + 1) % 4];
        const Point to_inside = Point(kept[0], kept[1], kept[2]) - half(p);
        if (out.cross(half(q) - half(p)).dot(to_inside) > 0)
          next[p] = q;
        else
          next[q] = p;
      };
      std::vector<std::size_t> crossed;
      for (std::size_t k = 0; k < 4; ++k)
        if (is_in(k) != is_in(k + 1)) crossed.push_back(k);
      if (crossed.size() == 2) join(crossed[0], crossed[1]);
      if (crossed.size() == 4)  // diagonal inside corners are joined: each outside corner is cut off
        for (std::size_t k = 0; k < 4; ++k)
          if (!is_in(k)) join((k + 3) % 4, k);
    }
  return next;
}

using Triangles = std::vector<std::array<Point, 3>>;

void every_cut(const std::vector<Point>& loop, const Triangles& sofar, std::vector<std::vector<Point>> open,
               std::vector<Triangles>& all) {
  if (open.empty()) {
    all.push_back(sofar);
    return;
  }
  const std::vector<Point> polygon = open.back();
  open.pop_back();
  if (polygon.size() < 3) return every_cut(loop, sofar, open, all);
  for (std::size_t k = 2; k < polygon.size(); ++k) {  // the triangle on the polygon's first side
    Triangles more = sofar;
    more.push_back({polygon[0], polygon[1], polygon[k]});
    auto rest = open;
    rest.emplace_back(polygon.begin() + 1, polygon.begin() + static_cast<std::ptrdiff_t>(k) + 1);
    std::vector<Point> other(polygon.begin() + static_cast<std::ptrdiff_t>(k), polygon.end());
    other.push_back(polygon[0]);
    rest.push_back(other);
    every_cut(loop, more, rest, all);
  }
}

/// The cuts that divide the cube most evenly, of equals those of least area. Several may be left: in cubes of equal
/// sides they have the same area.
std::vector<Triangles> cuts(const std::vector<Point>& loop) {
  std::vector<Triangles> all, least;
  every_cut(loop, {}, {loop}, all);
  const Point centre(0.5, 0.5, 0.5);
  const auto cost = [&](const Triangles& t) {
    double volume = 0, area = 0;
    for (const auto& [p, q, r] : t) {
      volume += (p - centre).dot((q - centre).cross(r - centre)) / 6;
      area += (q - p).cross(r - p).norm() / 2;
    }
    return std::pair(std::round(std::abs(volume) * 1e9), std::round(area * 1e9));
  };
  auto best = cost(all.front());
  for (const auto& t : all) best = std::min(best, cost(t));
  for (const auto& t : all)
    if (cost(t) == best) least.push_back(t);
  return least;
}

/// For each loop of the surface in a cube, its cuts.
const std::vector<std::vector<Triangles>>& surfaces_of(const std::array<bool, 8>& in) {
  static std::map<std::array<bool, 8>, std::vector<std::vector<Triangles>>> known;
  const auto found = known.find(in);
  if (found != known.end()) return found->second;
  auto& all = known[in];
  auto next = pieces(in);
  while (!next.empty()) {
    std::vector<Point> loop;
    for (auto at = next.begin(); at != next.end();) {
      loop.push_back(half(at->first));
      const Spot to = at->second;
      next.erase(at);
      at = next.find(to);
    }
    all.push_back(cuts(loop));
  }
  return all;
}

struct Range {
  double least = 0, most = 0;
};
struct Surface {
  Range volume, area;
};
Surface surface(const Mask& m) {
  Surface sum;
  for (std::int64_t z = -1; z < m.grid.size[2]; ++z)
    for (std::int64_t y = -1; y < m.grid.size[1]; ++y)
      for (std::int64_t x = -1; x < m.grid.size[0]; ++x) {
        std::array<bool, 8> in{};
        for (int c = 0; c < 8; ++c)
          in[static_cast<std::size_t>(c)] = inside(m, x + (c & 1), y + (c >> 1 & 1), z + (c >> 2 & 1));
        for (const auto& ways : surfaces_of(in)) {
          Range volume{1e300, -1e300}, area = volume;
          for (const Triangles& triangles : ways) {
            double v = 0, a = 0;
            for (const auto& t : triangles) {
              std::array<Point, 3> p;
              for (std::size_t k = 0; k < 3; ++k)
                p[k] = in_mm(m.grid, t[k][0] + static_cast<double>(x), t[k][1] + static_cast<double>(y),
                             t[k][2] + static_cast<double>(z));
              v -= p[0].dot(p[1].cross(p[2])) / 6;
              a += (p[1] - p[0]).cross(p[2] - p[0]).norm() / 2;
            }
            volume = {std::min(volume.least, v), std::max(volume.most, v)};
            area = {std::min(area.least, a), std::max(area.most, a)};
          }
          sum.volume = {sum.volume.least + volume.least, sum.volume.most + volume.most};
          sum.area = {sum.area.least + area.least, sum.area.most + area.most};
        }
      }
  return sum;
}

double diameter(const Mask& m) {
  std::vector<Point> vertices;
  for (std::int64_t z = 0; z < m.grid.size[2]; ++z)
    for (std::int64_t y = 0; y < m.grid.size[1]; ++y)
      for (std::int64_t x = 0; x < m.grid.size[0]; ++x)
        for (int side = 0; side < 6; ++side) {
          const int d = side % 2 == 0 ? -1 : 1, dx = side < 2 ? d : 0, dy = side / 2 == 1 ? d : 0,
                    dz = side > 3 ? d : 0;
          if (inside(m, x, y, z) && !inside(m, x + dx, y + dy, z + dz))
            vertices.push_back(in_mm(m.grid, static_cast<double>(x) + 0.5 * dx, static_cast<double>(y) + 0.5 * dy,
                                     static_cast<double>(z) + 0.5 * dz));
        }
  double most = 0;
  for (const Point& p : vertices)
    for (const Point& q : vertices) most = std::max(most, (p - q).norm());
  return most;
}

std::vector<double> axes(const std::vector<Point>& points) {
  Point mean = Point::Zero();
  for (const Point& p : points) mean += p / static_cast<double>(points.size());
  Eigen::Matrix3d c = Eigen::Matrix3d::Zero();
  for (const Point& p : points)
    c += (p - mean) * (p - mean).transpose() / std::max(1.0, static_cast<double>(points.size()) - 1);
  const Point v = Eigen::SelfAdjointEigenSolver<Eigen::Matrix3d>(c).eigenvalues();
  std::vector<double> lengths;
  for (const Eigen::Index i : {2, 1, 0}) lengths.push_back(4 * std::sqrt(std::max(0.0, v[i])));
  return lengths;
}

struct Pairs {
  double moran, geary;
};
Pairs pairs(const Sample& s) {
  const auto at = centres(s.mask);
  std::vector<double> x;
  for (std::size_t i = 0; i < s.mask.values.size(); ++i)
    if (s.mask.values[i] != 0) x.push_back(static_cast<double>(s.image.values[i]));
  double mean = 0, squares = 0, weights = 0, products = 0, differences = 0;
  const double n = static_cast<double>(x.size());
  for (const double v : x) mean += v / n;
  for (const double v : x) squares += (v - mean) * (v - mean);
  for (std::size_t i = 0; i < x.size(); ++i)
    for (std::size_t j = 0; j < x.size(); ++j) {
      if (i == j) continue;
      const double w = 1 / (at[i] - at[j]).norm();
      weights += w;
      products += w * (x[i] - mean) * (x[j] - mean);
      differences += w * (x[i] - x[j]) * (x[i] - x[j]);
    }
  return {n / weights * products / squares, (n - 1) / (2 * weights) * differences / squares};
}

TEST(Morphology, FollowsTheDefinitions) {
  RadiomicsParams params;
  params.families = {FeatureGroup::morphology};
  params.discretise.reset();
  const auto names = radiomics::feature_names(params, false);
  for (std::uint64_t trial = 0; trial < 200; ++trial) {
    const Sample s = sample(trial);
    const auto values = radiomics::extract(s.image, s.mask, params, false).values;
    const auto value = [&](const std::string& name) {
      const auto at = std::find(names.begin(), names.end(), "original.morphology." + name);
      return values.at(static_cast<std::size_t>(at - names.begin()));
    };
    const auto expect = [&](const std::string& name, double expected, double absolute = 0) {
      EXPECT_NEAR(value(name), expected, 1e-9 * std::abs(expected) + absolute) << name << ", region " << trial;
    };
    const auto points = centres(s.mask);
    const Surface mesh = surface(s.mask);
    const double volume = value("volume"), area = value("surface_area");
    EXPECT_GE(volume, mesh.volume.least * (1 - 1e-9)) << trial;
    EXPECT_LE(volume, mesh.volume.most * (1 + 1e-9)) << trial;
    EXPECT_GE(area, mesh.area.least * (1 - 1e-9)) << trial;
    EXPECT_LE(area, mesh.area.most * (1 + 1e-9)) << trial;
    EXPECT_NEAR(mesh.volume.least, mesh.volume.most, 1e-9 * volume) << trial;
    if (trial % 2 == 0) {
      EXPECT_NEAR(mesh.area.least, mesh.area.most, 1e-9 * area) << trial;
    }
    const auto& d = s.mask.grid.spacing;
    expect("volume_voxel_counting", static_cast<double>(points.size()) * d[0] * d[1] * d[2]);
    expect("maximum_3d_diameter", diameter(s.mask));
    const auto length = axes(points);
    // The square root turns rounding of 1e-16 of the variance into 1e-8 of the length where the region is flat.
    expect("major_axis_length", length[0]);
    expect("minor_axis_length", length[1], length[1] < 1e-6 * length[0] ? 1e-6 * length[0] : 0);
    expect("least_axis_length", length[2], length[2] < 1e-6 * length[0] ? 1e-6 * length[0] : 0);
    Point middle = Point::Zero(), weighted = Point::Zero();
    double mass = 0;
    std::size_t next = 0;
    for (std::size_t i = 0; i < s.mask.values.size(); ++i) {
      if (s.mask.values[i] == 0) continue;
      const double v = static_cast<double>(s.image.values[i]);
      middle += points[next] / static_cast<double>(points.size());
      weighted += v * points[next++];
      mass += v;
    }
    const double reach = length[0] + d[0] + d[1] + d[2];
    expect("centre_of_mass_shift", (weighted / mass - middle).norm(), 1e-13 * reach);
    expect("integrated_intensity", mass / static_cast<double>(points.size()) * volume);
    if (points.size() < 2) continue;
    const Pairs all = pairs(s);
    expect("morans_i_index", all.moran, 1e-11);
    expect("gearys_c_measure", all.geary, 1e-11);
    const auto fourier = radiomics::autocorrelation_by_fourier(s.image, s.mask, std::size_t{1} << 28);
    EXPECT_NEAR(fourier.moran_i, all.moran, 1e-8 * std::abs(all.moran) + 1e-12) << trial;
    EXPECT_NEAR(fourier.geary_c, all.geary, 1e-8 * all.geary) << trial;
  }
}

}  // namespace
}  // namespace radfuse
