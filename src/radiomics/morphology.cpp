// SPDX-License-Identifier: Apache-2.0
// Morphology of volumes (IBSI HCUG): surface and volume from the mesh, axes from the voxel centres, hull, box and
// ellipsoid. The morphological mask gives the shape; intensities come from the intensity mask.
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <numbers>

#include "autocorrelation.hpp"
#include "family.hpp"
#include "hull.hpp"
#include "mesh.hpp"
#include "shape.hpp"

namespace radfuse::radiomics {
namespace {

constexpr double kPi = std::numbers::pi;

constexpr FeatureDef kFeatures[] = {
    {"volume", "RNU0", "morph_volume", "volume inside the surface mesh, mm^3"},
    {"volume_voxel_counting", "YEKZ", "morph_vol_approx", "number of voxels times the volume of one, mm^3"},
    {"surface_area", "C0JK", "morph_area_mesh", "area of the surface mesh, mm^2"},
    {"surface_to_volume_ratio", "2PR5", "morph_av", "surface area divided by volume, 1/mm"},
    {"compactness_1", "SKGS", "morph_comp_1", "how much like a sphere, by volume and area"},
    {"compactness_2", "BQWJ", "morph_comp_2", "how much like a sphere: 1 for a sphere, less otherwise"},
    {"spherical_disproportion", "KRCK", "morph_sph_dispr", "surface relative to that of a sphere of equal volume"},
    {"sphericity", "QCFX", "morph_sphericity", "surface of a sphere of equal volume relative to this one"},
    {"asphericity", "25C7", "morph_asphericity", "0 for a sphere, more otherwise"},
    {"centre_of_mass_shift", "KLMA", "morph_com", "distance of the intensity-weighted centre from the centre, mm"},
    {"maximum_3d_diameter", "L0JK", "morph_diam", "largest distance between two points of the surface, mm"},
    {"major_axis_length", "TDIC", "morph_pca_maj_axis", "longest axis of the ellipsoid with the same spread, mm"},
    {"minor_axis_length", "P9VJ", "morph_pca_min_axis", "its second axis, mm"},
    {"least_axis_length", "7J51", "morph_pca_least_axis", "its shortest axis, mm"},
    {"elongation", "Q3CK", "morph_pca_elongation", "second axis relative to the longest: low when drawn out"},
    {"flatness", "N17B", "morph_pca_flatness", "shortest axis relative to the longest: low when flat"},
    {"volume_density_aabb", "PBX1", "morph_vol_dens_aabb", "volume relative to the box along the image axes"},
    {"area_density_aabb", "R59B", "morph_area_dens_aabb", "surface relative to that box's"},
    {"volume_density_aee", "6BDE", "morph_vol_dens_aee", "volume relative to the ellipsoid with the same spread"},
    {"area_density_aee", "RDD2", "morph_area_dens_aee", "surface relative to that ellipsoid's"},
    {"volume_density_convex_hull", "R3ER", "morph_vol_dens_conv_hull", "volume relative to the convex hull (solidity)"},
    {"area_density_convex_hull", "7T7F", "morph_area_dens_conv_hull", "surface relative to the convex hull's"},
    {"integrated_intensity", "99N0", "morph_integ_int", "mean intensity times volume"},
    {"morans_i_index", "N365", "morph_moran_i",
     "do near voxels have like intensities: 1 yes, 0 by chance, -1 opposite"},
    {"gearys_c_measure", "NPT7", "morph_geary_c", "the same by differences: 0 like, 1 by chance, more when unlike"},
};

void set_mesh(const MeshSize& mesh, Cells& cells) {
  const double v = mesh.volume_mm3, a = mesh.area_mm2;
  const double sphere = std::cbrt(36 * kPi * v * v);
  cells.set("volume", v);
  cells.set("surface_area", a);
  cells.set("surface_to_volume_ratio", a / v);
  cells.set("compactness_1", v / (std::sqrt(kPi) * std::pow(a, 1.5)));
  cells.set("compactness_2", 36 * kPi * v * v / (a * a * a));
  cells.set("spherical_disproportion", a / sphere);
  cells.set("sphericity", sphere / a);
  cells.set("asphericity", std::cbrt(a * a * a / (36 * kPi * v * v)) - 1);
}

/// Area of an ellipsoid with semi-axes a >= b >= c by a series of Legendre polynomials, as the IBSI has it (20 terms).
/// With s = alpha*beta and x = (alpha^2+beta^2)/(2s), s^n P_n(x) follows a recurrence that needs no division by s.
double ellipsoid_area(double a, double b, double c) {
  const double alpha2 = 1 - b * b / (a * a), beta2 = 1 - c * c / (a * a);
  const double sx = (alpha2 + beta2) / 2, s2 = alpha2 * beta2;
  double before = 0, term = 1, sum = 0;
  for (int n = 0; n <= 20; ++n) {
    sum += term / (1 - 4.0 * n * n);
    const double next = ((2 * n + 1) * sx * term - n * s2 * before) / (n + 1);
    before = term;
    term = next;
  }
  return 4 * kPi * a * b * sum;
}

void set_axes(const Mask& mask, const MeshSize& mesh, Cells& cells) {
  const auto variance = principal_variances(mask, Divisor::n_minus_1);
  const double major = 4 * std::sqrt(variance[0]), minor = 4 * std::sqrt(variance[1]);
  const double least = 4 * std::sqrt(variance[2]);
  cells.set("major_axis_length", major);
  cells.set("minor_axis_length", minor);
  cells.set("least_axis_length", least);
  cells.set("elongation", std::sqrt(variance[1] / variance[0]), "roi_one_voxel");
  cells.set("flatness", std::sqrt(variance[2] / variance[0]), "roi_one_voxel");
  if (least > 0) {
    cells.set("volume_density_aee", mesh.volume_mm3 / (kPi / 6 * major * minor * least));
    cells.set("area_density_aee", mesh.area_mm2 / ellipsoid_area(major / 2, minor / 2, least / 2));
  } else {
    cells.undefined("volume_density_aee", "roi_flat");
    cells.undefined("area_density_aee", "roi_flat");
  }
}

/// `mask` is cut to its bounding box, which is also the box of the mesh.
void set_box_and_hull(const Mask& mask, const MeshSize& mesh, Cells& cells) {
  std::array<double, 3> side{};
  for (std::size_t a = 0; a < 3; ++a) side[a] = static_cast<double>(mask.grid.size[a]) * mask.grid.spacing[a];
  cells.set("volume_density_aabb", mesh.volume_mm3 / (side[0] * side[1] * side[2]));
  cells.set("area_density_aabb", mesh.area_mm2 / (2 * (side[0] * side[1] + side[0] * side[2] + side[1] * side[2])));
  const Hull hull = convex_hull(outer_vertices(mask));
  const MeshSize around = hull_size(hull, mask.grid.spacing);
  cells.set("maximum_3d_diameter", diameter(hull.points, mask.grid.spacing));
  cells.set("volume_density_convex_hull", mesh.volume_mm3 / around.volume_mm3);
  cells.set("area_density_convex_hull", mesh.area_mm2 / around.area_mm2);
}

void set_intensity(const Prepared& p, const MeshSize& mesh, Cells& cells) {
  std::array<double, 3> geometric{}, weighted{};
  double voxels = 0, inside = 0, mass = 0;
  std::size_t i = 0;
  const auto& size = p.image.grid.size;
  for (std::int64_t z = 0; z < size[2]; ++z)
    for (std::int64_t y = 0; y < size[1]; ++y)
      for (std::int64_t x = 0; x < size[0]; ++x, ++i) {
        const double in = p.morphological.values[i], kept = p.intensity.values[i];
        const double value = kept * static_cast<double>(p.image.values[i]);
        voxels += in;
        inside += kept;
        mass += value;
        const std::array<double, 3> at{static_cast<double>(x), static_cast<double>(y), static_cast<double>(z)};
        for (std::size_t a = 0; a < 3; ++a) {
          geometric[a] += in * at[a] * p.image.grid.spacing[a];
          weighted[a] += value * at[a] * p.image.grid.spacing[a];
        }
      }
  const auto& spacing = p.image.grid.spacing;
  cells.set("volume_voxel_counting", voxels * spacing[0] * spacing[1] * spacing[2]);
  cells.set("integrated_intensity", mass / inside * mesh.volume_mm3);
  double squared = 0;
  for (std::size_t a = 0; a < 3; ++a) {
    const double d = weighted[a] / mass - geometric[a] / voxels;
    squared += d * d;
  }
  cells.set("centre_of_mass_shift", std::sqrt(squared), "zero_mean");
}

void set_autocorrelation(const Prepared& p, Cells& cells) {
  const auto found = autocorrelation(p.image, p.intensity);
  const std::string_view reason = p.intensity.count() == 1 ? "roi_one_voxel" : "one_intensity";
  if (!found) return cells.undefined_rest("roi_too_large");
  cells.set("morans_i_index", found->moran_i, reason);
  cells.set("gearys_c_measure", found->geary_c, reason);
}

}  // namespace

std::array<double, 3> principal_variances(const Mask& mask, Divisor divisor) {
  std::array<double, 3> mean{};
  double n = 0;
  const auto each = [&mask](auto f) {
    for (std::int64_t z = 0; z < mask.grid.size[2]; ++z)
      for (std::int64_t y = 0; y < mask.grid.size[1]; ++y)
        for (std::int64_t x = 0; x < mask.grid.size[0]; ++x)
          if (mask.at(x, y, z) != 0)
            f(std::array<double, 3>{static_cast<double>(x) * mask.grid.spacing[0],
                                    static_cast<double>(y) * mask.grid.spacing[1],
                                    static_cast<double>(z) * mask.grid.spacing[2]});
  };
  each([&](const std::array<double, 3>& p) {
    for (std::size_t a = 0; a < 3; ++a) mean[a] += p[a];
    ++n;
  });
  for (double& m : mean) m /= n;
  Eigen::Matrix3d covariance = Eigen::Matrix3d::Zero();
  each([&](const std::array<double, 3>& p) {
    const Eigen::Vector3d d(p[0] - mean[0], p[1] - mean[1], p[2] - mean[2]);
    covariance += d * d.transpose();
  });
  covariance /= divisor == Divisor::n ? n : std::max(1.0, n - 1);
  const Eigen::Vector3d v =
      Eigen::SelfAdjointEigenSolver<Eigen::Matrix3d>(covariance, Eigen::EigenvaluesOnly).eigenvalues();
  // A flat region's variance across it is zero; the solver leaves its rounding there.
  const double rounding = 1e-12 * std::abs(v[2]);
  const auto clean = [rounding](double x) { return x > rounding ? x : 0.0; };
  return {clean(v[2]), clean(v[1]), clean(v[0])};
}

constinit const FamilyDef kMorphology{"morphology",
                                      "HCUG",
                                      FeatureGroup::morphology,
                                      true,
                                      false,
                                      false,
                                      "size and shape of the region in three dimensions",
                                      kFeatures};

void morphology(const Context& context, std::span<Cells> cells) {
  const Prepared& p = context.prepared;
  const MeshSize mesh = mesh_size(p.morphological);
  set_mesh(mesh, cells[0]);
  set_axes(p.morphological, mesh, cells[0]);
  set_box_and_hull(p.morphological, mesh, cells[0]);
  set_intensity(p, mesh, cells[0]);
  set_autocorrelation(p, cells[0]);
}

}  // namespace radfuse::radiomics
