// SPDX-License-Identifier: Apache-2.0
// The text files of a synthetic cohort.
#include "radfuse/synthetic/texts.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include "radfuse/base/text.hpp"

namespace radfuse::synthetic {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Texts, ManifestHasOneRowForEachCaseAndReader) {
  const CohortPlan plan = plan_cohort(Kind::us2d, 12, 1);
  const auto lines = text::split(manifest_csv(plan), '\n');
  ASSERT_EQ(lines.size(), 1U + 24U + 1U);
  EXPECT_EQ(lines[0],
            "case_id,patient_id,reader,site,split,outcome,age,sex,marker_a,marker_b,spacing_mm,us_path,us_mask");
  EXPECT_TRUE(lines[1].starts_with("S001,P001,R1,C1,")) << lines[1];
  EXPECT_TRUE(lines[1].ends_with(",0.25,images/S001.png,masks/S001_R1.png")) << lines[1];
  EXPECT_TRUE(lines[2].starts_with("S001,P001,R2,C1,")) << lines[2];
  for (std::size_t i = 1; i + 1 < lines.size(); ++i) EXPECT_EQ(std::ranges::count(lines[i], ','), 12) << lines[i];
  EXPECT_EQ(manifest_csv(plan_cohort(Kind::us2d, 12, 1)), manifest_csv(plan));
}

TEST(Texts, VolumesAreNiftiAndEveryFifthCtAFolder) {
  const CohortPlan plan = plan_cohort(Kind::ct3d, 12, 1);
  EXPECT_EQ(image_path(Kind::ct3d, plan.cases[0]), "images/S001.nii.gz");
  EXPECT_EQ(image_path(Kind::ct3d, plan.cases[4]), "images/S005");
  EXPECT_EQ(mask_path(plan, plan.cases[4], "R2"), "masks/S005_R2.nii.gz");
  EXPECT_THAT(manifest_csv(plan), Not(HasSubstr("spacing_mm")));
}

TEST(Texts, TheDicomFormNamesSeriesPicturesAndRegions) {
  const CohortPlan ct = plan_cohort(Kind::ct3d, 12, 1, Form::dicom), us = plan_cohort(Kind::us2d, 12, 1, Form::dicom);
  EXPECT_EQ(image_path(Kind::ct3d, ct.cases[0]), "images/S001");
  EXPECT_EQ(mask_path(ct, ct.cases[0], "R1"), "masks/S001_R1.dcm");
  EXPECT_EQ(region_form(ct, "R1"), RegionForm::structure_set);
  EXPECT_EQ(region_form(ct, "R2"), RegionForm::segmentation);
  EXPECT_THAT(study_yaml(ct), HasSubstr("    roi: lesion"));
  EXPECT_EQ(image_path(Kind::us2d, us.cases[0]), "images/S001.dcm");
  EXPECT_EQ(mask_path(us, us.cases[0], "R1"), "masks/S001_R1.png");
  EXPECT_THAT(manifest_csv(us), Not(HasSubstr("spacing_mm")));
  EXPECT_THAT(study_yaml(us), Not(HasSubstr("spacing_column")));
  EXPECT_THAT(study_yaml(us), Not(HasSubstr("roi: lesion ")));
}

TEST(Texts, TruthAddsUpToTheLogit) {
  const auto lines = text::split(truth_csv(plan_cohort(Kind::mri3d, 12, 9)), '\n');
  ASSERT_EQ(lines.size(), 1U + 12U + 1U);
  for (std::size_t i = 1; i <= 12; ++i) {
    const auto cells = text::split(lines[i], ',');
    const auto value = [&](std::size_t c) { return text::to_double(cells[c]).value(); };
    const Coefficients& b = kCoefficients;
    EXPECT_NEAR(value(8),
                b.intercept + b.texture * value(4) + b.shape * value(5) + b.rim * value(6) + b.clinical * value(7),
                1e-12);
  }
}

TEST(Texts, StudyNamesTheManifestColumnsOfItsKind) {
  const std::string us = study_yaml(plan_cohort(Kind::us2d, 60, 1)), ct = study_yaml(plan_cohort(Kind::ct3d, 60, 1));
  EXPECT_THAT(us, HasSubstr("image: us_path"));
  EXPECT_THAT(us, HasSubstr("spacing_column: spacing_mm"));
  EXPECT_THAT(us, HasSubstr("folds: 5, repeats: 2"));
  EXPECT_THAT(ct, HasSubstr("mask: ct_mask"));
  EXPECT_THAT(ct, Not(HasSubstr("spacing_column")));
  EXPECT_THAT(study_yaml(plan_cohort(Kind::us2d, 24, 1)), HasSubstr("folds: 3, repeats: 2"));
}

}  // namespace
}  // namespace radfuse::synthetic
