// SPDX-License-Identifier: Apache-2.0
// Contrast-enhanced T1-weighted MR of the brain: folded grey and white matter, dark fluid, a lesion with an enhancing
// rim; slow shading by the coil, Rician noise, arbitrary units that differ between scanners and cases.
#include <algorithm>
#include <cmath>

#include "scene.hpp"

namespace radfuse::synthetic {
namespace {

// White matter = 1.
std::vector<double> tissue(const Scene& scene, Rng& rng) {
  const Grid& grid = scene.grid;
  const auto fold = random_field(rng, grid, {6.0, 6.0, 7.0});
  const double lesion = 0.62 + 0.04 * rng.normal();
  const double amplitude = texture_amplitude(0.085, scene.truth), rim = 0.06 + 0.16 * scene.truth.rim;
  std::vector<double> signal(grid.count());
  for (std::size_t i = 0; i < signal.size(); ++i) {
    double value = 1.0;
    value += (0.74 - value) * ramp(fold[i], 0.55, 0.75);                      // grey matter
    value += (0.28 - value) * ramp(fold[i], 1.45, 1.75);                      // fluid in the sulci
    value += (0.95 - value) * 0.85 * (1.0 - ramp(scene.depth[i], 3.0, 6.0));  // oedema effaces folds near the lesion
    value += rim * scene.rim[i];
    value += (lesion + amplitude * scene.texture[i] - value) * (1.0 - ramp(scene.depth[i], -0.6, 0.4));
    signal[i] = value;
  }
  return signal;
}

}  // namespace

Volume render_mri(const Scene& scene, Rng& rng) {
  const Grid& grid = scene.grid;
  auto signal = tissue(scene, rng);
  const double blur = 0.55 * scene.scanner.blur;
  smooth(signal, grid, {blur / grid.spacing[0], blur / grid.spacing[1], 0.29}, Border::nearest, false);
  const Vec3 slope = {0.0020 * rng.normal(), 0.0020 * rng.normal(), 0.0015 * rng.normal()};  // shading, 1/mm
  const double scale = 800.0 * scene.scanner.gain * std::exp(0.06 * rng.normal());
  const double sigma = 0.032 * scene.scanner.noise;
  for (std::size_t i = 0; i < signal.size(); ++i) {
    const Vec3 p = point_mm(grid, i);
    double shading = 1.0;
    for (std::size_t a = 0; a < 3; ++a) shading += slope[a] * (p[a] + grid.origin[a]);
    const double real = shading * std::max(signal[i], 0.0) + sigma * rng.normal(), imaginary = sigma * rng.normal();
    signal[i] = scale * std::hypot(real, imaginary);
  }
  return quantised(grid, signal, 0, 32767);
}

}  // namespace radfuse::synthetic
