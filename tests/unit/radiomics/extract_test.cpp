// SPDX-License-Identifier: Apache-2.0
// Names, reasons and small regions; the tables of features hold together.
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "radfuse/base/error.hpp"
#include "radfuse/radiomics/features.hpp"
#include "support.hpp"

namespace radfuse::radiomics {
namespace {

using test::features_of;
using test::grid_of;
using test::params_of;

TEST(Tables, NamesCodesAndTagsAreUnique) {
  std::set<std::string> codes, tags;
  std::size_t total = 0;
  for (const FamilyDef& family : families()) {
    std::set<std::string> names;
    for (const FeatureDef& feature : family.features) {
      ++total;
      EXPECT_TRUE(names.emplace(feature.name).second) << feature.name;
      EXPECT_FALSE(feature.doc.empty());
      if (feature.code.empty()) continue;
      EXPECT_EQ(feature.code.size(), 4U);
      EXPECT_TRUE(codes.emplace(feature.code).second) << feature.code;
      EXPECT_TRUE(tags.emplace(feature.tag).second) << feature.tag;
    }
  }
  std::size_t expected = 29 + 10;          // morphology, morphology_2d
  expected += 2 + 18 + 23 + 7;             // local intensity, statistics, histogram, intensity-volume histogram
  expected += 25 + 16 + 16 + 16 + 5 + 17;  // GLCM, GLRLM, GLSZM, GLDZM, NGTDM, NGLDM
  EXPECT_EQ(total, expected);
}

TEST(FeatureNames, DependOnTheImageAndFollowTheTableWhateverTheOrderAsked) {
  RadiomicsParams p = params_of();
  const auto volume = feature_names(p, false), plane = feature_names(p, true);
  EXPECT_EQ(volume.size(), 29U + 2U + 18U + 23U + 7U + 25U + 16U + 16U + 16U + 5U + 17U);
  EXPECT_EQ(plane.size(), 10U + 2U + 18U + 23U + 7U + 25U + 16U + 16U + 16U + 5U + 17U);
  EXPECT_EQ(volume.front(), "original.morphology.volume");
  EXPECT_EQ(volume.back(), "original.ngldm.dependence_count_energy.3d");
  EXPECT_EQ(plane.back(), "original.ngldm.dependence_count_energy.2d");
  std::reverse(p.families.begin(), p.families.end());
  EXPECT_EQ(feature_names(p, false), volume);
  p.families = {FeatureGroup::glcm, FeatureGroup::morphology};
  p.glcm.aggregations = {Aggregation::merged_3d, Aggregation::average_2d};
  EXPECT_EQ(feature_names(p, true).back(), "original.glcm.information_correlation_2.2d_average");
  p.glcm.aggregations = {Aggregation::merged_3d};
  EXPECT_THROW(feature_names(p, true), StudyError);
  p.families = {FeatureGroup::gldzm};
  EXPECT_EQ(feature_names(p, true).back(), "original.gldzm.zone_distance_entropy.2d");
  p.gldzm.aggregations = {ZoneAggregation::slices_merged, ZoneAggregation::volume};
  EXPECT_EQ(feature_names(p, false).back(), "original.gldzm.zone_distance_entropy.3d");
  EXPECT_THROW(feature_names(p, true), StudyError);
}

void every_gap_has_a_reason(const test::Features& f) {
  for (const auto& [name, value] : f.values) {
    EXPECT_EQ(std::isnan(value), f.reasons.count(name) == 1) << name;
    EXPECT_FALSE(std::isinf(value)) << name;
  }
  for (const auto& [name, reason] : f.reasons) EXPECT_FALSE(explain_reason(reason).empty()) << reason;
}

TEST(Extract, OneVoxel) {
  const Volume image(grid_of(3, 3, 3), 5);
  Mask mask(image.grid);
  mask.at(1, 1, 1) = 1;
  const auto f = features_of(image, mask, params_of());
  every_gap_has_a_reason(f);
  EXPECT_EQ(f.at("intensity_statistics.mean"), 5);
  EXPECT_EQ(f.at("intensity_statistics.variance"), 0);
  EXPECT_EQ(f.reason("intensity_statistics.skewness"), "one_intensity");
  EXPECT_EQ(f.reason("morphology.elongation"), "roi_one_voxel");
  EXPECT_EQ(f.reason("morphology.volume_density_aee"), "roi_flat");
  EXPECT_EQ(f.reason("morphology.morans_i_index"), "roi_one_voxel");
  EXPECT_EQ(f.reason("glcm.contrast.3d_merged"), "no_neighbours");
  EXPECT_EQ(f.at("morphology.volume_voxel_counting"), 1);
  EXPECT_NEAR(f.at("morphology.maximum_3d_diameter"), 1, 1e-12);
}

TEST(Extract, OneGreyLevel) {
  const Volume image(grid_of(4, 4, 4), 5);
  const auto f = features_of(image, Mask(image.grid, 1), params_of());
  every_gap_has_a_reason(f);
  EXPECT_EQ(f.reason("glcm.correlation.3d_merged"), "one_grey_level");
  EXPECT_EQ(f.at("glcm.contrast.3d_merged"), 0);
  EXPECT_EQ(f.at("glcm.joint_entropy.3d_merged"), 0);
  EXPECT_EQ(f.reason("intensity_histogram.maximum_gradient"), "one_grey_level");
  EXPECT_EQ(f.at("intensity_histogram.entropy"), 0);
}

TEST(Extract, LinesAndPlanes) {
  for (const Grid& g : {grid_of(7, 1, 1), grid_of(1, 6, 5)}) {
    const auto s = test::random_sample(g, 9);
    const auto f = features_of(s.image, Mask(g, 1), params_of());
    every_gap_has_a_reason(f);
    EXPECT_EQ(f.at("morphology.flatness"), 0);
    EXPECT_EQ(f.reason("morphology.area_density_aee"), "roi_flat");
    EXPECT_GT(f.at("morphology.volume"), 0);
    EXPECT_LE(f.at("morphology.volume_density_convex_hull"), 1 + 1e-12);
  }
}

TEST(Extract, AddingAConstantMovesOnlyLocation) {
  const auto s = test::random_sample(grid_of(8, 8, 4), 10);
  Volume moved = s.image;
  for (float& v : moved.values) v += 100;
  const auto a = features_of(s.image, s.mask, params_of()), b = features_of(moved, s.mask, params_of());
  for (const char* same : {"intensity_statistics.variance", "intensity_statistics.skewness", "intensity_histogram.mean",
                           "glcm.contrast.3d_merged", "morphology.morans_i_index"})
    EXPECT_NEAR(a.at(same), b.at(same), 1e-9) << same;
  EXPECT_NEAR(b.at("intensity_statistics.mean"), a.at("intensity_statistics.mean") + 100, 1e-9);
}

}  // namespace
}  // namespace radfuse::radiomics
