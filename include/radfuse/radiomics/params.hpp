// SPDX-License-Identifier: Apache-2.0
// radiomics: which regions, how images are prepared, which features. Terms and defaults follow the Image Biomarker
// Standardisation Initiative (IBSI, Zwanenburg et al., Radiology 2020).
#pragma once

#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "radfuse/base/fields.hpp"

namespace radfuse {

enum class RoiSource { none, mask, segment };
inline constexpr Named<RoiSource> kRoiSources[] = {
    {"none", RoiSource::none, "made from another region (ring_mm)"},
    {"mask", RoiSource::mask, "the mask that the manifest names"},
    {"segment", RoiSource::segment, "the mask that the segment stage drew"},
};

struct RoiParams {
  RoiSource from = RoiSource::none;
  std::optional<double> label;
  std::vector<double> ring_mm;
  std::string of;
};
inline void bind(Fields& f, RoiParams& p) {
  f.choice("from", p.from, kRoiSources, "Where the region's outline comes from");
  f.field("label", p.label, {1, 65535}, "Value of the region in a mask with several; left out: every value but 0");
  f.field("ring_mm", p.ring_mm, {2, 2, {0, 1000}},
          "A rim around another region: from more than the first to at most the second distance in mm");
  f.field("of", p.of, "The region that the rim surrounds: another region's name, or mask, or segment");
  f.require((p.from == RoiSource::none) != p.ring_mm.empty(), "from", "give either from or ring_mm, not both");
  f.require(p.ring_mm.empty() == p.of.empty(), "of", "ring_mm and of go together");
  f.require(p.ring_mm.size() != 2 || p.ring_mm[0] < p.ring_mm[1], "ring_mm", "the first distance must be the smaller");
  f.require(!p.label || *p.label == std::floor(*p.label), "label", "a label is a whole number");
  f.require(!p.label || p.from != RoiSource::none, "label", "a label belongs to from, not to ring_mm");
}

enum class VoxelInterpolation { nearest, linear, cubic };
inline constexpr Named<VoxelInterpolation> kVoxelInterpolations[] = {
    {"nearest", VoxelInterpolation::nearest, "the nearest voxel; the mask too"},
    {"linear", VoxelInterpolation::linear, "linear (bilinear in a plane)"},
    {"cubic", VoxelInterpolation::cubic, "cubic B-spline through the voxels; may overshoot at edges"},
};

struct ResampleParams {
  std::vector<double> spacing_mm;
  VoxelInterpolation interpolator = VoxelInterpolation::linear;
  double partial_volume = 0.5;
  bool round_intensities = false;
};
inline void bind(Fields& f, ResampleParams& p) {
  f.field("spacing_mm", p.spacing_mm, {2, 3, {0, 100}},
          "New voxel size: two numbers (in the plane only) or three; 0 keeps an axis as it is");
  f.choice("interpolator", p.interpolator, kVoxelInterpolations, "How intensities between voxels are found");
  f.field("partial_volume", p.partial_volume, {0.01, 1},
          "A new voxel is in the region when at least this share of it was (linear interpolation of the mask)");
  f.field("round_intensities", p.round_intensities,
          "Round to whole numbers after interpolation: yes for CT, no for PET and MR");
  f.require(p.spacing_mm.size() >= 2, "spacing_mm", "two or three numbers are needed");
  bool possible = true;
  for (const double s : p.spacing_mm) possible = possible && (s == 0 || s >= 1e-3);
  f.require(possible, "spacing_mm", "a voxel size is 0 (keep) or at least 0.001 mm");
}

struct ResegmentParams {
  std::optional<double> low, high, outliers_sigma;
};
inline void bind(Fields& f, ResegmentParams& p) {
  f.field("low", p.low, {}, "Voxels below this intensity are left out (morphology keeps them)");
  f.field("high", p.high, {}, "Voxels above this intensity are left out (morphology keeps them)");
  f.field("outliers_sigma", p.outliers_sigma, {0.1, 100},
          "Voxels further than this many standard deviations from the region's mean are left out");
  f.require(!p.low || !p.high || *p.low < *p.high, "low", "low must be smaller than high");
  f.require(p.low || p.high || p.outliers_sigma, "low", "give at least one of low, high and outliers_sigma");
}

enum class Discretisation { fixed_bin_size, fixed_bin_number };
inline constexpr Named<Discretisation> kDiscretisations[] = {
    {"fixed_bin_size", Discretisation::fixed_bin_size,
     "bins of a fixed width, from resegment.low or else the region's minimum: for calibrated units (HU, SUV)"},
    {"fixed_bin_number", Discretisation::fixed_bin_number,
     "a fixed number of bins between the region's minimum and maximum: for arbitrary units (MR, ultrasound)"},
};

struct DiscretiseParams {
  Discretisation method = Discretisation::fixed_bin_number;
  std::optional<double> width;
  int bins = 32;
};
inline void bind(Fields& f, DiscretiseParams& p) {
  f.choice("method", p.method, kDiscretisations, "How intensities become grey levels");
  f.field("width", p.width, {1e-9, 1e9}, "Width of a bin in image units (fixed_bin_size)");
  f.field("bins", p.bins, {2, 65535}, "Number of bins (fixed_bin_number)");
  f.require(p.method != Discretisation::fixed_bin_size || p.width, "width", "fixed_bin_size needs a width");
}

enum class FeatureGroup {
  morphology,
  local_intensity,
  intensity_statistics,
  intensity_histogram,
  intensity_volume_histogram,
  glcm,
  glrlm,
  glszm,
  gldzm,
  ngtdm,
  ngldm
};
inline constexpr Named<FeatureGroup> kFeatureGroups[] = {
    {"morphology", FeatureGroup::morphology, "size and shape; of a 2-D image the ten of morphology_2d"},
    {"local_intensity", FeatureGroup::local_intensity, "mean intensity in a sphere of 1 cm^3 around the hottest voxel"},
    {"intensity_statistics", FeatureGroup::intensity_statistics, "mean, spread, percentiles of the intensities"},
    {"intensity_histogram", FeatureGroup::intensity_histogram,
     "the same of the grey levels, with entropy and gradients"},
    {"intensity_volume_histogram", FeatureGroup::intensity_volume_histogram,
     "which share of the region has at least which intensity"},
    {"glcm", FeatureGroup::glcm, "grey level co-occurrence: which grey levels lie beside each other"},
    {"glrlm", FeatureGroup::glrlm, "grey level run length: how long rows of one grey level are"},
    {"glszm", FeatureGroup::glszm, "grey level size zone: how large connected patches of one grey level are"},
    {"gldzm", FeatureGroup::gldzm, "grey level distance zone: how far such patches lie from the region's border"},
    {"ngtdm", FeatureGroup::ngtdm, "neighbourhood grey tone difference: how voxels differ from their surroundings"},
    {"ngldm", FeatureGroup::ngldm, "neighbouring grey level dependence: how many neighbours are like the centre"},
};

enum class Aggregation { average_2d, slice_merged_2d, direction_merged_2_5d, merged_2_5d, average_3d, merged_3d };
inline constexpr Named<Aggregation> kAggregations[] = {
    {"2d_average", Aggregation::average_2d, "one matrix a slice and direction; features averaged (IBSI BTW3)"},
    {"2d_slice_merged", Aggregation::slice_merged_2d, "directions merged in each slice; averaged over slices (SUJT)"},
    {"2.5d_direction_merged", Aggregation::direction_merged_2_5d, "slices merged; averaged over directions (JJUI)"},
    {"2.5d_merged", Aggregation::merged_2_5d, "slices and in-plane directions merged in one matrix (ZW7Z)"},
    {"3d_average", Aggregation::average_3d, "one matrix for each of the 13 directions; averaged (ITBB)"},
    {"3d_merged", Aggregation::merged_3d, "the 13 directions merged in one matrix (IAZD)"},
};

enum class ZoneAggregation { slices_averaged, slices_merged, volume };
inline constexpr Named<ZoneAggregation> kZoneAggregations[] = {
    {"2d", ZoneAggregation::slices_averaged, "one matrix a slice; features averaged over slices (IBSI 8QNN)"},
    {"2.5d", ZoneAggregation::slices_merged, "the slices' matrices merged in one (62GR)"},
    {"3d", ZoneAggregation::volume, "one matrix of the volume (KOBO)"},
};

enum class DistanceWeighting { none, manhattan, euclidean, infinity };
inline constexpr Named<DistanceWeighting> kDistanceWeightings[] = {
    {"none", DistanceWeighting::none, "every direction counts alike: the IBSI's default and advice"},
    {"manhattan", DistanceWeighting::manhattan, "m is the number of voxels along the three axes added up"},
    {"euclidean", DistanceWeighting::euclidean, "m is the straight distance in voxels"},
    {"infinity", DistanceWeighting::infinity,
     "m is the number of voxels along the longest axis: alike in all directions"},
};
inline constexpr const char* kDistanceWeightingDoc =
    "Matrices of different directions are multiplied by exp(-m^2) before they are merged, m being the length of the "
    "direction in voxels (of 1x1x1 mm: PyRadiomics' weightingNorm); averages over directions do not change";

struct GlcmParams {
  std::vector<Aggregation> aggregations;
  int distance = 1;
  bool symmetric = true;
  DistanceWeighting weighting = DistanceWeighting::none;
};
inline constexpr const char* kAggregationsDoc =
    "How slices and directions are combined; left out: 3d_merged in volumes, 2d_slice_merged in 2-D images, where only "
    "the 2d ones apply";
inline void bind(Fields& f, GlcmParams& p) {
  f.choices("aggregations", p.aggregations, kAggregations, kAggregationsDoc);
  f.field("distance", p.distance, {1, 100}, "Distance between the two voxels of a pair, in voxels (Chebyshev)");
  f.field("symmetric", p.symmetric,
          "Count each pair in both orders, as the IBSI does; no: only from a voxel to the one further along z, else y, "
          "else x");
  f.choice("weighting", p.weighting, kDistanceWeightings, kDistanceWeightingDoc);
}

struct GlrlmParams {
  std::vector<Aggregation> aggregations;
  DistanceWeighting weighting = DistanceWeighting::none;
};
inline void bind(Fields& f, GlrlmParams& p) {
  f.choices("aggregations", p.aggregations, kAggregations, kAggregationsDoc);
  f.choice("weighting", p.weighting, kDistanceWeightings, kDistanceWeightingDoc);
}

inline constexpr const char* kZoneAggregationsDoc =
    "How slices are combined; left out: 3d in volumes, 2d in 2-D images, where nothing else applies";
struct ZoneParams {
  std::vector<ZoneAggregation> aggregations;
};
inline void bind(Fields& f, ZoneParams& p) {
  f.choices("aggregations", p.aggregations, kZoneAggregations, kZoneAggregationsDoc);
}

struct NgtdmParams {
  std::vector<ZoneAggregation> aggregations;
  int distance = 1;
};
inline void bind(Fields& f, NgtdmParams& p) {
  f.choices("aggregations", p.aggregations, kZoneAggregations, kZoneAggregationsDoc);
  f.field("distance", p.distance, {1, 20}, "How far a voxel's neighbourhood reaches, in voxels (Chebyshev)");
}

struct NgldmParams {
  std::vector<ZoneAggregation> aggregations;
  int distance = 1;
  int coarseness = 0;
};
inline void bind(Fields& f, NgldmParams& p) {
  f.choices("aggregations", p.aggregations, kZoneAggregations, kZoneAggregationsDoc);
  f.field("distance", p.distance, {1, 20}, "How far a voxel's neighbourhood reaches, in voxels (Chebyshev)");
  f.field("coarseness", p.coarseness, {0, 65535}, "Grey levels that differ by at most this much count as alike");
}

enum class IvhDiscretisation { none, fixed_bin_size, fixed_bin_number };
inline constexpr Named<IvhDiscretisation> kIvhDiscretisations[] = {
    {"none", IvhDiscretisation::none, "intensities as they are: whole numbers in calibrated units (CT)"},
    {"fixed_bin_size", IvhDiscretisation::fixed_bin_size, "bins of a fixed width: calibrated, not whole (PET)"},
    {"fixed_bin_number", IvhDiscretisation::fixed_bin_number, "a fixed number of bins: arbitrary units (MR)"},
};
struct IvhParams {
  IvhDiscretisation method = IvhDiscretisation::none;
  std::optional<double> width;
  int bins = 1000;
};
inline void bind(Fields& f, IvhParams& p) {
  f.choice("method", p.method, kIvhDiscretisations, "How intensities are binned for the intensity-volume histogram");
  f.field("width", p.width, {1e-9, 1e9}, "Width of a bin in image units (fixed_bin_size)");
  f.field("bins", p.bins, {2, 65535}, "Number of bins (fixed_bin_number)");
  f.require(p.method != IvhDiscretisation::fixed_bin_size || p.width, "width", "fixed_bin_size needs a width");
}

/// Families that need grey levels.
inline bool needs_discretisation(FeatureGroup g) {
  return g == FeatureGroup::intensity_histogram || g >= FeatureGroup::glcm;
}

struct RadiomicsParams {
  std::vector<std::pair<std::string, RoiParams>> rois;
  std::vector<FeatureGroup> families = {FeatureGroup::morphology,
                                        FeatureGroup::local_intensity,
                                        FeatureGroup::intensity_statistics,
                                        FeatureGroup::intensity_histogram,
                                        FeatureGroup::intensity_volume_histogram,
                                        FeatureGroup::glcm,
                                        FeatureGroup::glrlm,
                                        FeatureGroup::glszm,
                                        FeatureGroup::gldzm,
                                        FeatureGroup::ngtdm,
                                        FeatureGroup::ngldm};
  std::optional<ResampleParams> resample;
  std::optional<ResegmentParams> resegment;
  std::optional<DiscretiseParams> discretise;
  IvhParams ivh;
  GlcmParams glcm;
  GlrlmParams glrlm;
  ZoneParams glszm, gldzm;
  NgtdmParams ngtdm;
  NgldmParams ngldm;
};
/// Every ring leads, region by region, to a mask.
inline bool rings_end_at_a_mask(const std::vector<std::pair<std::string, RoiParams>>& rois) {
  for (const auto& start : rois) {
    const RoiParams* roi = &start.second;
    for (std::size_t steps = 0; roi != nullptr && !roi->of.empty(); ++steps) {
      if (steps > rois.size()) return false;
      const RoiParams* next = nullptr;
      for (const auto& [name, params] : rois)
        if (name == roi->of) next = &params;
      if (next == nullptr && roi->of != "mask" && roi->of != "segment") return false;
      roi = next;
    }
  }
  return true;
}
inline void bind(Fields& f, RadiomicsParams& p) {
  f.map("rois", p.rois, "Regions that features are taken from, by name", Need::required);
  f.choices("families", p.families, kFeatureGroups, "Groups of features");
  f.section("resample", p.resample, "Interpolation to one voxel size; left out: the voxels stay as they are");
  f.section("resegment", p.resegment, "Leave voxels out by their intensity; left out: all count");
  f.section("discretise", p.discretise, "Binning for histogram and texture");
  f.section("ivh", p.ivh, "Intensity-volume histogram: it has a binning of its own");
  f.section("glcm", p.glcm, "Grey level co-occurrence matrix");
  f.section("glrlm", p.glrlm, "Grey level run length matrix");
  f.section("glszm", p.glszm, "Grey level size zone matrix");
  f.section("gldzm", p.gldzm, "Grey level distance zone matrix");
  f.section("ngtdm", p.ngtdm, "Neighbourhood grey tone difference matrix");
  f.section("ngldm", p.ngldm, "Neighbouring grey level dependence matrix");
  f.require(!p.rois.empty(), "rois", "name at least one region, for example tumour: {from: mask}");
  f.require(rings_end_at_a_mask(p.rois), "rois", "of must lead to a region that comes from a mask");
  bool binned = false;
  for (const FeatureGroup g : p.families) binned = binned || needs_discretisation(g);
  f.require(!binned || p.discretise, "discretise", "intensity_histogram and the texture families need this section");
}

}  // namespace radfuse
