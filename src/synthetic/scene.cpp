// SPDX-License-Identifier: Apache-2.0
// Lesions, their texture and rim, readers' outlines, and the scanners of the three centres.
#include "scene.hpp"

#include <algorithm>
#include <cmath>

namespace radfuse::synthetic {
namespace {

// Centre C3 (external) is the least like the others: noisier, coarser, another gain.
constexpr Centre kUltrasound[3] = {{{128, 128, 1}, {0.25, 0.25, 1.0}, 1.0, 1.00, 0.0, 1.00},
                                   {{144, 144, 1}, {0.22, 0.22, 1.0}, 1.3, 1.08, 3.0, 0.90},
                                   {{112, 112, 1}, {0.29, 0.29, 1.0}, 1.6, 0.92, -3.0, 1.15}};
constexpr Centre kRadiograph[3] = {{{160, 160, 1}, {0.20, 0.20, 1.0}, 1.0, 1.00, 0.0, 1.00},
                                   {{176, 176, 1}, {0.18, 0.18, 1.0}, 1.3, 1.12, 1500.0, 0.90},
                                   {{144, 144, 1}, {0.22, 0.22, 1.0}, 1.6, 0.90, -1500.0, 1.20}};
constexpr Centre kCt[3] = {{{60, 60, 26}, {1.00, 1.00, 2.50}, 1.0, 1.00, 0.0, 1.00},
                           {{64, 64, 32}, {0.94, 0.94, 2.00}, 1.3, 1.03, 5.0, 0.85},
                           {{52, 52, 22}, {1.15, 1.15, 3.00}, 1.6, 0.96, -6.0, 1.20}};
constexpr Centre kMri[3] = {{{60, 60, 26}, {1.00, 1.00, 2.50}, 1.0, 1.00, 0.0, 1.00},
                            {{64, 64, 32}, {0.94, 0.94, 2.00}, 1.3, 1.30, 0.0, 0.85},
                            {{52, 52, 22}, {1.15, 1.15, 3.00}, 1.6, 0.80, 0.0, 1.20}};
// PET of a small field, finely reconstructed; the scanners differ by resolution, noise and calibration.
constexpr Centre kPet[3] = {{{46, 46, 28}, {1.50, 1.50, 2.50}, 1.0, 1.00, 0.0, 1.00},
                            {{50, 50, 30}, {1.40, 1.40, 2.25}, 1.3, 1.04, 0.0, 0.90},
                            {{42, 42, 26}, {1.65, 1.65, 2.75}, 1.6, 0.95, 0.0, 1.15}};

// How far readers stray from the true contour, mm: the reader's own bias, the shift of a day, the hand's waviness. The
// second reader includes a little of the rim.
struct Hand {
  double bias, shift, ripple;
};
constexpr Hand kHands2d[2] = {{0.00, 0.12, 0.20}, {0.12, 0.18, 0.28}};
constexpr Hand kHands3d[2] = {{0.00, 0.20, 0.40}, {0.20, 0.30, 0.50}};

double dot(const Vec3& a, const Vec3& b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

Vec3 draw_long_axis(Rng& rng, bool plane) {
  // Mostly across the image, as lesions lie along tissue planes.
  Vec3 axis = {1.0, 0.5 * rng.normal(), plane ? 0.0 : 0.3 * rng.normal()};
  const double length = std::sqrt(dot(axis, axis));
  for (double& a : axis) a /= length;
  return axis;
}

}  // namespace

std::span<const Centre, 3> centres(Kind kind) {
  switch (kind) {
    case Kind::us2d:
      return kUltrasound;
    case Kind::xray2d:
      return kRadiograph;
    case Kind::ct3d:
      return kCt;
    case Kind::mri3d:
      return kMri;
    case Kind::pet3d:
      return kPet;
  }
  throw Error(ExitCode::bug, "no such kind of cohort");
}

Lesion::Lesion(Rng& rng, const Vec3& centre_mm, double radius_mm, double irregularity, bool plane)
    : centre_(centre_mm),
      radius_(radius_mm),
      irregularity_(irregularity),
      elongation_(rng.uniform(0.02, 0.12)),
      long_axis_(draw_long_axis(rng, plane)),
      bumps_(rng, 4.0, 9.0, plane) {}

Vec3 Lesion::direction(const Vec3& point) const {
  Vec3 unit = {point[0] - centre_[0], point[1] - centre_[1], point[2] - centre_[2]};
  const double length = std::sqrt(dot(unit, unit));
  if (length < 1e-9) return {1, 0, 0};
  for (double& u : unit) u /= length;
  return unit;
}

double Lesion::depth(const Vec3& point) const {
  constexpr double kLargest = 1.6, kNear = 7.0;  // beyond the largest contour by this many mm its waves do not matter
  const Vec3 from = {point[0] - centre_[0], point[1] - centre_[1], point[2] - centre_[2]};
  const double length = std::sqrt(dot(from, from));
  if (length > kLargest * radius_ + kNear) return length - radius_;
  const Vec3 unit = direction(point);
  const double along = dot(unit, long_axis_);
  const double relative = 1.0 + elongation_ * (2.0 * along * along - 1.0) + irregularity_ * bumps_(unit);
  return length - radius_ * std::clamp(relative, 0.45, kLargest);
}

Vec3 point_mm(const Grid& grid, std::size_t voxel) {
  const auto nx = static_cast<std::size_t>(grid.size[0]), ny = static_cast<std::size_t>(grid.size[1]);
  return {static_cast<double>(voxel % nx) * grid.spacing[0], static_cast<double>((voxel / nx) % ny) * grid.spacing[1],
          static_cast<double>(voxel / (nx * ny)) * grid.spacing[2]};
}

double texture_amplitude(double base, const Truth& truth) {
  return base * std::exp(0.45 * truth.texture);
}

namespace {

Lesion draw_lesion(Kind kind, const Grid& grid, const Truth& truth, Rng& rng) {
  const bool plane = is_plane(kind);
  const double jitter = plane ? 1.2 : 2.0;
  Vec3 centre{};
  for (std::size_t a = 0; a < 3; ++a) {
    const double middle = 0.5 * static_cast<double>(grid.size[a] - 1) * grid.spacing[a];
    centre[a] = plane && a == 2 ? 0.0 : middle + rng.uniform(-jitter, jitter);
  }
  const double radius = plane ? rng.uniform(5.5, 7.5) : rng.uniform(9.0, 12.0);
  return Lesion(rng, centre, radius, 0.065 * std::exp(0.55 * truth.shape), plane);
}

// The field made exactly mean 0 and variance 1 over the lesion, so that small lesions tell as much as large ones.
std::vector<double> lesion_texture(const Grid& grid, const std::vector<double>& depth, const Truth& truth, bool plane,
                                   Rng& rng) {
  const double length = (plane ? 0.8 : 2.4) * std::exp(0.20 * truth.texture);
  auto field = random_field(rng, grid, {length, length, plane ? 0.0 : length});
  double n = 0, sum = 0, squares = 0;
  for (std::size_t i = 0; i < field.size(); ++i) {
    if (depth[i] >= 0) continue;
    n += 1;
    sum += field[i];
    squares += field[i] * field[i];
  }
  const double mean = sum / n, sd = std::sqrt(std::max(squares / n - mean * mean, 1e-12));
  for (double& value : field) value = (value - mean) / sd;
  return field;
}

}  // namespace

Scene make_scene(Kind kind, const PlannedCase& planned, Rng& rng) {
  const Centre& scanner = centres(kind)[planned.centre];
  Grid grid;
  grid.size = scanner.size;
  grid.spacing = scanner.spacing;
  if (!is_plane(kind))  // the volume's middle is the patient's origin
    for (std::size_t a = 0; a < 3; ++a) grid.origin[a] = -0.5 * static_cast<double>(grid.size[a] - 1) * grid.spacing[a];
  Scene scene{grid, scanner, planned.truth, draw_lesion(kind, grid, planned.truth, rng), {}, {}, {}};
  for (std::size_t i = 0; i < grid.count(); ++i) scene.depth.push_back(scene.lesion.depth(point_mm(grid, i)));
  scene.texture = lesion_texture(grid, scene.depth, planned.truth, is_plane(kind), rng);
  for (const double d : scene.depth) scene.rim.push_back(ramp(d, 0.0, 0.5) * (1.0 - ramp(d, 2.4, 3.4)));
  return scene;
}

Volume quantised(const Grid& grid, const std::vector<double>& values, double low, double high) {
  Volume out(grid);
  for (std::size_t i = 0; i < values.size(); ++i)
    out.values[i] = static_cast<float>(std::clamp(std::round(values[i]), low, high));
  return out;
}

Mask truth_mask(const Scene& scene) {
  Mask mask(scene.grid);
  for (std::size_t i = 0; i < mask.values.size(); ++i) mask.values[i] = scene.depth[i] < 0 ? 1 : 0;
  return mask;
}

Mask reader_mask(Kind kind, const Scene& scene, std::size_t reader, Rng& rng) {
  const Hand& hand = is_plane(kind) ? kHands2d[reader] : kHands3d[reader];
  const double shift = hand.bias + hand.shift * rng.normal();
  const Waves ripple(rng, 2.0, 7.0, is_plane(kind));
  constexpr double kFarMm = 6.0;  // no reader strays that far: saves most of the work
  Mask mask(scene.grid);
  for (std::size_t i = 0; i < mask.values.size(); ++i) {
    double depth = scene.depth[i];
    if (std::abs(depth) < kFarMm)
      depth -= shift + hand.ripple * ripple(scene.lesion.direction(point_mm(scene.grid, i)));
    mask.values[i] = depth < 0 ? 1 : 0;
  }
  return mask;
}

}  // namespace radfuse::synthetic
