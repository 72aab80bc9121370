// SPDX-License-Identifier: Apache-2.0
// Random shapes and textures: smooth functions of direction, Gaussian random fields, separable smoothing.
#pragma once

#include <array>
#include <vector>

#include "radfuse/base/rng.hpp"
#include "radfuse/volume/volume.hpp"

namespace radfuse::synthetic {

using Vec3 = std::array<double, 3>;

/// A smooth random function on the unit circle (plane) or sphere, mean 0 and root mean square 1 over all directions: a
/// sum of plane waves with wave numbers in [low, high], that is about so many lobes around the circle.
class Waves {
 public:
  Waves(Rng& rng, double low, double high, bool plane);
  /// `unit` has length 1.
  double operator()(const Vec3& unit) const { return (raw(unit) - mean_) / rms_; }

 private:
  struct Wave {
    Vec3 k;
    double phase;
  };
  double raw(const Vec3& unit) const;
  std::vector<Wave> waves_;
  double mean_ = 0, rms_ = 1;
};

/// What a convolution sees beyond the border.
enum class Border { wrap, nearest };

/// Gaussian smoothing, sigma in voxels for each axis (0 leaves the axis alone), kernel cut at 4 sigma. With
/// `keep_variance` the kernel is scaled so that white noise keeps its variance, otherwise so that a constant stays.
void smooth(std::vector<double>& values, const Grid& grid, const Vec3& sigma, Border border, bool keep_variance);

/// White noise smoothed to a Gaussian correlation of `length_mm` along each axis; mean 0, variance 1, no border effect.
std::vector<double> random_field(Rng& rng, const Grid& grid, const Vec3& length_mm);

/// 0 below `low`, 1 above `high`, a smooth cubic between.
double ramp(double x, double low, double high);

}  // namespace radfuse::synthetic
