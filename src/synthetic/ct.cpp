// SPDX-License-Identifier: Apache-2.0
// Contrast-enhanced CT in Hounsfield units: parenchyma with vessels, fat and a rib beside it, a hypodense lesion whose
// rim enhances more or less; reconstruction blur and correlated noise.
#include <cmath>

#include "scene.hpp"

namespace radfuse::synthetic {
namespace {

// A vessel: a slightly bent tube.
struct Vessel {
  Vec3 start, along, bend;
  double radius;
  double distance(const Vec3& p) const {
    double t = 0;
    for (std::size_t a = 0; a < 3; ++a) t += (p[a] - start[a]) * along[a];
    double sum = 0;
    for (std::size_t a = 0; a < 3; ++a) {
      const double d = p[a] - start[a] - t * along[a] - bend[a] * std::sin(0.09 * t);
      sum += d * d;
    }
    return std::sqrt(sum) - radius;
  }
};

Vessel draw_vessel(const Grid& grid, Rng& rng) {
  Vessel v{};
  double length = 0;
  for (std::size_t a = 0; a < 3; ++a) {
    v.start[a] = rng.uniform() * static_cast<double>(grid.size[a]) * grid.spacing[a];
    v.along[a] = rng.normal();
    v.bend[a] = 2.5 * rng.normal();
    length += v.along[a] * v.along[a];
  }
  for (double& a : v.along) a /= std::sqrt(length);
  v.radius = rng.uniform(0.9, 2.0);
  return v;
}

// A rib that crosses the chest wall at a slant: an ellipse in every slice that wanders from slice to slice.
struct Rib {
  double across, slant;
  explicit Rib(Rng& rng) : across(rng.uniform(-14.0, 14.0)), slant(rng.uniform(0.3, 0.9)) {}
  /// mm outside the bone, roughly; `q` from the middle of the image.
  double distance(const Vec3& q) const {
    const double along_wall = (q[0] - q[1]) / std::sqrt(2.0) - across - slant * q[2];
    const double into_wall = -(q[0] + q[1]) / std::sqrt(2.0) - 35.5;
    return 3.2 * (std::hypot(along_wall / 6.5, into_wall / 3.2) - 1.0);
  }
};

// Tissue beyond the organ: fat, then a rib, in one corner of the image. `out` is mm outside the organ's surface.
double outside_hu(double out, double rib, double fat_field) {
  double hu = -95.0 + 14.0 * fat_field;
  hu += (45.0 - hu) * ramp(out, 5.0, 6.2);                    // chest wall
  const double bone = 230.0 + 420.0 * ramp(rib, -1.9, -1.1);  // marrow within cortex
  hu += (bone - hu) * (1.0 - ramp(rib, -0.4, 0.4));
  return hu;
}

std::vector<double> tissue(const Scene& scene, Rng& rng) {
  const Grid& grid = scene.grid;
  const auto mottle = random_field(rng, grid, {4.0, 4.0, 4.0}), fat = random_field(rng, grid, {2.5, 2.5, 4.0});
  const double parenchyma = 108.0 + 6.0 * rng.normal(), lesion = 62.0 + 6.0 * rng.normal();
  const double blood = parenchyma + 45.0;
  std::vector<Vessel> vessels;
  for (int i = 0; i < 7; ++i) vessels.push_back(draw_vessel(grid, rng));
  const Waves surface(rng, 2.0, 6.0, false);
  const double amplitude = texture_amplitude(14.0, scene.truth), rim = 4.0 + 22.0 * scene.truth.rim;
  const Vec3 half = {0.5 * static_cast<double>(grid.size[0]) * grid.spacing[0],
                     0.5 * static_cast<double>(grid.size[1]) * grid.spacing[1],
                     0.5 * static_cast<double>(grid.size[2]) * grid.spacing[2]};
  const Rib rib_bone(rng);
  const double fat_mm = 25.0 + 1.5 * rng.normal();
  std::vector<double> hu(grid.count());
  for (std::size_t i = 0; i < hu.size(); ++i) {
    const Vec3 p = point_mm(grid, i);
    const Vec3 q = {p[0] - half[0], p[1] - half[1], p[2] - half[2]};
    const double r = std::sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2]) + 1e-9;
    // The organ's surface is a wavy plane that cuts off the upper left corner.
    const double out = -(q[0] + q[1]) / std::sqrt(2.0) - fat_mm + 1.2 * surface({q[0] / r, q[1] / r, q[2] / r});
    const double rib = rib_bone.distance(q);
    double value = parenchyma + 4.0 * mottle[i];
    for (const Vessel& v : vessels)
      value += (blood - value) * (1.0 - ramp(v.distance(p), -0.5, 0.5)) * ramp(scene.depth[i], 2.0, 4.0);
    value += rim * scene.rim[i];
    value += (lesion + amplitude * scene.texture[i] - value) * (1.0 - ramp(scene.depth[i], -0.6, 0.4));
    value += (outside_hu(out, rib, fat[i]) - value) * ramp(out, -0.4, 0.4);
    hu[i] = value;
  }
  return hu;
}

}  // namespace

Volume render_ct(const Scene& scene, Rng& rng) {
  const Grid& grid = scene.grid;
  auto hu = tissue(scene, rng);
  const double blur = 0.55 * scene.scanner.blur;
  // A thick slice averages over its thickness: sigma of a box is width / sqrt(12).
  smooth(hu, grid, {blur / grid.spacing[0], blur / grid.spacing[1], 0.29}, Border::nearest, false);
  std::vector<double> noise(grid.count());
  for (double& value : noise) value = rng.normal();
  const double grain = 0.75 * scene.scanner.blur;
  smooth(noise, grid, {grain / grid.spacing[0], grain / grid.spacing[1], 0.0}, Border::wrap, true);
  for (std::size_t i = 0; i < hu.size(); ++i)
    hu[i] = hu[i] * scene.scanner.gain + scene.scanner.offset + 9.0 * scene.scanner.noise * noise[i];
  return quantised(grid, hu, -1024, 3071);
}

}  // namespace radfuse::synthetic
