// SPDX-License-Identifier: Apache-2.0
// B-mode ultrasound: echo levels in decibels of skin, fat, gland and muscle, a hypoechoic lesion and its halo; speckle
// as the envelope of a complex Gaussian field seen through the point spread; logarithmic compression to 8 bits.
#include <cmath>

#include "scene.hpp"

namespace radfuse::synthetic {
namespace {

// Depths of the layers in mm, wavy from left to right.
struct Layers {
  Waves skin, fat, muscle;
  explicit Layers(Rng& rng) : skin(rng, 1.0, 4.0, true), fat(rng, 2.0, 7.0, true), muscle(rng, 1.0, 4.0, true) {}
};

// A direction that sweeps half a circle from left to right: makes a Waves a smooth line.
Vec3 sweep(double x_mm) {
  return {std::cos(0.1 * x_mm), std::sin(0.1 * x_mm), 0.0};
}

double background_db(const Layers& layers, const Vec3& p, double septa, double gland) {
  const Vec3 at = sweep(p[0]);
  const double skin = 1.4 + 0.15 * layers.skin(at), fat = 4.2 + 0.7 * layers.fat(at);
  const double muscle = 28.0 + 0.8 * layers.muscle(at);
  double level = 9.0;
  level += (-14.0 + 2.5 * septa - level) * ramp(p[1], skin, skin + 0.5);
  level += (2.2 * gland - level) * ramp(p[1], fat, fat + 0.9);
  level += 8.0 * std::exp(-0.5 * std::pow((p[1] - fat) / 0.35, 2));  // fascia
  level += (-6.0 + 4.0 * std::sin(7.0 * (p[1] - muscle)) - level) * ramp(p[1], muscle, muscle + 0.6);
  return level;
}

std::vector<double> echo_levels(const Scene& scene, Rng& rng) {
  const Grid& grid = scene.grid;
  const Layers layers(rng);
  const auto septa = random_field(rng, grid, {3.5, 0.5, 0.0}), gland = random_field(rng, grid, {3.0, 0.8, 0.0});
  const double lesion_db = -13.0 + 1.5 * rng.normal(), behind_db = 1.0 + 1.5 * rng.normal();
  const double attenuation = 0.25 + 0.08 * rng.normal();  // dB/mm left after depth compensation
  const double amplitude = texture_amplitude(3.5, scene.truth);
  const double rim_db = 1.0 + 4.5 * scene.truth.rim;
  std::vector<double> level(grid.count());
  for (std::size_t i = 0; i < level.size(); ++i) {
    const Vec3 p = point_mm(grid, i);
    double db = background_db(layers, p, septa[i], gland[i]);
    const double dx = std::abs(p[0] - scene.lesion.centre()[0]), dy = p[1] - scene.lesion.centre()[1];
    db += behind_db * (1.0 - ramp(dx, 0.5 * scene.lesion.radius(), scene.lesion.radius())) *
          ramp(dy, 0.0, scene.lesion.radius());
    db += rim_db * scene.rim[i];
    const double inside = 1.0 - ramp(scene.depth[i], -0.25, 0.15);
    db += (lesion_db + amplitude * scene.texture[i] - db) * inside;
    level[i] = db - attenuation * (p[1] - 16.0);
  }
  return level;
}

}  // namespace

Volume render_ultrasound(const Scene& scene, Rng& rng) {
  const Grid& grid = scene.grid;
  const auto level = echo_levels(scene, rng);
  std::vector<double> real(grid.count()), imaginary(grid.count());
  for (std::size_t i = 0; i < level.size(); ++i) {
    const double amplitude = std::pow(10.0, level[i] / 20.0) / std::sqrt(2.0);
    real[i] = amplitude * rng.normal();
    imaginary[i] = amplitude * rng.normal();
  }
  // Across the beam the point spread is about twice as wide as along it.
  const Vec3 spread = {0.24 * scene.scanner.blur / grid.spacing[0], 0.13 * scene.scanner.blur / grid.spacing[1], 0.0};
  smooth(real, grid, spread, Border::nearest, true);
  smooth(imaginary, grid, spread, Border::nearest, true);
  const double floor = 0.02 * scene.scanner.noise;  // electronic noise, amplitude relative to gland
  std::vector<double> grey(grid.count());
  for (std::size_t i = 0; i < grey.size(); ++i) {
    const double envelope = std::hypot(real[i] + floor * rng.normal(), imaginary[i] + floor * rng.normal());
    const double db = 20.0 * std::log10(envelope + 1e-6) + scene.scanner.offset;
    grey[i] = 140.0 + 255.0 / 58.0 * scene.scanner.gain * db;  // a dynamic range of 58 dB
  }
  return quantised(grid, grey, 0, 255);
}

}  // namespace radfuse::synthetic
