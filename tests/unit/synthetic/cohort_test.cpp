// SPDX-License-Identifier: Apache-2.0
// Synthetic cohorts: who is in them, that the same seed gives the same bytes, and that the stated truth is in the data.
#include "radfuse/synthetic/cohort.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "measure.hpp"
#include "radfuse/base/hash.hpp"

namespace radfuse::synthetic {
namespace {

using test::auc;
using test::correlation;
using test::dice;

const std::vector<Kind> kAllKinds = {Kind::us2d, Kind::xray2d, Kind::ct3d, Kind::mri3d, Kind::pet3d};

std::string fingerprint(const SyntheticCase& made) {
  const auto bytes = [](const auto& values) {
    return std::string_view(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(values[0]));
  };
  std::string all = sha256(bytes(made.image.values));
  for (const Mask& mask : made.masks) all += sha256(bytes(mask.values));
  return all;
}

TEST(CohortPlan, SameSeedSameCasesOtherSeedOthers) {
  for (const Kind kind : kAllKinds) {
    const CohortPlan a = plan_cohort(kind, 60, 7), b = plan_cohort(kind, 60, 7), c = plan_cohort(kind, 60, 8);
    ASSERT_EQ(a.cases.size(), 60U);
    bool differs = false;
    for (std::size_t i = 0; i < 60; ++i) {
      EXPECT_EQ(a.cases[i].truth.logit, b.cases[i].truth.logit);
      EXPECT_EQ(a.cases[i].outcome, b.cases[i].outcome);
      EXPECT_EQ(a.cases[i].role, b.cases[i].role);
      differs = differs || a.cases[i].truth.logit != c.cases[i].truth.logit;
    }
    EXPECT_TRUE(differs);
  }
}

TEST(CohortPlan, SplitsHaveBothOutcomesAndTheThirdCentreIsExternal) {
  for (const Kind kind : kAllKinds)
    for (const std::size_t cases : {12U, 24U, 60U, 120U})
      for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        std::size_t count[3][2] = {};
        for (const PlannedCase& c : plan_cohort(kind, cases, seed).cases) {
          ++count[static_cast<std::size_t>(c.role)][c.outcome];
          EXPECT_EQ(c.role == Role::external, c.site == "C3");
        }
        for (const auto& role : count) {
          EXPECT_GE(role[0], 1U);
          EXPECT_GE(role[1], 1U);
        }
        const double inner = static_cast<double>(count[0][0] + count[0][1] + count[1][0] + count[1][1]);
        EXPECT_NEAR(static_cast<double>(count[0][0] + count[0][1]), 0.7 * inner, 0.5 + 1e-9);
        if (cases >= 24U) {
          EXPECT_GE(std::min(count[0][0], count[0][1]), 5U);
        }
      }
}

TEST(CohortPlan, PrevalenceAndStrengthsAreAsStated) {
  // Expected values: 2,000,000 plain draws from the stated logistic model (numpy), without hypercubes or systematic
  // sampling; their own error is below 0.001.
  const CohortPlan plan = plan_cohort(Kind::us2d, 3000, 3);
  std::vector<int> y;
  std::vector<double> all, lesion, rim, clinical;
  double positives = 0;
  for (const PlannedCase& c : plan.cases) {
    y.push_back(c.outcome);
    positives += c.outcome;
    all.push_back(c.truth.logit);
    lesion.push_back(kCoefficients.texture * c.truth.texture + kCoefficients.shape * c.truth.shape);
    rim.push_back(c.truth.rim);
    clinical.push_back(c.clinical.marker_a);
    EXPECT_NEAR(c.truth.probability, 1.0 / (1.0 + std::exp(-c.truth.logit)), 1e-15);
    EXPECT_NEAR(c.clinical.marker_a, 50.0 + 12.0 * c.truth.clinical, 0.0625 + 1e-12);
  }
  EXPECT_NEAR(positives / 3000.0, 0.446, 0.01);
  EXPECT_NEAR(auc(all, y), 0.950, 0.012);
  EXPECT_NEAR(auc(lesion, y), 0.756, 0.025);
  EXPECT_NEAR(auc(rim, y), 0.784, 0.025);
  EXPECT_NEAR(auc(clinical, y), 0.689, 0.025);
}

TEST(CohortPlan, LatentsAreSpreadEvenlyAndNearlyUncorrelatedInSmallCohorts) {
  const CohortPlan plan = plan_cohort(Kind::ct3d, 60, 5);
  std::vector<double> latents[4];
  for (const PlannedCase& c : plan.cases) {
    const double values[] = {c.truth.texture, c.truth.shape, c.truth.rim, c.truth.clinical};
    for (std::size_t a = 0; a < 4; ++a) latents[a].push_back(values[a]);
  }
  for (std::size_t a = 0; a < 4; ++a) {
    EXPECT_NEAR(test::mean(latents[a]), 0.0, 0.08);
    EXPECT_NEAR(test::sd(latents[a]), 0.95, 0.06);  // 0.95: standard deviation after the cut at +-2.5
    for (std::size_t b = 0; b < a; ++b) EXPECT_LT(std::abs(correlation(latents[a], latents[b])), 0.3);
  }
}

TEST(CohortPlan, RefusesTooFewCases) {
  EXPECT_THROW(plan_cohort(Kind::us2d, 11, 1), StudyError);
  EXPECT_THROW(plan_cohort(Kind::us2d, 10000, 1), StudyError);
}

TEST(MakeCase, SameBytesInAnyOrderAndOthersForAnotherCase) {
  for (const Kind kind : kAllKinds) {
    const CohortPlan plan = plan_cohort(kind, 24, 11);
    const std::string third = fingerprint(make_case(plan, 3));
    const std::string fourth = fingerprint(make_case(plan, 4));
    EXPECT_EQ(fingerprint(make_case(plan_cohort(kind, 24, 11), 4)), fourth);
    EXPECT_EQ(fingerprint(make_case(plan, 3)), third);
    EXPECT_NE(third, fourth);
    EXPECT_NE(fingerprint(make_case(plan_cohort(kind, 24, 12), 3)), third);
  }
}

TEST(MakeCase, ValuesFitTheirStorageAndGridsAgree) {
  for (const Kind kind : kAllKinds) {
    const CohortPlan plan = plan_cohort(kind, 12, 2);
    const double low = storage_of(kind) == Storage::int16 ? -32768 : 0;
    const double high = storage_of(kind) == Storage::uint8 ? 255 : storage_of(kind) == Storage::uint16 ? 65535 : 32767;
    for (std::size_t i = 0; i < 3; ++i) {
      const SyntheticCase made = make_case(plan, i);
      std::set<float> levels;
      for (const float v : made.image.values) {
        const double steps = storage_of(kind) == Storage::float32 ? 1000.0 : 1.0;  // thousandths of an SUV
        ASSERT_EQ(v, static_cast<float>(std::round(static_cast<double>(v) * steps) / steps));
        ASSERT_GE(v, low);
        ASSERT_LE(v, high);
        levels.insert(v);
      }
      EXPECT_GT(levels.size(), 100U);
      EXPECT_EQ(made.masks.size(), kReaders.size());
      for (const Mask& mask : made.masks) EXPECT_EQ(mask.grid, made.image.grid);
      EXPECT_EQ(made.image.grid.spacing[0], plan.cases[i].spacing_mm);
      EXPECT_EQ(made.image.grid.size[2] == 1, is_plane(kind));
    }
  }
}

TEST(CohortPlan, TheFormChangesNothingButTheFiles) {
  const CohortPlan native = plan_cohort(Kind::ct3d, 24, 3), dicom = plan_cohort(Kind::ct3d, 24, 3, Form::dicom);
  EXPECT_EQ(fingerprint(make_case(native, 2)), fingerprint(make_case(dicom, 2)));
  for (std::size_t i = 0; i < 24; ++i) {
    EXPECT_EQ(native.cases[i].outcome, dicom.cases[i].outcome);
    EXPECT_TRUE(dicom.cases[i].as_dicom);
  }
}

TEST(MakeCase, EveryFifthCtIsDicom) {
  const CohortPlan ct = plan_cohort(Kind::ct3d, 12, 2), mr = plan_cohort(Kind::mri3d, 12, 2);
  for (std::size_t i = 0; i < 12; ++i) {
    EXPECT_EQ(ct.cases[i].as_dicom, i == 4 || i == 9);
    EXPECT_FALSE(mr.cases[i].as_dicom);
  }
}

// One measurement of every case of a small cohort; the truth must show in the pixels.
class Pixels : public ::testing::TestWithParam<Kind> {};

TEST_P(Pixels, ShowTheTruthAndReadersDiffer) {
  const CohortPlan plan = plan_cohort(GetParam(), 30, 4);
  std::vector<double> rim, shape, texture, rim_seen, shape_seen, texture_seen, area[2];
  double least_dice = 1, mean_dice = 0;
  for (std::size_t i = 0; i < plan.cases.size(); ++i) {
    const SyntheticCase made = make_case(plan, i);
    const Truth& t = plan.cases[i].truth;
    rim.push_back(t.rim);
    shape.push_back(t.shape);
    texture.push_back(t.texture);
    const test::Seen seen = test::measure(made.image, made.masks[0]);
    rim_seen.push_back(seen.rim_contrast);
    shape_seen.push_back(seen.irregularity);
    texture_seen.push_back(seen.heterogeneity);
    for (std::size_t r = 0; r < 2; ++r) area[r].push_back(static_cast<double>(made.masks[r].count()));
    const double overlap = dice(made.masks[0], made.masks[1]);
    least_dice = std::min(least_dice, overlap);
    mean_dice += overlap / static_cast<double>(plan.cases.size());
    EXPECT_LT(overlap, 0.99);
    EXPECT_GT(dice(made.masks[0], made.truth_mask), 0.85);
  }
  EXPECT_GT(least_dice, 0.80);
  EXPECT_GT(mean_dice, 0.88);
  EXPECT_LT(mean_dice, 0.97);
  EXPECT_GT(correlation(rim, rim_seen), 0.85);
  EXPECT_GT(correlation(shape, shape_seen), 0.70);
  EXPECT_GT(correlation(texture, texture_seen), 0.55);
  // The second reader outlines a little more, so that readers differ by a bias, too.
  EXPECT_GT(test::mean(area[1]), test::mean(area[0]));
}

TEST_P(Pixels, CentresDifferInNoiseAndResolution) {
  const CohortPlan plan = plan_cohort(GetParam(), 30, 4);
  std::set<double> spacings;
  std::vector<double> noise[3];
  for (std::size_t i = 0; i < 18; ++i) {
    const SyntheticCase made = make_case(plan, i);
    spacings.insert(plan.cases[i].spacing_mm);
    noise[plan.cases[i].centre].push_back(test::fine_noise(made.image));
  }
  EXPECT_EQ(spacings.size(), 3U);
  const double means[3] = {test::mean(noise[0]), test::mean(noise[1]), test::mean(noise[2])};
  const double spread = *std::ranges::max_element(means) / *std::ranges::min_element(means);
  EXPECT_GT(spread, 1.08) << means[0] << " " << means[1] << " " << means[2];
}

INSTANTIATE_TEST_SUITE_P(Kinds, Pixels, ::testing::ValuesIn(kAllKinds),
                         [](const auto& info) { return std::string(name_of(kKinds, info.param)); });

}  // namespace
}  // namespace radfuse::synthetic
