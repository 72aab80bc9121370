// SPDX-License-Identifier: Apache-2.0
// Diagnostics counted by hand; the interpolated image in blocks as in one piece.
#include "radfuse/radiomics/diagnostics.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "radfuse/volume/resample.hpp"
#include "support.hpp"

namespace radfuse::radiomics {
namespace {

using test::grid_of;

std::map<std::string, double> named(const std::vector<double>& values, std::size_t first) {
  std::map<std::string, double> by_name;
  for (std::size_t i = 0; i < values.size(); ++i) by_name[std::string(diagnostics()[first + i].name)] = values[i];
  return by_name;
}

TEST(Diagnostics, ByHand) {
  Grid g = grid_of(5, 4, 2);
  g.spacing = {1, 2, 3};
  Volume image(g);
  std::iota(image.values.begin(), image.values.end(), -10.0F);  // -10 to 29
  Mask mask(g);
  mask.at(1, 1, 0) = mask.at(3, 1, 0) = mask.at(3, 2, 1) = 1;  // -4, -2, 23
  RadiomicsParams p;
  p.resegment = ResegmentParams{-3.0, {}, {}};
  const auto of_image = named(image_diagnostics(image, p, false), 0);
  EXPECT_EQ(of_image.size(), 18U);
  EXPECT_EQ(of_image.at("img_dim_y_init_img"), 4);
  EXPECT_EQ(of_image.at("vox_dim_z_interp_img"), 3);
  EXPECT_EQ(of_image.at("mean_int_init_img"), 9.5);
  EXPECT_EQ(of_image.at("max_int_interp_img"), 29);
  const auto of_region = named(region_diagnostics(image, mask, prepare(image, mask, p, false)), 18);
  EXPECT_EQ(of_region.size(), 42U);
  EXPECT_EQ(of_region.at("int_mask_dim_x_reseg_roi"), 5);
  EXPECT_EQ(of_region.at("int_mask_bb_dim_x_init_roi"), 3);
  EXPECT_EQ(of_region.at("int_mask_bb_dim_x_reseg_roi"), 1);
  EXPECT_EQ(of_region.at("morph_mask_bb_dim_x_reseg_roi"), 3);
  EXPECT_EQ(of_region.at("int_mask_vox_count_interp_roi"), 3);
  EXPECT_EQ(of_region.at("int_mask_vox_count_reseg_roi"), 2);
  EXPECT_EQ(of_region.at("morph_mask_vox_count_reseg_roi"), 3);
  EXPECT_EQ(of_region.at("int_mask_min_int_init_roi"), -4);
  EXPECT_EQ(of_region.at("int_mask_mean_int_reseg_roi"), 10.5);
}

TEST(Diagnostics, TheInterpolatedImageMayBeMadeInBlocks) {
  Rng rng(1, "diagnostics");
  Grid g = grid_of(150, 9, 5);
  g.spacing = {1, 2, 3};
  Volume image(g);
  for (float& v : image.values) v = static_cast<float>(rng.below(1000));
  for (const auto how : {VoxelInterpolation::linear, VoxelInterpolation::cubic}) {
    RadiomicsParams p;
    p.resample = ResampleParams{{0.5, 1.5, 2.5}, how, 0.5, false};
    const Volume whole = resample(image, resampled_grid(g, {0.5, 1.5, 2.5}),
                                  how == VoxelInterpolation::cubic ? Interpolator::cubic : Interpolator::linear);
    const auto found = named(image_diagnostics(image, p, false), 0);
    double sum = 0;
    for (const float v : whole.values) sum += static_cast<double>(v);
    EXPECT_NEAR(found.at("mean_int_interp_img"), sum / static_cast<double>(whole.values.size()), 1e-6);
    const auto [least, most] = std::minmax_element(whole.values.begin(), whole.values.end());
    EXPECT_NEAR(found.at("min_int_interp_img"), static_cast<double>(*least), 1e-3);
    EXPECT_NEAR(found.at("max_int_interp_img"), static_cast<double>(*most), 1e-3);
    EXPECT_EQ(found.at("img_dim_x_interp_img"), 300);
  }
}

}  // namespace
}  // namespace radfuse::radiomics
