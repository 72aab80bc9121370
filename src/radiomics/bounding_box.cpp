// SPDX-License-Identifier: Apache-2.0
// For each candidate direction: the hull's outline seen along it, and the rectangle of least area around the outline,
// which has a side along one of the outline's (Freeman and Shapira 1975; rotating calipers, Toussaint 1983).
#include "bounding_box.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <numeric>
#include <vector>

#include "radfuse/base/stop.hpp"

namespace radfuse::radiomics {
namespace {

using Point = std::array<double, 3>;
using Flat = std::array<double, 2>;

/// Directions times faces that the pairs of edges may cost: a few milliseconds.
constexpr std::size_t kMostPairWork = 400000;
/// Pairs of edges times corners that a search by angles may cost.
constexpr std::size_t kMostFamilyWork = 4000;
/// Volumes this near to each other are equal but for rounding; of such boxes the one with the least area is taken.
constexpr double kRounding = 1e-10;

double dot(const Point& a, const Point& b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
Point cross(const Point& a, const Point& b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}
Point unit(const Point& a) {
  const double length = std::sqrt(dot(a, a));
  return {a[0] / length, a[1] / length, a[2] / length};
}
/// Some unit vector perpendicular to a.
Point across(const Point& a) {
  std::size_t least = 0;
  for (std::size_t k = 1; k < 3; ++k)
    if (std::abs(a[k]) < std::abs(a[least])) least = k;
  Point u{};
  u[least] = 1;
  return unit(cross(a, u));
}
HalfPoint difference(const HalfPoint& a, const HalfPoint& b) {
  return {a[0] - b[0], a[1] - b[1], a[2] - b[2]};
}
HalfPoint cross(const HalfPoint& a, const HalfPoint& b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}
/// Without common factors.
HalfPoint reduced(HalfPoint p) {
  const std::int64_t divisor = std::gcd(std::gcd(p[0], p[1]), p[2]);
  if (divisor > 1)
    for (auto& v : p) v /= divisor;
  return p;
}
/// Of a direction and its opposite always the same.
HalfPoint without_sign(const HalfPoint& p) {
  return std::max(p, HalfPoint{-p[0], -p[1], -p[2]});
}
void keep_different(std::vector<HalfPoint>& directions) {
  std::sort(directions.begin(), directions.end());
  directions.erase(std::unique(directions.begin(), directions.end()), directions.end());
}

struct Candidate {
  Point direction;
  double height = 0, least_volume = 0;  ///< height times the outline's area: no box along it is smaller
};
struct OrientedBox {
  double volume = std::numeric_limits<double>::infinity(), area = 0;
  std::array<Point, 3> axis{};
  std::array<double, 3> side{};
};

class Search {
 public:
  Search(const Hull& hull, const std::array<double, 3>& spacing) : hull_(hull), spacing_(spacing) {
    for (const HalfPoint& p : hull.points) points_.push_back(in_mm(difference(p, hull.points[0])));
    join_faces();
  }

  OrientedBox run() {
    std::vector<HalfPoint> directions{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    for (const HalfPoint& n : normals_) directions.push_back(without_sign(n));
    keep_different(directions);
    add_pairs(directions);
    std::vector<Candidate> candidates;
    for (const HalfPoint& d : directions) candidates.push_back(candidate(unit(turned_normal(d))));
    std::stable_sort(candidates.begin(), candidates.end(),
                     [](const Candidate& a, const Candidate& b) { return a.least_volume < b.least_volume; });
    std::size_t done = 0;
    for (const Candidate& c : candidates) {
      if ((done++ & 255U) == 0) throw_if_stopped();
      if (c.least_volume > best_.volume * (1 + kRounding)) break;
      take(box_along(c));
    }
    for (bool smaller = true; smaller;) {
      smaller = false;
      const auto axes = best_.axis;
      for (const Point& axis : axes) smaller = take(box_along(candidate(axis))) || smaller;
    }
    turn_with_edges();
    return best_;
  }

 private:
  struct Edge {
    std::uint32_t a, b, left, right;  ///< two corners, and the planes of the faces beside it
  };

  /// A normal on the lattice (in half voxels), in mm.
  Point turned_normal(const HalfPoint& n) const {
    Point p{};
    for (std::size_t a = 0; a < 3; ++a) p[a] = static_cast<double>(n[a]) / spacing_[a];
    return p;
  }

  Point in_mm(const HalfPoint& p) const {
    Point mm{};
    for (std::size_t a = 0; a < 3; ++a) mm[a] = 0.5 * spacing_[a] * static_cast<double>(p[a]);
    return mm;
  }

  /// Triangles of one plane are one face; edges inside a face do not count.
  void join_faces() {
    std::vector<HalfPoint> normal_of;
    for (const auto& f : hull_.faces) {
      const HalfPoint& a = hull_.points[f[0]];
      normal_of.push_back(reduced(cross(difference(hull_.points[f[1]], a), difference(hull_.points[f[2]], a))));
    }
    normals_ = normal_of;
    keep_different(normals_);
    struct Half {
      std::uint32_t low, high, plane;
      auto operator<=>(const Half&) const = default;
    };
    std::vector<Half> halves;
    area_.assign(normals_.size(), {0, 0, 0});
    for (std::size_t i = 0; i < hull_.faces.size(); ++i) {
      const auto plane = static_cast<std::uint32_t>(std::lower_bound(normals_.begin(), normals_.end(), normal_of[i]) -
                                                    normals_.begin());
      const auto& f = hull_.faces[i];
      Point u{}, v{};
      for (std::size_t a = 0; a < 3; ++a) {
        u[a] = points_[f[1]][a] - points_[f[0]][a];
        v[a] = points_[f[2]][a] - points_[f[0]][a];
      }
      const Point n = cross(u, v);
      for (std::size_t a = 0; a < 3; ++a) area_[plane][a] += n[a] / 2;
      for (std::size_t k = 0; k < 3; ++k) {
        const auto from = static_cast<std::uint32_t>(f[k]), to = static_cast<std::uint32_t>(f[(k + 1) % 3]);
        halves.push_back({std::min(from, to), std::max(from, to), plane});
      }
    }
    std::sort(halves.begin(), halves.end());
    for (std::size_t i = 0; i + 1 < halves.size(); i += 2)
      if (halves[i].plane != halves[i + 1].plane)
        edges_.push_back({halves[i].low, halves[i].high, halves[i].plane, halves[i + 1].plane});
  }

  /// Directions across two edges, unless there are too many.
  void add_pairs(std::vector<HalfPoint>& directions) const {
    const auto along = edge_directions();
    if (along.size() * along.size() / 2 * normals_.size() > kMostPairWork) return;
    for (std::size_t i = 0; i < along.size(); ++i)
      for (std::size_t j = 0; j < i; ++j) directions.push_back(without_sign(reduced(cross(along[i], along[j]))));
    keep_different(directions);
  }

  std::vector<HalfPoint> edge_directions() const {
    std::vector<HalfPoint> along;
    for (const Edge& e : edges_)
      along.push_back(without_sign(reduced(difference(hull_.points[e.a], hull_.points[e.b]))));
    keep_different(along);
    return along;
  }

  OrientedBox box_of(const std::array<Point, 3>& axis) const {
    OrientedBox box;
    box.axis = axis;
    for (std::size_t a = 0; a < 3; ++a) {
      double low = std::numeric_limits<double>::infinity(), high = -low;
      for (const Point& p : points_) {
        low = std::min(low, dot(axis[a], p));
        high = std::max(high, dot(axis[a], p));
      }
      box.side[a] = high - low;
    }
    const auto [x, y, z] = box.side;
    box.volume = x * y * z;
    box.area = 2 * (x * y + x * z + y * z);
    return box;
  }

  /// Of the box of least volume two neighbouring sides hold an edge of the hull each (O'Rourke 1985). The boxes whose
  /// sides lie along two given edges turn with one angle; the least of each such family is searched by steps of 3
  /// degrees and golden sections, for hulls as small as those of a few voxels.
  void turn_with_edges() {
    const auto along = edge_directions();
    if (along.size() * along.size() * points_.size() > kMostFamilyWork) return;
    constexpr int kSteps = 60;
    constexpr double kStep = std::numbers::pi / kSteps, kGolden = 0.61803398874989485;
    for (const HalfPoint& first : along)
      for (const HalfPoint& second : along) {
        const Point e = unit(in_mm(first)), f = unit(in_mm(second));
        const Point u = across(e), v = cross(e, u);
        const auto at = [&](double angle) {
          Point n{};
          for (std::size_t a = 0; a < 3; ++a) n[a] = std::cos(angle) * u[a] + std::sin(angle) * v[a];
          const Point m = cross(n, f);
          if (!(dot(m, m) > 1e-12)) return OrientedBox{};
          return box_of({n, unit(m), cross(n, unit(m))});
        };
        int best = 0;
        double least = std::numeric_limits<double>::infinity();
        for (int i = 0; i < kSteps; ++i)
          if (const double volume = at(i * kStep).volume; volume < least) {
            least = volume;
            best = i;
          }
        double low = (best - 1) * kStep, high = (best + 1) * kStep;
        for (int i = 0; i < 60; ++i) {
          const double a = high - kGolden * (high - low), b = low + kGolden * (high - low);
          (at(a).volume <= at(b).volume ? high : low) = at(a).volume <= at(b).volume ? b : a;
        }
        take(at((low + high) / 2));
      }
  }

  Candidate candidate(const Point& direction) const {
    Candidate c{direction};
    double low = std::numeric_limits<double>::infinity(), high = -low, area = 0;
    for (const Point& p : points_) {
      const double h = dot(direction, p);
      low = std::min(low, h);
      high = std::max(high, h);
    }
    for (const Point& a : area_) area += std::max(0.0, dot(direction, a));
    c.height = high - low;
    c.least_volume = c.height * area;
    return c;
  }

  /// Corners between a face that looks along the direction and one that does not.
  std::vector<Flat> outline(const Point& direction, const Point& u, const Point& v) {
    facing_.resize(area_.size());
    for (std::size_t i = 0; i < area_.size(); ++i) facing_[i] = dot(direction, area_[i]) > 0;
    on_outline_.assign(points_.size(), 0);
    for (const Edge& e : edges_)
      if (facing_[e.left] != facing_[e.right]) on_outline_[e.a] = on_outline_[e.b] = 1;
    std::vector<Flat> flat;
    for (std::size_t i = 0; i < points_.size(); ++i)
      if (on_outline_[i] != 0) flat.push_back({dot(u, points_[i]), dot(v, points_[i])});
    return hull_of(std::move(flat));
  }

  /// Counter-clockwise (Andrew's monotone chain); rounding may leave points that lie on an edge.
  static std::vector<Flat> hull_of(std::vector<Flat> points) {
    std::sort(points.begin(), points.end());
    std::vector<Flat> hull;
    const auto chain = [&hull](auto at, auto end) {
      const std::size_t base = hull.size();
      for (; at != end; ++at) {
        while (hull.size() >= base + 2) {
          const Flat &a = hull[hull.size() - 2], &b = hull.back();
          if ((b[0] - a[0]) * ((*at)[1] - a[1]) - (b[1] - a[1]) * ((*at)[0] - a[0]) > 0) break;
          hull.pop_back();
        }
        hull.push_back(*at);
      }
      hull.pop_back();
    };
    chain(points.begin(), points.end());
    chain(points.rbegin(), points.rend());
    return hull;
  }

  OrientedBox box_along(const Candidate& c) {
    const Point u = across(c.direction), v = cross(c.direction, u);
    const std::vector<Flat> at = outline(c.direction, u, v);
    const std::size_t n = at.size();
    OrientedBox best;
    // Furthest corners to the right, ahead and to the left of each side, which only move forward from side to side.
    std::size_t right = 1, ahead = 1, left = 1;
    for (std::size_t i = 0; i < n; ++i) {
      const Flat &a = at[i], &b = at[(i + 1) % n];
      const double length = std::hypot(b[0] - a[0], b[1] - a[1]);
      if (!(length > 0)) continue;
      const Flat along{(b[0] - a[0]) / length, (b[1] - a[1]) / length};
      const auto x = [&](std::size_t k) { return at[k % n][0] * along[0] + at[k % n][1] * along[1]; };
      const auto y = [&](std::size_t k) { return at[k % n][1] * along[0] - at[k % n][0] * along[1]; };
      right = std::max(right, i + 1);
      while (right < i + n && x(right + 1) >= x(right)) ++right;
      ahead = std::max(ahead, right);
      while (ahead < i + n && y(ahead + 1) >= y(ahead)) ++ahead;
      left = std::max(left, ahead);
      while (left < i + n && x(left + 1) <= x(left)) ++left;
      const double width = x(right) - x(left), depth = y(ahead) - y(i);
      OrientedBox box{width * depth * c.height, 2 * (width * depth + (width + depth) * c.height), {}, {}};
      if (!better(box, best)) continue;
      for (std::size_t k = 0; k < 3; ++k) {
        box.axis[0][k] = along[0] * u[k] + along[1] * v[k];
        box.axis[1][k] = along[0] * v[k] - along[1] * u[k];
      }
      box.axis[2] = c.direction;
      box.side = {width, depth, c.height};
      best = box;
    }
    return best;
  }

  static bool better(const OrientedBox& a, const OrientedBox& b) {
    if (a.volume < b.volume * (1 - kRounding)) return true;
    return a.volume <= b.volume * (1 + kRounding) && a.area < b.area * (1 - kRounding);
  }
  bool take(const OrientedBox& box) {
    if (!better(box, best_)) return false;
    best_ = box;
    return true;
  }

  const Hull& hull_;
  const std::array<double, 3>& spacing_;
  std::vector<Point> points_;
  std::vector<HalfPoint> normals_;  ///< of the faces, outward, on the lattice
  std::vector<Point> area_;         ///< of the faces, along their normals, mm^2
  std::vector<Edge> edges_;
  std::vector<std::uint8_t> facing_, on_outline_;
  OrientedBox best_;
};

}  // namespace

std::array<double, 3> oriented_box(const Hull& hull, const std::array<double, 3>& spacing) {
  if (hull.faces.empty()) return {0, 0, 0};
  std::array<double, 3> side = Search(hull, spacing).run().side;
  std::sort(side.begin(), side.end(), std::greater<>());
  return side;
}

}  // namespace radfuse::radiomics
