// SPDX-License-Identifier: Apache-2.0
// What the renderers share: the lesion's geometry, its texture and rim, and what a centre's scanner is like.
#pragma once

#include <span>

#include "radfuse/synthetic/cohort.hpp"
#include "waves.hpp"

namespace radfuse::synthetic {

/// A scanner: what differs between centres.
struct Centre {
  std::array<std::int64_t, 3> size;
  std::array<double, 3> spacing;  ///< mm
  double noise;                   ///< relative to the first centre
  double gain;                    ///< contrast relative to the first centre
  double offset;                  ///< brightness, in the kind's own unit
  double blur;                    ///< width of the point spread relative to the first centre
};
/// Three for each kind.
std::span<const Centre, 3> centres(Kind kind);

/// A star-shaped lesion.
class Lesion {
 public:
  Lesion(Rng& rng, const Vec3& centre_mm, double radius_mm, double irregularity, bool plane);
  /// mm from the contour along the ray from the lesion's centre, negative inside; `point` in mm from voxel (0,0,0).
  double depth(const Vec3& point) const;
  /// From the lesion's centre to the point, length 1.
  Vec3 direction(const Vec3& point) const;
  const Vec3& centre() const { return centre_; }
  double radius() const { return radius_; }

 private:
  Vec3 centre_;
  double radius_, irregularity_, elongation_;
  Vec3 long_axis_;
  Waves bumps_;
};

/// Everything a renderer needs. All vectors have one entry for each voxel.
struct Scene {
  Grid grid;
  Centre scanner;
  Truth truth;
  Lesion lesion;
  std::vector<double> depth;    ///< Lesion::depth at voxel centres, mm
  std::vector<double> texture;  ///< random field, mean 0 and variance 1 over the lesion, coarser with truth.texture
  std::vector<double> rim;      ///< 1 within the 3 mm around the lesion, falling smoothly to 0 at both ends
};
/// `rng` draws place, size and texture.
Scene make_scene(Kind kind, const PlannedCase& planned, Rng& rng);
Vec3 point_mm(const Grid& grid, std::size_t voxel);

/// How strongly the texture varies, in the renderer's own unit: `base` for a latent of 0, x1.57 for each unit.
double texture_amplitude(double base, const Truth& truth);

/// Renderers: noise and anatomy from `rng`; numbers that fit the kind's storage.
Volume render_ultrasound(const Scene& scene, Rng& rng);
Volume render_radiograph(const Scene& scene, Rng& rng);
Volume render_ct(const Scene& scene, Rng& rng);
Volume render_mri(const Scene& scene, Rng& rng);
Volume render_pet(const Scene& scene, Rng& rng);

/// Rounds to whole numbers and clamps.
Volume quantised(const Grid& grid, const std::vector<double>& values, double low, double high);

/// The lesion as a reader outlines it: a bias of the reader's own, a shift of the day and a wavy hand.
Mask reader_mask(Kind kind, const Scene& scene, std::size_t reader, Rng& rng);
Mask truth_mask(const Scene& scene);

}  // namespace radfuse::synthetic
