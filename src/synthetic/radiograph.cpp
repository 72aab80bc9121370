// SPDX-License-Identifier: Apache-2.0
// A radiograph of a long bone's end: what the beam meets (soft tissue, cortex, trabeculae) summed along the ray, a
// lucent lesion with a more or less sclerotic rim, blur, and quantum noise; 16 bits, dense is bright.
#include <cmath>

#include "scene.hpp"

namespace radfuse::synthetic {
namespace {

// Trabeculae run along the bone and across it.
std::vector<double> trabeculae(const Grid& grid, Rng& rng) {
  auto along = random_field(rng, grid, {0.30, 1.8, 0.0});
  const auto across = random_field(rng, grid, {1.2, 0.28, 0.0});
  for (std::size_t i = 0; i < along.size(); ++i) along[i] = 0.8 * along[i] + 0.6 * across[i];
  return along;
}

// Density along the ray, 1 = spongy bone.
std::vector<double> densities(const Scene& scene, Rng& rng) {
  const Grid& grid = scene.grid;
  const auto spongy = trabeculae(grid, rng);
  const auto soft = random_field(rng, grid, {8.0, 8.0, 0.0});
  const Waves left(rng, 1.0, 3.0, true), right(rng, 1.0, 3.0, true);
  const double tilt = 0.05 * rng.normal(), lucency = 0.50 + 0.05 * rng.normal();
  const double amplitude = texture_amplitude(0.075, scene.truth), rim = 0.04 + 0.15 * scene.truth.rim;
  const double middle_x = 0.5 * static_cast<double>(grid.size[0]) * grid.spacing[0];
  std::vector<double> density(grid.count());
  for (std::size_t i = 0; i < density.size(); ++i) {
    const Vec3 p = point_mm(grid, i);
    const Vec3 at = {std::cos(0.1 * p[1]), std::sin(0.1 * p[1]), 0.0};
    const double x = p[0] - middle_x - tilt * (p[1] - 16.0);
    const double edge = std::min(x + 13.2 + 0.35 * left(at), 13.2 + 0.35 * right(at) - x);  // mm inside the bone
    const double bone = ramp(edge, 0.0, 0.5);
    double value = 0.28 + 0.02 * soft[i];
    value += bone * (0.62 + 0.055 * spongy[i]);
    value += 0.55 * bone * (1.0 - ramp(edge, 0.7, 1.8));  // cortex
    value += rim * scene.rim[i];
    const double inside = 1.0 - ramp(scene.depth[i], -0.3, 0.15);
    value += (lucency + amplitude * scene.texture[i] - value) * inside;
    density[i] = value;
  }
  return density;
}

}  // namespace

Volume render_radiograph(const Scene& scene, Rng& rng) {
  const Grid& grid = scene.grid;
  auto density = densities(scene, rng);
  const double blur = 0.13 * scene.scanner.blur;
  smooth(density, grid, {blur / grid.spacing[0], blur / grid.spacing[1], 0.0}, Border::nearest, false);
  std::vector<double> noise(grid.count());
  for (double& value : noise) value = rng.normal();
  smooth(noise, grid, {0.45, 0.45, 0.0}, Border::wrap, true);  // the detector's own blur, in pixels
  std::vector<double> grey(grid.count());
  for (std::size_t i = 0; i < grey.size(); ++i) {
    // Denser rays let fewer quanta through, so noise grows with density.
    const double noisy = density[i] + 0.016 * scene.scanner.noise * std::exp(0.5 * density[i]) * noise[i];
    grey[i] = 6000.0 + scene.scanner.offset + 28000.0 * scene.scanner.gain * noisy;
  }
  return quantised(grid, grey, 0, 65535);
}

}  // namespace radfuse::synthetic
