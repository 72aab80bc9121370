// SPDX-License-Identifier: Apache-2.0
// The IBSI's CT phantom in configurations A to E: features and diagnostics against the consensus.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <limits>

#include "ibsi_reference.hpp"
#include "nifti.hpp"
#include "radfuse/volume/resample.hpp"
#include "radfuse/volume/roi.hpp"
#include "reference_data.hpp"

namespace radfuse {
namespace {

using Values = std::map<std::string, double>;

RadiomicsParams configuration(char name) {
  const bool planar = name < 'C';
  RadiomicsParams p =
      planar ? test::settings({Aggregation::average_2d, Aggregation::slice_merged_2d,
                               Aggregation::direction_merged_2_5d, Aggregation::merged_2_5d},
                              {ZoneAggregation::slices_averaged, ZoneAggregation::slices_merged})
             : test::settings({Aggregation::average_3d, Aggregation::merged_3d}, {ZoneAggregation::volume});
  if (name != 'A') {
    p.resample.emplace();
    p.resample->spacing_mm = planar ? std::vector<double>{2, 2} : std::vector<double>{2, 2, 2};
    p.resample->interpolator = name == 'E' ? VoxelInterpolation::cubic : VoxelInterpolation::linear;
    p.resample->round_intensities = true;
  }
  p.resegment.emplace();
  if (name != 'D') {
    p.resegment->low = planar ? -500 : -1000;
    p.resegment->high = 400;
  }
  if (name >= 'D') p.resegment->outliers_sigma = 3;
  p.discretise = name == 'A' || name == 'C' ? DiscretiseParams{Discretisation::fixed_bin_size, 25.0, 32}
                                            : DiscretiseParams{Discretisation::fixed_bin_number, {}, 32};
  return p;
}

struct Extent {
  double mean = 0, least = std::numeric_limits<double>::infinity(), most = -least;
};
Extent extent_of(const Volume& image, const Mask* mask) {
  Extent e;
  double n = 0;
  for (std::size_t i = 0; i < image.values.size(); ++i) {
    if (mask != nullptr && mask->values[i] == 0) continue;
    const double v = static_cast<double>(image.values[i]);
    e.mean += v;
    ++n;
    e.least = std::min(e.least, v);
    e.most = std::max(e.most, v);
  }
  e.mean /= n;
  return e;
}

constexpr const char* kAxes[] = {"x", "y", "z"};

void add_image(const Volume& image, const std::string& ending, Values& out) {
  for (std::size_t a = 0; a < 3; ++a) {
    out[std::string("img_dim_") + kAxes[a] + ending] = static_cast<double>(image.grid.size[a]);
    out[std::string("vox_dim_") + kAxes[a] + ending] = image.grid.spacing[a];
  }
  const Extent e = extent_of(image, nullptr);
  out["mean_int" + ending] = e.mean;
  out["min_int" + ending] = e.least;
  out["max_int" + ending] = e.most;
}

void add_roi(const radiomics::Prepared& p, const std::string& ending, Values& out) {
  const Box inner = bounding_box(p.intensity), outer = bounding_box(p.morphological);
  for (std::size_t a = 0; a < 3; ++a) {
    out[std::string("int_mask_dim_") + kAxes[a] + ending] = static_cast<double>(p.whole.size[a]);
    out[std::string("int_mask_bb_dim_") + kAxes[a] + ending] = static_cast<double>(inner.high[a] - inner.low[a] + 1);
    out[std::string("morph_mask_bb_dim_") + kAxes[a] + ending] = static_cast<double>(outer.high[a] - outer.low[a] + 1);
  }
  out["int_mask_vox_count" + ending] = static_cast<double>(p.intensity.count());
  out["morph_mask_vox_count" + ending] = static_cast<double>(p.morphological.count());
  const Extent e = extent_of(p.image, &p.intensity);
  out["int_mask_mean_int" + ending] = e.mean;
  out["int_mask_min_int" + ending] = e.least;
  out["int_mask_max_int" + ending] = e.most;
}

void add_diagnostics(const Volume& image, const Mask& mask, const RadiomicsParams& params, Values& out) {
  add_image(image, "_init_img", out);
  Volume whole = image;
  if (params.resample) {
    const bool cubic = params.resample->interpolator == VoxelInterpolation::cubic;
    whole = resample(image, resampled_grid(image.grid, params.resample->spacing_mm),
                     cubic ? Interpolator::cubic : Interpolator::linear);
    for (float& v : whole.values) v = std::nearbyint(v);
  }
  add_image(whole, "_interp_img", out);
  RadiomicsParams step = params;
  step.discretise.reset();
  add_roi(radiomics::prepare(image, mask, step, false), "_reseg_roi", out);
  step.resegment.reset();
  add_roi(radiomics::prepare(image, mask, step, false), "_interp_roi", out);
  step.resample.reset();
  add_roi(radiomics::prepare(image, mask, step, false), "_init_roi", out);
}

class CtPhantom : public testing::TestWithParam<char> {};

TEST_P(CtPhantom, EveryReferenceRowIsReproduced) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  const Volume image = test::read_nifti(data / "ibsi1/ct_phantom/image.nii.gz");
  const Mask mask = test::read_nifti_mask(data / "ibsi1/ct_phantom/mask.nii.gz");
  const RadiomicsParams params = configuration(GetParam());
  Values computed = test::features_by_tag(image, mask, params);
  add_diagnostics(image, mask, params, computed);
  std::size_t compared = 0;
  for (const auto& row : test::reference_rows(data / "ibsi1/reference.csv", std::string(1, GetParam()))) {
    const auto& later = test::not_yet_offered();
    if (std::find(later.begin(), later.end(), row.family) != later.end()) continue;
    ++compared;
    const auto found = computed.find(row.tag);
    if (found == computed.end()) {
      ADD_FAILURE() << row.tag << " is not produced";
      continue;
    }
    EXPECT_TRUE(test::reproduces(found->second, row))
        << row.tag << ": " << found->second << " instead of " << row.printed << " +- " << test::allowed(row);
  }
  EXPECT_EQ(compared, 25U + 18U + 23U + (GetParam() < 'C' ? 4U : 2U) * 25U + 60U +
                          (GetParam() < 'C' ? 2U : 1U) * (16U + 16U + 5U + 17U));
}

INSTANTIATE_TEST_SUITE_P(Configurations, CtPhantom, testing::Values('A', 'B', 'C', 'D', 'E'),
                         [](const auto& info) { return std::string(1, info.param); });

}  // namespace
}  // namespace radfuse
