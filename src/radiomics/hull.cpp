// SPDX-License-Identifier: Apache-2.0
// Quickhull on lattice points: each face keeps the points outside it; the furthest is joined to the horizon it sees.
#include "hull.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "radfuse/base/stop.hpp"

namespace radfuse::radiomics {
namespace {

HalfPoint operator-(const HalfPoint& a, const HalfPoint& b) {
  return {a[0] - b[0], a[1] - b[1], a[2] - b[2]};
}
HalfPoint cross(const HalfPoint& a, const HalfPoint& b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}
std::int64_t dot(const HalfPoint& a, const HalfPoint& b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

struct Face {
  std::array<std::size_t, 3> corner{};
  std::array<std::size_t, 3> neighbour{};  ///< across the edge from corner k to corner k+1
  HalfPoint normal{};
  std::int64_t level = 0;
  std::vector<std::size_t> outside;
  bool alive = true;
};

class Builder {
 public:
  explicit Builder(const std::vector<HalfPoint>& points) : points_(points), face_from_(points.size()) {}

  bool run() {
    faces_.reserve(8 * points_.size());  // most are covered again
    if (!start()) return false;
    for (std::size_t f = 0; f < faces_.size(); ++f) {
      if ((f & 1023U) == 0) throw_if_stopped();
      if (faces_[f].alive && !faces_[f].outside.empty()) grow(f);
    }
    return true;
  }
  Hull take() const {
    Hull hull;
    std::vector<std::size_t> index(points_.size(), points_.size());
    for (const Face& face : faces_) {
      if (!face.alive) continue;
      std::array<std::size_t, 3> renamed{};
      for (std::size_t k = 0; k < 3; ++k) {
        std::size_t& at = index[face.corner[k]];
        if (at == points_.size()) {
          at = hull.points.size();
          hull.points.push_back(points_[face.corner[k]]);
        }
        renamed[k] = at;
      }
      hull.faces.push_back(renamed);
    }
    return hull;
  }

 private:
  std::int64_t height(const Face& face, std::size_t p) const { return dot(face.normal, points_[p]) - face.level; }

  std::size_t add_face(std::size_t a, std::size_t b, std::size_t c) {
    Face face;
    face.corner = {a, b, c};
    face.normal = cross(points_[b] - points_[a], points_[c] - points_[a]);
    face.level = dot(face.normal, points_[a]);
    faces_.push_back(std::move(face));
    return faces_.size() - 1;
  }

  /// A first tetrahedron; false when all points lie in one plane.
  bool start() {
    const std::size_t n = points_.size();
    if (n < 4) return false;
    // As large as can be had in passing: points inside it are done with at once.
    const auto furthest = [&](auto measure) {
      std::size_t best = 0;
      for (std::size_t i = 1; i < n; ++i)
        if (measure(points_[i]) > measure(points_[best])) best = i;
      return best;
    };
    const auto size = [](const HalfPoint& p) { return std::abs(p[0]) + std::abs(p[1]) + std::abs(p[2]); };
    const std::size_t a = furthest([](const HalfPoint& p) { return -p[0]; });
    std::size_t b = furthest([&](const HalfPoint& p) { return size(p - points_[a]); });
    const HalfPoint ab = points_[b] - points_[a];
    std::size_t c = furthest([&](const HalfPoint& p) { return size(cross(ab, p - points_[a])); });
    const HalfPoint normal = cross(ab, points_[c] - points_[a]);
    const std::size_t d = furthest([&](const HalfPoint& p) { return std::abs(dot(normal, p - points_[a])); });
    if (dot(normal, points_[d] - points_[a]) == 0) return false;
    if (dot(normal, points_[d] - points_[a]) > 0) std::swap(b, c);
    // Seen from outside, corners run counter-clockwise: d lies below the face a, b, c.
    add_face(a, b, c);
    add_face(a, d, b);
    add_face(b, d, c);
    add_face(c, d, a);
    faces_[0].neighbour = {1, 2, 3};
    faces_[1].neighbour = {3, 2, 0};
    faces_[2].neighbour = {1, 3, 0};
    faces_[3].neighbour = {2, 1, 0};
    std::vector<std::size_t> all(n);
    for (std::size_t i = 0; i < n; ++i) all[i] = i;
    distribute(all, 0);
    return true;
  }

  /// Gives each point to the first face from `first` on that it lies outside of; the others are inside the hull.
  void distribute(const std::vector<std::size_t>& open, std::size_t first) {
    for (const std::size_t p : open)
      for (std::size_t f = first; f < faces_.size(); ++f)
        if (height(faces_[f], p) > 0) {
          faces_[f].outside.push_back(p);
          break;
        }
  }

  void grow(std::size_t seed) {
    std::size_t apex = faces_[seed].outside.front();
    for (const std::size_t p : faces_[seed].outside)
      if (height(faces_[seed], p) > height(faces_[seed], apex)) apex = p;
    // Faces that the apex sees go; the edges between seen and unseen are the horizon.
    std::vector<std::size_t> seen{seed}, open;
    faces_[seed].alive = false;
    struct Edge {
      std::size_t from, to, beyond;
    };
    std::vector<Edge> horizon;
    for (std::size_t k = 0; k < seen.size(); ++k) {
      const std::size_t f = seen[k];
      open.insert(open.end(), faces_[f].outside.begin(), faces_[f].outside.end());
      faces_[f].outside = {};
      for (std::size_t e = 0; e < 3; ++e) {
        const std::size_t g = faces_[f].neighbour[e];
        if (!faces_[g].alive) continue;
        if (height(faces_[g], apex) > 0) {
          faces_[g].alive = false;
          seen.push_back(g);
        } else {
          horizon.push_back({faces_[f].corner[e], faces_[f].corner[(e + 1) % 3], g});
        }
      }
    }
    const std::size_t first = faces_.size();
    for (const Edge& edge : horizon) face_from_[edge.from] = add_face(edge.from, edge.to, apex);
    for (std::size_t k = 0; k < horizon.size(); ++k) {
      const Edge& edge = horizon[k];
      Face& face = faces_[first + k];
      const std::size_t after = face_from_[edge.to];
      face.neighbour[0] = edge.beyond;
      face.neighbour[1] = after;
      faces_[after].neighbour[2] = first + k;
      Face& beyond = faces_[edge.beyond];
      for (std::size_t e = 0; e < 3; ++e)
        if (beyond.corner[e] == edge.to && beyond.corner[(e + 1) % 3] == edge.from) beyond.neighbour[e] = first + k;
    }
    distribute(open, first);
  }

  const std::vector<HalfPoint>& points_;
  std::vector<Face> faces_;
  std::vector<std::size_t> face_from_;  ///< of a corner on the horizon: the face that begins there
};

/// Only the corners of each plane's own hull can be corners of the whole.
std::vector<HalfPoint> thinned(const std::vector<HalfPoint>& points) {
  // Sorted as one number each, by plane first.
  constexpr int kBits = 21;
  constexpr std::int64_t kMiddle = std::int64_t{1} << (kBits - 1), kMask = (std::int64_t{1} << kBits) - 1;
  std::vector<std::int64_t> keys;
  for (const HalfPoint& p : points)
    keys.push_back((p[2] + kMiddle) << (2 * kBits) | (p[0] + kMiddle) << kBits | (p[1] + kMiddle));
  std::sort(keys.begin(), keys.end());
  std::vector<HalfPoint> kept;
  for (std::size_t i = 0; i < keys.size();) {
    const std::int64_t z = keys[i] >> (2 * kBits);
    std::vector<std::array<std::int64_t, 2>> plane;
    for (; i < keys.size() && keys[i] >> (2 * kBits) == z; ++i)
      plane.push_back({(keys[i] >> kBits & kMask) - kMiddle, (keys[i] & kMask) - kMiddle});
    for (const auto& p : convex_hull_2d(std::move(plane))) kept.push_back({p[0], p[1], z - kMiddle});
  }
  return kept;
}

}  // namespace

std::vector<std::array<std::int64_t, 2>> convex_hull_2d(std::vector<std::array<std::int64_t, 2>> points) {
  if (!std::is_sorted(points.begin(), points.end())) std::sort(points.begin(), points.end());
  points.erase(std::unique(points.begin(), points.end()), points.end());
  if (points.size() < 3) return points;
  std::vector<std::array<std::int64_t, 2>> hull;
  const auto chain = [&hull](auto begin, auto end) {
    const std::size_t base = hull.size();
    for (auto at = begin; at != end; ++at) {
      while (hull.size() >= base + 2) {
        const auto &a = hull[hull.size() - 2], &b = hull.back();
        if ((b[0] - a[0]) * ((*at)[1] - a[1]) - (b[1] - a[1]) * ((*at)[0] - a[0]) > 0) break;
        hull.pop_back();
      }
      hull.push_back(*at);
    }
    hull.pop_back();  // the last point begins the next chain
  };
  chain(points.begin(), points.end());
  chain(points.rbegin(), points.rend());
  return hull;
}

Hull convex_hull(std::vector<HalfPoint> points) {
  points = thinned(points);
  Builder builder(points);
  if (builder.run()) return builder.take();
  return {std::move(points), {}};
}

MeshSize hull_size(const Hull& hull, const std::array<double, 3>& spacing) {
  MeshSize size;
  const auto in_mm = [&](std::size_t p, std::size_t a) {
    return 0.5 * static_cast<double>(hull.points[p][a] - hull.points[0][a]) * spacing[a];
  };
  for (const auto& face : hull.faces) {
    std::array<double, 3> u{}, v{}, n{};
    for (std::size_t a = 0; a < 3; ++a) {
      u[a] = in_mm(face[1], a) - in_mm(face[0], a);
      v[a] = in_mm(face[2], a) - in_mm(face[0], a);
    }
    n = {u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]};
    size.area_mm2 += std::sqrt(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]) / 2;
    size.volume_mm3 += (n[0] * in_mm(face[0], 0) + n[1] * in_mm(face[0], 1) + n[2] * in_mm(face[0], 2)) / 6;
  }
  return size;
}

double diameter(const std::vector<HalfPoint>& corners, const std::array<double, 3>& spacing) {
  std::array<std::vector<double>, 3> mm;
  for (std::size_t a = 0; a < 3; ++a)
    for (const HalfPoint& p : corners) mm[a].push_back(0.5 * static_cast<double>(p[a]) * spacing[a]);
  constexpr std::size_t kLanes = 4;  // maxima of their own, so that several pairs are measured at once
  double largest[kLanes] = {};
  const auto measure = [&](std::size_t i, std::size_t j, double& most) {
    const double x = mm[0][i] - mm[0][j], y = mm[1][i] - mm[1][j], z = mm[2][i] - mm[2][j];
    const double squared = x * x + y * y + z * z;
    most = squared > most ? squared : most;
  };
  for (std::size_t i = 0; i < corners.size(); ++i) {
    std::size_t j = 0;
    for (; j + kLanes <= i; j += kLanes)
      for (std::size_t l = 0; l < kLanes; ++l) measure(i, j + l, largest[l]);
    for (; j < i; ++j) measure(i, j, largest[0]);
  }
  return std::sqrt(std::max({largest[0], largest[1], largest[2], largest[3]}));
}

}  // namespace radfuse::radiomics
