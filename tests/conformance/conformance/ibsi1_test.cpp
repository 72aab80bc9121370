// SPDX-License-Identifier: Apache-2.0
// Every consensus value of the IBSI's chapter 1, each a failure when it is not produced.
#include "radfuse/conformance/ibsi1.hpp"

#include <gtest/gtest.h>

#include "radfuse/imaging/read.hpp"
#include "reference_data.hpp"

namespace radfuse::conformance {
namespace {

const std::filesystem::path kSource = RADFUSE_SOURCE_DIR;

void expect_reproduced(const Conformance& found) {
  for (const Result& result : found.compared) {
    const ReferenceRow& row = result.reference;
    if (!result.value)
      ADD_FAILURE() << row.configuration << " " << row.tag << " is not produced";
    else
      EXPECT_TRUE(result.pass) << row.configuration << " " << row.tag << ": " << *result.value << " instead of "
                               << row.printed << " +- " << allowed(row);
  }
}

/// The phantom that is shipped, and its reference rows: checked in every run.
TEST(Ibsi1, TheDigitalPhantomIsReproduced) {
  const Configuration digital = ibsi1_configurations().front();
  ASSERT_EQ(digital.name, "digital_phantom");
  const Volume image = read_image(kSource / "data/ibsi/image.nii.gz");
  const Mask mask = read_mask(kSource / "data/ibsi/mask.nii.gz");
  EXPECT_EQ(mask.count(), 74U);
  Conformance found;
  compare(read_reference(kSource / "tests/conformance/ibsi/digital_phantom.csv"), digital.name,
          values_by_tag(image, mask, digital.params), found);
  EXPECT_EQ(found.features.total, 482U);
  EXPECT_EQ(found.without_reference.size(), 5U);
  expect_reproduced(found);
}

TEST(Ibsi1, FixedBinNumberGivesTheDigitalPhantomTheSameValues) {
  Configuration digital = ibsi1_configurations().front();
  digital.params.discretise = DiscretiseParams{Discretisation::fixed_bin_number, {}, 6};
  const Volume image = read_image(kSource / "data/ibsi/image.nii.gz");
  const Mask mask = read_mask(kSource / "data/ibsi/mask.nii.gz");
  Conformance found;
  compare(read_reference(kSource / "tests/conformance/ibsi/digital_phantom.csv"), digital.name,
          values_by_tag(image, mask, digital.params), found);
  expect_reproduced(found);
}

TEST(Ibsi1, EveryRowOfTheReferenceTablesIsReproduced) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  const Conformance found = ibsi1(data, 1);
  EXPECT_EQ(found.features.total, 1804U);
  EXPECT_EQ(found.diagnostics.total, 300U);
  EXPECT_EQ(found.without_reference.size(), 30U);
  expect_reproduced(found);
}

TEST(Ibsi1, EveryRowOfTheCtPhantomIsReproducedFromDicom) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  const Conformance found = ibsi1_dicom(data, 1);
  EXPECT_EQ(found.features.total, 1804U - 482U);
  EXPECT_EQ(found.diagnostics.total, 300U);
  ASSERT_TRUE(found.masks.has_value());
  EXPECT_EQ(found.masks->dicom, 125256U);
  EXPECT_EQ(found.masks->differing, 0U);
  expect_reproduced(found);
}

TEST(Ibsi1, AToleranceOfZeroMeansTheDigitsPrinted) {
  const auto row = [](const char* family, const char* printed, double value) {
    ReferenceRow r;
    r.family = family;
    r.printed = printed;
    r.value = value;
    return r;
  };
  EXPECT_NEAR(allowed(row("Morphology", "0.698", 0.698)), 0.0005, 1e-9);
  EXPECT_NEAR(allowed(row("Morphology", "2.5", 2.5)), 0.005, 1e-9);  // three digits at least
  EXPECT_NEAR(allowed(row("Statistics", "1490", 1490)), 5, 1e-6);    // 1.49e3
  EXPECT_NEAR(allowed(row("Statistics", "1492", 1492)), 0.5, 1e-6);
  EXPECT_NEAR(allowed(row("Diagnostics", "1490", 1490)), 0.5, 1e-6);  // a count
}

}  // namespace
}  // namespace radfuse::conformance
