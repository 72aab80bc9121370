// SPDX-License-Identifier: Apache-2.0
// From stored values to values that mean something: each choice against arithmetic on paper.
#include "scaling.hpp"

#include <gmock/gmock.h>

#include <bit>
#include <memory>

#include "radfuse/base/error.hpp"

namespace radfuse::dicom {
namespace {

using ::testing::HasSubstr;
const DcmTag kScaleSlope(0x2005, 0x100E, EVR_FL);

class MrScale : public ::testing::Test {
 protected:
  void SetUp() override {
    start_dcmtk();
    data_.putAndInsertString(DCM_Manufacturer, "Philips Medical Systems");
    data_.putAndInsertString(DCM_RescaleSlope, "2");
    data_.putAndInsertString(DCM_RescaleIntercept, "10");
  }
  double value(double stored, MrScaling how) {
    params_.mr.scaling = how;
    const Scaling scaling = scaling_of(data_, "MR", params_, notes_);
    return stored * scaling.slope + scaling.intercept;
  }
  std::string refusal(MrScaling how) {
    try {
      value(1, how);
    } catch (const InputError& error) {
      return error.what();
    }
    return {};
  }
  void map_real_world(long item, double slope, double intercept) {
    DcmItem* map = nullptr;
    ASSERT_TRUE(data_.findOrCreateSequenceItem(DCM_RealWorldValueMappingSequence, map, item).good());
    map->putAndInsertFloat64(DCM_RealWorldValueSlope, slope);
    map->putAndInsertFloat64(DCM_RealWorldValueIntercept, intercept);
  }
  DcmDataset data_;
  DicomParams params_;
  std::vector<std::string> notes_;
};

TEST_F(MrScale, RescaleAndStored) {
  EXPECT_EQ(value(100, MrScaling::rescale), 210);
  EXPECT_EQ(value(100, MrScaling::stored), 100);
  data_.findAndDeleteElement(DCM_RescaleSlope);
  data_.findAndDeleteElement(DCM_RescaleIntercept);
  EXPECT_EQ(value(100, MrScaling::rescale), 100) << "where the file has none, stored values are meant";
  data_.putAndInsertString(DCM_RescaleSlope, "0");
  EXPECT_THAT(refusal(MrScaling::rescale), HasSubstr("RescaleSlope of 0"));
}

TEST_F(MrScale, PhilipsFloatingPoint) {
  data_.putAndInsertFloat32(kScaleSlope, 0.25);
  // displayed 100 x 2 + 10 = 210; 210 / (2 x 0.25) = 420
  EXPECT_DOUBLE_EQ(value(100, MrScaling::philips_fp), 420);
}

TEST_F(MrScale, PhilipsFloatingPointFromFourUnknownBytes) {
  const auto bits = std::bit_cast<std::uint32_t>(0.25F);
  const Uint8 bytes[] = {static_cast<Uint8>(bits), static_cast<Uint8>(bits >> 8), static_cast<Uint8>(bits >> 16),
                         static_cast<Uint8>(bits >> 24)};
  auto element = std::make_unique<DcmOtherByteOtherWord>(DcmTag(0x2005, 0x100E, EVR_UN));
  ASSERT_TRUE(element->putUint8Array(bytes, 4).good());
  ASSERT_TRUE(data_.insert(element.release()).good());
  EXPECT_DOUBLE_EQ(value(100, MrScaling::philips_fp), 420);
}

TEST_F(MrScale, PhilipsFloatingPointNeedsItsAttributesAndItsMaker) {
  EXPECT_THAT(refusal(MrScaling::philips_fp), HasSubstr("lacks the scale slope (2005,100E)"));
  data_.putAndInsertFloat32(kScaleSlope, 0.25);
  data_.findAndDeleteElement(DCM_RescaleSlope);
  EXPECT_THAT(refusal(MrScaling::philips_fp), HasSubstr("choose rescale or stored"));
  data_.putAndInsertString(DCM_RescaleSlope, "2");
  data_.putAndInsertString(DCM_Manufacturer, "SIEMENS");
  EXPECT_THAT(refusal(MrScaling::philips_fp), HasSubstr("is not from Philips"));
}

TEST_F(MrScale, RealWorldMapping) {
  EXPECT_THAT(refusal(MrScaling::real_world), HasSubstr("has no real-world value mapping"));
  map_real_world(0, 0.5, -5);
  EXPECT_EQ(value(100, MrScaling::real_world), 45);
  map_real_world(1, 1, 0);
  EXPECT_THAT(refusal(MrScaling::real_world), HasSubstr("several real-world value mappings"));
}

TEST_F(MrScale, OtherModalitiesTakeTheRescale) {
  params_.mr.scaling = MrScaling::stored;
  const Scaling scaling = scaling_of(data_, "CT", params_, notes_);
  EXPECT_EQ(scaling, (Scaling{2, 10}));
}

TEST(Polarity, OneInversionAtMost) {
  DicomParams params;
  EXPECT_TRUE(is_inverted("MONOCHROME1", "DX", params));
  EXPECT_FALSE(is_inverted("MONOCHROME2", "DX", params));
  EXPECT_TRUE(is_inverted("MONOCHROME1", "MR", params));
  EXPECT_FALSE(is_inverted("MONOCHROME1", "CT", params));
  EXPECT_FALSE(is_inverted("MONOCHROME1", "PT", params));
  params.radiograph.invert = Inversion::never;
  EXPECT_FALSE(is_inverted("MONOCHROME1", "DX", params));
  params.radiograph.invert = Inversion::always;
  EXPECT_TRUE(is_inverted("MONOCHROME2", "IO", params));
  EXPECT_TRUE(is_inverted("MONOCHROME1", "IO", params)) << "once, not twice";
  EXPECT_FALSE(is_inverted("MONOCHROME1", "CT", params)) << "a choice for radiographs only";
}

}  // namespace
}  // namespace radfuse::dicom
