// SPDX-License-Identifier: Apache-2.0
// The six configurations of the IBSI's chapter 1 (Zwanenburg et al., Radiology 2020, supplement, table
// "configurations").
#include "radfuse/conformance/ibsi1.hpp"

namespace radfuse::conformance {
namespace {

enum class Slices { apart, volume, both };

struct Row {
  const char *name, *phantom;
  Slices slices;
  std::vector<double> spacing_mm;  ///< empty: no interpolation
  VoxelInterpolation interpolator;
  std::optional<ResegmentParams> resegment;
  DiscretiseParams discretise;
  IvhParams ivh;
};

RadiomicsParams params_of(const Row& row) {
  RadiomicsParams p;
  p.rois = {{"roi", {RoiSource::mask, {}, {}, {}}}};
  if (!row.spacing_mm.empty()) p.resample = ResampleParams{row.spacing_mm, row.interpolator, 0.5, true};
  p.resegment = row.resegment;
  p.discretise = row.discretise;
  p.ivh = row.ivh;
  std::vector<Aggregation> matrices;
  std::vector<ZoneAggregation> zones;
  if (row.slices != Slices::volume) {
    matrices = {Aggregation::average_2d, Aggregation::slice_merged_2d, Aggregation::direction_merged_2_5d,
                Aggregation::merged_2_5d};
    zones = {ZoneAggregation::slices_averaged, ZoneAggregation::slices_merged};
  }
  if (row.slices != Slices::apart) {
    matrices.insert(matrices.end(), {Aggregation::average_3d, Aggregation::merged_3d});
    zones.push_back(ZoneAggregation::volume);
  }
  p.glcm.aggregations = p.glrlm.aggregations = matrices;
  p.glszm.aggregations = p.gldzm.aggregations = p.ngtdm.aggregations = p.ngldm.aggregations = zones;
  return p;
}

}  // namespace

std::vector<Configuration> ibsi1_configurations() {
  using enum VoxelInterpolation;
  const DiscretiseParams one{Discretisation::fixed_bin_size, 1.0, 32}, wide{Discretisation::fixed_bin_size, 25.0, 32},
      numbered{Discretisation::fixed_bin_number, {}, 32};
  const IvhParams as_is{}, narrow{IvhDiscretisation::fixed_bin_size, 2.5, 1000},
      thousand{IvhDiscretisation::fixed_bin_number, {}, 1000};
  const std::vector<double> plane{2, 2}, volume{2, 2, 2};
  const ResegmentParams soft{-500, 400, {}}, all{-1000, 400, {}}, three_sigma{{}, {}, 3}, both{-1000, 400, 3};
  const char* ct = "ct_phantom";
  const Row rows[] = {
      {"digital_phantom", "digital_phantom", Slices::both, {}, linear, {}, one, as_is},
      {"A", ct, Slices::apart, {}, linear, soft, wide, as_is},
      {"B", ct, Slices::apart, plane, linear, soft, numbered, as_is},
      {"C", ct, Slices::volume, volume, linear, all, wide, narrow},
      {"D", ct, Slices::volume, volume, linear, three_sigma, numbered, as_is},
      {"E", ct, Slices::volume, volume, cubic, both, numbered, thousand},
  };
  std::vector<Configuration> out;
  for (const Row& row : rows) out.push_back({row.name, row.phantom, params_of(row)});
  return out;
}

}  // namespace radfuse::conformance
