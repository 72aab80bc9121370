// SPDX-License-Identifier: Apache-2.0
// FDG-PET in standardised uptake values (g/ml): muscle and fat with slow variation, a vessel-rich neighbour, a tumour
// with uneven uptake whose surroundings take up more or less; the scanner's blur, and noise that grows with uptake.
#include <algorithm>
#include <cmath>

#include "scene.hpp"

namespace radfuse::synthetic {
namespace {

std::vector<double> uptake(const Scene& scene, Rng& rng) {
  const Grid& grid = scene.grid;
  const auto mottle = random_field(rng, grid, {9.0, 9.0, 9.0}), depots = random_field(rng, grid, {14.0, 14.0, 14.0});
  const double muscle = 0.75 + 0.05 * rng.normal(), tumour = 7.0 + 0.5 * rng.normal();
  const double amplitude = texture_amplitude(1.1, scene.truth), rim = 0.5 + 1.4 * scene.truth.rim;
  std::vector<double> suv(grid.count());
  for (std::size_t i = 0; i < suv.size(); ++i) {
    double value = muscle + 0.08 * mottle[i];
    value += (0.3 - value) * ramp(depots[i], 0.9, 1.4);   // fat
    value += (1.9 - value) * ramp(-depots[i], 1.1, 1.6);  // blood pool
    value += rim * scene.rim[i];
    value += (tumour + amplitude * scene.texture[i] - value) * (1.0 - ramp(scene.depth[i], -0.6, 0.4));
    suv[i] = std::max(value, 0.05);
  }
  return suv;
}

}  // namespace

Volume render_pet(const Scene& scene, Rng& rng) {
  const Grid& grid = scene.grid;
  auto suv = uptake(scene, rng);
  const double blur = 1.3 * scene.scanner.blur;  // sigma in mm: 3.1 mm full width at half maximum
  smooth(suv, grid, {blur / grid.spacing[0], blur / grid.spacing[1], blur / grid.spacing[2]}, Border::nearest, false);
  std::vector<double> noise(grid.count());
  for (double& value : noise) value = rng.normal();
  smooth(noise, grid, {1.0, 1.0, 0.7}, Border::wrap, true);  // reconstruction correlates neighbours
  Volume image(grid);
  for (std::size_t i = 0; i < suv.size(); ++i) {
    const double noisy = suv[i] + 0.10 * scene.scanner.noise * std::sqrt(suv[i]) * noise[i];
    const double shown = noisy * scene.scanner.gain + scene.scanner.offset;
    // Thousandths of an SUV, as whole numbers of a scanner's own scale would give.
    image.values[i] = static_cast<float>(std::clamp(std::round(shown * 1000), 0.0, 32767.0) / 1000);
  }
  return image;
}

}  // namespace radfuse::synthetic
