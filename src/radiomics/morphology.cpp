// SPDX-License-Identifier: Apache-2.0
// Morphology of volumes (IBSI HCUG): surface and volume from the mesh, axes from the voxel centres, hull, box and
// ellipsoid. The morphological mask gives the shape; intensities come from the intensity mask.
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include "autocorrelation.hpp"
#include "bounding_box.hpp"
#include "ellipsoid.hpp"
#include "family.hpp"
#include "hull.hpp"
#include "mesh.hpp"
#include "runs.hpp"
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
    {"volume_density_ombb", "ZH1A", "morph_vol_dens_ombb", "volume relative to the smallest box turned any way"},
    {"area_density_ombb", "IQYR", "morph_area_dens_ombb", "surface relative to that box's"},
    {"volume_density_aee", "6BDE", "morph_vol_dens_aee", "volume relative to the ellipsoid with the same spread"},
    {"area_density_aee", "RDD2", "morph_area_dens_aee", "surface relative to that ellipsoid's"},
    {"volume_density_mvee", "SWZ1", "morph_vol_dens_mvee",
     "volume relative to the smallest ellipsoid around the region"},
    {"area_density_mvee", "BRI8", "morph_area_dens_mvee", "surface relative to that ellipsoid's"},
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
    const std::array<double, 3> semi_axes{major / 2, minor / 2, least / 2};
    cells.set("volume_density_aee", mesh.volume_mm3 / ellipsoid_volume(semi_axes));
    cells.set("area_density_aee", mesh.area_mm2 / ellipsoid_area(semi_axes));
  } else {
    cells.undefined("volume_density_aee", "roi_flat");
    cells.undefined("area_density_aee", "roi_flat");
  }
}

/// `mask` is cut to its bounding box, which is also the box of the mesh.
void set_hull(const Mask& mask, const MeshSize& mesh, Cells& cells) {
  const auto set_densities = [&](const std::string& around, double volume, double area) {
    cells.set("volume_density_" + around, mesh.volume_mm3 / volume, "roi_flat");
    cells.set("area_density_" + around, mesh.area_mm2 / area, "roi_flat");
  };
  const auto set_box = [&](const std::string& name, const std::array<double, 3>& side) {
    const auto [x, y, z] = side;
    set_densities(name, x * y * z, 2 * (x * y + x * z + y * z));
  };
  const auto& spacing = mask.grid.spacing;
  std::array<double, 3> side{};
  for (std::size_t a = 0; a < 3; ++a) side[a] = static_cast<double>(mask.grid.size[a]) * spacing[a];
  set_box("aabb", side);
  const Hull hull = convex_hull(outer_vertices(mask));
  cells.set("maximum_3d_diameter", diameter(hull.points, spacing));
  const MeshSize convex = hull_size(hull, spacing);
  set_densities("convex_hull", convex.volume_mm3, convex.area_mm2);
  set_box("ombb", oriented_box(hull, spacing));
  const auto semi_axes = enclosing_ellipsoid(hull.points, spacing);
  set_densities("mvee", ellipsoid_volume(semi_axes), ellipsoid_area(semi_axes));
}

void set_intensity(const Prepared& p, const MeshSize& mesh, Cells& cells) {
  const auto& spacing = p.image.grid.spacing;
  std::array<double, 3> geometric{}, weighted{};
  double voxels = 0, inside = 0, mass = 0;
  for_runs(p.morphological, [&](std::int64_t y, std::int64_t z, std::int64_t first, std::int64_t end) {
    const double count = static_cast<double>(end - first);
    voxels += count;
    geometric[0] += count * 0.5 * static_cast<double>(first + end - 1);
    geometric[1] += count * static_cast<double>(y);
    geometric[2] += count * static_cast<double>(z);
  });
  for_runs(p.intensity, [&](std::int64_t y, std::int64_t z, std::int64_t first, std::int64_t end) {
    const float* values = p.image.values.data() + p.image.grid.index(0, y, z);
    double sum = 0, along = 0;
    for (std::int64_t x = first; x < end; ++x) {
      const double v = static_cast<double>(values[x]);
      sum += v;
      along += v * static_cast<double>(x);
    }
    inside += static_cast<double>(end - first);
    mass += sum;
    weighted[0] += along;
    weighted[1] += sum * static_cast<double>(y);
    weighted[2] += sum * static_cast<double>(z);
  });
  cells.set("volume_voxel_counting", voxels * spacing[0] * spacing[1] * spacing[2]);
  cells.set("integrated_intensity", mass / inside * mesh.volume_mm3);
  double squared = 0;
  for (std::size_t a = 0; a < 3; ++a) {
    const double d = (weighted[a] / mass - geometric[a] / voxels) * spacing[a];
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
  // Sums over whole numbers are exact: of a run's x and x^2 by their closed forms, n(n-1)/2 and n(n-1)(2n-1)/6.
  std::int64_t n = 0;
  std::array<std::int64_t, 3> sum{};
  std::array<std::array<std::int64_t, 3>, 3> product{};
  for_runs(mask, [&](std::int64_t y, std::int64_t z, std::int64_t first, std::int64_t end) {
    const std::int64_t count = end - first, x = (end * (end - 1) - first * (first - 1)) / 2;
    const std::int64_t xx = (end * (end - 1) * (2 * end - 1) - first * (first - 1) * (2 * first - 1)) / 6;
    n += count;
    const std::array<std::int64_t, 3> of_row{x, count * y, count * z};
    for (std::size_t a = 0; a < 3; ++a) sum[a] += of_row[a];
    product[0][0] += xx;
    product[0][1] += x * y;
    product[0][2] += x * z;
    product[1][1] += count * y * y;
    product[1][2] += count * y * z;
    product[2][2] += count * z * z;
  });
  const double count = static_cast<double>(n);
  const double divided = count * (divisor == Divisor::n ? count : std::max(1.0, count - 1));
  Eigen::Matrix3d covariance;
  for (std::size_t a = 0; a < 3; ++a)
    for (std::size_t b = a; b < 3; ++b) {
      // n times the product less the product of the sums: both may need more than 64 bits.
      const __int128 exact = static_cast<__int128>(n) * product[a][b] - static_cast<__int128>(sum[a]) * sum[b];
      const double value = static_cast<double>(exact) / divided * mask.grid.spacing[a] * mask.grid.spacing[b];
      const auto row = static_cast<Eigen::Index>(a), column = static_cast<Eigen::Index>(b);
      covariance(row, column) = covariance(column, row) = value;
    }
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
  set_hull(p.morphological, mesh, cells[0]);
  set_intensity(p, mesh, cells[0]);
  set_autocorrelation(p, cells[0]);
}

}  // namespace radfuse::radiomics
