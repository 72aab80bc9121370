// SPDX-License-Identifier: Apache-2.0
// Sizes, bounding boxes, voxel counts and intensities of image and region before and after each step.
#include "radfuse/radiomics/diagnostics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "prepare.hpp"
#include "radfuse/base/stop.hpp"
#include "radfuse/volume/roi.hpp"

namespace radfuse::radiomics {
namespace {

constexpr DiagnosticDef kDiagnostics[] = {
    {"img_dim_x_init_img", "image as read: voxels along x"},
    {"img_dim_y_init_img", "image as read: voxels along y"},
    {"img_dim_z_init_img", "image as read: voxels along z"},
    {"vox_dim_x_init_img", "image as read: voxel size along x in mm"},
    {"vox_dim_y_init_img", "image as read: voxel size along y in mm"},
    {"vox_dim_z_init_img", "image as read: voxel size along z in mm"},
    {"mean_int_init_img", "image as read: mean intensity"},
    {"min_int_init_img", "image as read: lowest intensity"},
    {"max_int_init_img", "image as read: highest intensity"},
    {"img_dim_x_interp_img", "interpolated image: voxels along x"},
    {"img_dim_y_interp_img", "interpolated image: voxels along y"},
    {"img_dim_z_interp_img", "interpolated image: voxels along z"},
    {"vox_dim_x_interp_img", "interpolated image: voxel size along x in mm"},
    {"vox_dim_y_interp_img", "interpolated image: voxel size along y in mm"},
    {"vox_dim_z_interp_img", "interpolated image: voxel size along z in mm"},
    {"mean_int_interp_img", "interpolated image: mean intensity"},
    {"min_int_interp_img", "interpolated image: lowest intensity"},
    {"max_int_interp_img", "interpolated image: highest intensity"},
    {"int_mask_dim_x_init_roi", "region as read: voxels of the mask along x"},
    {"int_mask_dim_y_init_roi", "region as read: voxels of the mask along y"},
    {"int_mask_dim_z_init_roi", "region as read: voxels of the mask along z"},
    {"int_mask_bb_dim_x_init_roi", "region as read: bounding box of the intensity mask along x"},
    {"int_mask_bb_dim_y_init_roi", "region as read: bounding box of the intensity mask along y"},
    {"int_mask_bb_dim_z_init_roi", "region as read: bounding box of the intensity mask along z"},
    {"morph_mask_bb_dim_x_init_roi", "region as read: bounding box of the morphological mask along x"},
    {"morph_mask_bb_dim_y_init_roi", "region as read: bounding box of the morphological mask along y"},
    {"morph_mask_bb_dim_z_init_roi", "region as read: bounding box of the morphological mask along z"},
    {"int_mask_vox_count_init_roi", "region as read: voxels in the intensity mask"},
    {"morph_mask_vox_count_init_roi", "region as read: voxels in the morphological mask"},
    {"int_mask_mean_int_init_roi", "region as read: mean intensity"},
    {"int_mask_min_int_init_roi", "region as read: lowest intensity"},
    {"int_mask_max_int_init_roi", "region as read: highest intensity"},
    {"int_mask_dim_x_interp_roi", "interpolated region: voxels of the mask along x"},
    {"int_mask_dim_y_interp_roi", "interpolated region: voxels of the mask along y"},
    {"int_mask_dim_z_interp_roi", "interpolated region: voxels of the mask along z"},
    {"int_mask_bb_dim_x_interp_roi", "interpolated region: bounding box of the intensity mask along x"},
    {"int_mask_bb_dim_y_interp_roi", "interpolated region: bounding box of the intensity mask along y"},
    {"int_mask_bb_dim_z_interp_roi", "interpolated region: bounding box of the intensity mask along z"},
    {"morph_mask_bb_dim_x_interp_roi", "interpolated region: bounding box of the morphological mask along x"},
    {"morph_mask_bb_dim_y_interp_roi", "interpolated region: bounding box of the morphological mask along y"},
    {"morph_mask_bb_dim_z_interp_roi", "interpolated region: bounding box of the morphological mask along z"},
    {"int_mask_vox_count_interp_roi", "interpolated region: voxels in the intensity mask"},
    {"morph_mask_vox_count_interp_roi", "interpolated region: voxels in the morphological mask"},
    {"int_mask_mean_int_interp_roi", "interpolated region: mean intensity"},
    {"int_mask_min_int_interp_roi", "interpolated region: lowest intensity"},
    {"int_mask_max_int_interp_roi", "interpolated region: highest intensity"},
    {"int_mask_dim_x_reseg_roi", "re-segmented region: voxels of the mask along x"},
    {"int_mask_dim_y_reseg_roi", "re-segmented region: voxels of the mask along y"},
    {"int_mask_dim_z_reseg_roi", "re-segmented region: voxels of the mask along z"},
    {"int_mask_bb_dim_x_reseg_roi", "re-segmented region: bounding box of the intensity mask along x"},
    {"int_mask_bb_dim_y_reseg_roi", "re-segmented region: bounding box of the intensity mask along y"},
    {"int_mask_bb_dim_z_reseg_roi", "re-segmented region: bounding box of the intensity mask along z"},
    {"morph_mask_bb_dim_x_reseg_roi", "re-segmented region: bounding box of the morphological mask along x"},
    {"morph_mask_bb_dim_y_reseg_roi", "re-segmented region: bounding box of the morphological mask along y"},
    {"morph_mask_bb_dim_z_reseg_roi", "re-segmented region: bounding box of the morphological mask along z"},
    {"int_mask_vox_count_reseg_roi", "re-segmented region: voxels in the intensity mask"},
    {"morph_mask_vox_count_reseg_roi", "re-segmented region: voxels in the morphological mask"},
    {"int_mask_mean_int_reseg_roi", "re-segmented region: mean intensity"},
    {"int_mask_min_int_reseg_roi", "re-segmented region: lowest intensity"},
    {"int_mask_max_int_reseg_roi", "re-segmented region: highest intensity"},
};
static_assert(std::size(kDiagnostics) == 60);

/// Interpolation works on blocks of about this many voxels a side, old or new ones, whichever are more.
constexpr double kBlock = 120;

struct Summary {
  double sum = 0, count = 0;
  float least = std::numeric_limits<float>::infinity(), most = -std::numeric_limits<float>::infinity();
  void add(float v) {
    sum += static_cast<double>(v);
    ++count;
    least = std::min(least, v);
    most = std::max(most, v);
  }
  void add(const Summary& other) {
    sum += other.sum;
    count += other.count;
    least = std::min(least, other.least);
    most = std::max(most, other.most);
  }
  void append_to(std::vector<double>& out) const {
    constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
    out.push_back(count > 0 ? sum / count : kNaN);
    out.push_back(count > 0 ? static_cast<double>(least) : kNaN);
    out.push_back(count > 0 ? static_cast<double>(most) : kNaN);
  }
};

Summary summary_of(const std::vector<float>& values) {
  Summary all;
  for (const float v : values) all.add(v);
  return all;
}

void append_image(const Grid& grid, const Summary& summary, std::vector<double>& out) {
  for (const std::int64_t size : grid.size) out.push_back(static_cast<double>(size));
  for (const double spacing : grid.spacing) out.push_back(spacing);
  summary.append_to(out);
}

Summary interpolated_summary(const Volume& image, const Grid& to, const ResampleParams& p) {
  std::array<std::int64_t, 3> block;
  for (std::size_t a = 0; a < 3; ++a)
    block[a] = std::max<std::int64_t>(
        1, static_cast<std::int64_t>(kBlock * std::min(1.0, image.grid.spacing[a] / to.spacing[a])));
  Summary all;
  for (std::int64_t z = 0; z < to.size[2]; z += block[2])
    for (std::int64_t y = 0; y < to.size[1]; y += block[1])
      for (std::int64_t x = 0; x < to.size[0]; x += block[0]) {
        throw_if_stopped();
        Box box{{x, y, z}, {}};
        for (std::size_t a = 0; a < 3; ++a) box.high[a] = std::min(to.size[a], box.low[a] + block[a]) - 1;
        Volume part = resample(image, crop(to, box), interpolator_of(p.interpolator));
        if (p.round_intensities)
          for (float& v : part.values) v = std::nearbyint(v);
        all.add(summary_of(part.values));
      }
  return all;
}

/// Bounding box, count and intensities of a mask in one pass.
struct Inside {
  std::array<std::int64_t, 3> extent{};
  double count = 0;
  Summary intensities;
};
Inside inside_of(const Mask& mask, const Volume& image) {
  Inside found;
  std::array<std::int64_t, 3> low = mask.grid.size, high{-1, -1, -1};
  std::size_t i = 0;
  for (std::int64_t z = 0; z < mask.grid.size[2]; ++z)
    for (std::int64_t y = 0; y < mask.grid.size[1]; ++y) {
      const std::uint8_t* row = mask.values.data() + i;
      const std::uint8_t *first = std::find(row, row + mask.grid.size[0], 1), *end = row + mask.grid.size[0];
      if (first != end) {
        while (*(end - 1) == 0) --end;
        const std::array<std::int64_t, 3> from{first - row, y, z}, to{end - row - 1, y, z};
        for (std::size_t a = 0; a < 3; ++a) {
          low[a] = std::min(low[a], from[a]);
          high[a] = std::max(high[a], to[a]);
        }
        for (const std::uint8_t* at = first; at != end; ++at)
          if (*at != 0) found.intensities.add(image.values[i + static_cast<std::size_t>(at - row)]);
      }
      i += static_cast<std::size_t>(mask.grid.size[0]);
    }
  found.count = found.intensities.count;
  for (std::size_t a = 0; a < 3; ++a) found.extent[a] = std::max<std::int64_t>(0, high[a] - low[a] + 1);
  return found;
}

void append_region(const Grid& whole, const Inside& intensity, const Inside& morphological, std::vector<double>& out) {
  for (const std::int64_t size : whole.size) out.push_back(static_cast<double>(size));
  for (const std::int64_t extent : intensity.extent) out.push_back(static_cast<double>(extent));
  for (const std::int64_t extent : morphological.extent) out.push_back(static_cast<double>(extent));
  out.push_back(intensity.count);
  out.push_back(morphological.count);
  intensity.intensities.append_to(out);
}

}  // namespace

std::span<const DiagnosticDef> diagnostics() {
  return kDiagnostics;
}

std::vector<double> image_diagnostics(const Volume& image, const RadiomicsParams& params, bool two_dimensional) {
  std::vector<double> out;
  const Summary initial = summary_of(image.values);
  append_image(image.grid, initial, out);
  if (params.resample) {
    const Grid to = resampled_grid(image.grid, *params.resample, two_dimensional);
    append_image(to, interpolated_summary(image, to, *params.resample), out);
  } else {
    append_image(image.grid, initial, out);
  }
  return out;
}

std::vector<double> region_diagnostics(const Volume& image, const Mask& roi, const Prepared& prepared) {
  std::vector<double> out;
  const Inside initial = inside_of(roi, image), drawn = inside_of(prepared.morphological, prepared.image);
  append_region(image.grid, initial, initial, out);
  append_region(prepared.whole, drawn, drawn, out);
  append_region(prepared.whole, inside_of(prepared.intensity, prepared.image), drawn, out);
  return out;
}

}  // namespace radfuse::radiomics
