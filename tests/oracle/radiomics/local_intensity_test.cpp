// SPDX-License-Identifier: Apache-2.0
// Local intensity against its definition: every voxel of the image against every voxel of the region.
#include <limits>
#include <numbers>

#include "small_regions.hpp"

namespace radfuse {
namespace {

/// Mean of the voxels whose centre lies within the sphere of 1 cm^3 around voxel i.
double mean_around(const Volume& image, std::size_t i) {
  const double squared = std::pow(10 * std::cbrt(0.75 / std::numbers::pi), 2);
  const auto [nx, ny, nz] = image.grid.size;
  const auto place = [&](std::size_t k) {
    const auto at = static_cast<std::int64_t>(k);
    return image.grid.point(static_cast<double>(at % nx), static_cast<double>(at / nx % ny),
                            static_cast<double>(at / (nx * ny)));
  };
  const auto centre = place(i);
  double sum = 0, n = 0;
  for (std::size_t k = 0; k < image.values.size(); ++k) {
    const auto p = place(k);
    double distance = 0;
    for (std::size_t a = 0; a < 3; ++a) distance += (p[a] - centre[a]) * (p[a] - centre[a]);
    if (distance > squared) continue;
    sum += static_cast<double>(image.values[k]);
    ++n;
  }
  return sum / n;
}

TEST(LocalIntensity, AgreesWithItsDefinition) {
  for (std::uint64_t index = 0; index < test::kSmallRegions; ++index) {
    const auto r = test::small_region(index);
    double hottest = -std::numeric_limits<double>::infinity(), local = hottest, global = hottest;
    for (std::size_t i = 0; i < r.mask.values.size(); ++i) {
      if (r.mask.values[i] == 0) continue;
      const double mean = mean_around(r.image, i), intensity = static_cast<double>(r.image.values[i]);
      global = std::max(global, mean);
      if (intensity > hottest) local = -std::numeric_limits<double>::infinity();
      if (intensity >= hottest) local = std::max(local, mean);
      hottest = std::max(hottest, intensity);
    }
    const auto f = test::extracted(r, {}, FeatureGroup::local_intensity, "local_intensity");
    const std::string which = " of region " + std::to_string(index);
    test::expect_same(f["local_intensity_peak"], local, "local" + which, 1);
    test::expect_same(f["global_intensity_peak"], global, "global" + which, 1);
  }
}

}  // namespace
}  // namespace radfuse
