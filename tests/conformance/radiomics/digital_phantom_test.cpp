// SPDX-License-Identifier: Apache-2.0
// The IBSI's digital phantom: every consensus value of the families offered, each a failure when it is not produced.
#include <gtest/gtest.h>

#include <algorithm>

#include "ibsi_reference.hpp"
#include "nifti.hpp"

namespace radfuse {
namespace {

const std::filesystem::path kSource = RADFUSE_SOURCE_DIR;

TEST(DigitalPhantom, EveryReferenceRowIsReproduced) {
  RadiomicsParams params =
      test::settings({Aggregation::average_2d, Aggregation::slice_merged_2d, Aggregation::direction_merged_2_5d,
                      Aggregation::merged_2_5d, Aggregation::average_3d, Aggregation::merged_3d},
                     {ZoneAggregation::slices_averaged, ZoneAggregation::slices_merged, ZoneAggregation::volume});
  params.discretise = DiscretiseParams{Discretisation::fixed_bin_size, 1.0, 32};
  const Volume image = test::read_nifti(kSource / "data/ibsi/image.nii.gz");
  const Mask mask = test::read_nifti_mask(kSource / "data/ibsi/mask.nii.gz");
  ASSERT_EQ(mask.count(), 74U);
  const auto computed = test::features_by_tag(image, mask, params);
  std::size_t compared = 0, not_offered = 0;
  for (const auto& row :
       test::reference_rows(kSource / "tests/conformance/ibsi/digital_phantom.csv", "digital_phantom")) {
    const auto& later = test::not_yet_offered();
    if (std::find(later.begin(), later.end(), row.family) != later.end()) {
      ++not_offered;
      continue;
    }
    ++compared;
    const auto found = computed.find(row.tag);
    if (found == computed.end()) {
      ADD_FAILURE() << row.tag << " is not produced";
      continue;
    }
    EXPECT_TRUE(test::reproduces(found->second, row))
        << row.tag << ": " << found->second << " instead of " << row.printed << " +- " << test::allowed(row);
  }
  EXPECT_EQ(compared, 25U + 18U + 23U + 6U * 25U + 3U * (16U + 16U + 5U + 17U));
  EXPECT_EQ(compared + not_offered, 482U);
  RecordProperty("not_yet_offered", static_cast<int>(not_offered));
}

TEST(DigitalPhantom, FixedBinNumberGivesTheSameGreyLevels) {
  RadiomicsParams params = test::settings({Aggregation::merged_3d}, {ZoneAggregation::volume});
  params.discretise = DiscretiseParams{Discretisation::fixed_bin_number, {}, 6};
  const Volume image = test::read_nifti(kSource / "data/ibsi/image.nii.gz");
  const Mask mask = test::read_nifti_mask(kSource / "data/ibsi/mask.nii.gz");
  const auto grey = radiomics::prepare(image, mask, params, false).grey.value();
  EXPECT_EQ(grey.count, 6);
  for (std::size_t i = 0; i < mask.values.size(); ++i)
    EXPECT_EQ(static_cast<float>(grey.levels[i]), mask.values[i] != 0 ? image.values[i] : 0);
}

}  // namespace
}  // namespace radfuse
