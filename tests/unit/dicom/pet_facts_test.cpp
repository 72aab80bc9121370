// SPDX-License-Identifier: Apache-2.0
// PET headers as the vendors write them.
#include "pet_facts.hpp"

#include <gtest/gtest.h>

namespace radfuse::dicom {
namespace {

void put(DcmItem& item, const DcmTagKey& tag, const char* value) {
  ASSERT_TRUE(item.putAndInsertString(tag, value).good()) << DcmTag(tag).getTagName();
}

/// As a file without types for private attributes has it.
void put_unknown(DcmItem& item, const DcmTagKey& tag, const std::string& value) {
  auto* bytes = new DcmOtherByteOtherWord(DcmTag(tag, EVR_UN));
  bytes->putUint8Array(reinterpret_cast<const Uint8*>(value.data()), value.size());
  ASSERT_TRUE(item.insert(bytes).good());
}

class PetHeader : public ::testing::Test {
 protected:
  void SetUp() override {
    start_dcmtk();
    put(header_, DCM_Units, "BQML");
    put(header_, DCM_DecayCorrection, "START");
    put(header_, DCM_PatientWeight, "70.5 ");
    put(header_, DCM_PatientSize, "1.75");
    put(header_, DCM_PatientSex, "F");
    put(header_, DCM_SeriesDate, "20000301");
    put(header_, DCM_SeriesTime, "114948.00");
    put(header_, DCM_AcquisitionDate, "20000301");
    put(header_, DCM_AcquisitionTime, "115000");
    put(header_, DCM_FrameReferenceTime, "72000");
    put(header_, DCM_ActualFrameDuration, "120000");
    put(header_, DCM_CorrectedImage, "DECY\\ATTN");
    DcmItem* given = nullptr;
    header_.findOrCreateSequenceItem(DCM_RadiopharmaceuticalInformationSequence, given);
    put(*given, DCM_RadiopharmaceuticalStartTime, "100000");
    put(*given, DCM_RadionuclideTotalDose, "3.5E8");
    put(*given, DCM_RadionuclideHalfLife, "6588");
    DcmItem* nuclide = nullptr;
    given->findOrCreateSequenceItem(DCM_RadionuclideCodeSequence, nuclide);
    put(*nuclide, DCM_CodeValue, "C-111A1");
    given_ = given;
  }
  DcmDataset header_;
  DcmItem* given_ = nullptr;
};

TEST_F(PetHeader, StandardAttributes) {
  const PetFacts facts = pet_facts(header_);
  EXPECT_EQ(facts.units, "BQML");
  EXPECT_EQ(facts.decay_correction, "START");
  EXPECT_EQ(facts.corrected, "DECY\\ATTN");
  EXPECT_EQ(facts.sex, "F");
  EXPECT_EQ(facts.nuclide, "C-111A1");
  EXPECT_EQ(facts.weight_kg, 70.5);
  EXPECT_EQ(facts.height_m, 1.75);
  EXPECT_EQ(facts.dose_bq, 3.5e8);
  EXPECT_EQ(facts.half_life_s, 6588);
  EXPECT_EQ(facts.series->second, 42588);
  EXPECT_EQ(facts.series->day, 11017);
  EXPECT_EQ(facts.acquisition->second, 42600);
  EXPECT_EQ(facts.injected_time->second, 36000);
  EXPECT_FALSE(facts.injected_time->day);
  EXPECT_FALSE(facts.injected_at);
  EXPECT_EQ(facts.frame_reference_ms, 72000);
  EXPECT_EQ(facts.frame_duration_ms, 120000);
  EXPECT_FALSE(facts.ge);
}

TEST_F(PetHeader, InjectionWithItsDate) {
  put(*given_, DCM_RadiopharmaceuticalStartDateTime, "20000228100000.5");
  EXPECT_EQ(pet_facts(header_).injected_at->day, 11015);
  EXPECT_EQ(pet_facts(header_).injected_at->second, 36000.5);
}

TEST_F(PetHeader, EmptyAndNonsenseCountAsMissing) {
  put(header_, DCM_PatientSize, "");
  put(header_, DCM_PatientWeight, "about 70");
  put(header_, DCM_SeriesTime, "noon");
  const PetFacts facts = pet_facts(header_);
  EXPECT_FALSE(facts.height_m);
  EXPECT_FALSE(facts.weight_kg);
  EXPECT_FALSE(facts.series);
}

TEST_F(PetHeader, PrivateAttributesOfTheVendors) {
  put_unknown(header_, DcmTagKey(0x7053, 0x0011), "Philips PET Private Group ");  // not the first block
  put_unknown(header_, DcmTagKey(0x7053, 0x1100), "0.00025 ");
  put_unknown(header_, DcmTagKey(0x7053, 0x1109), "1.25");
  put_unknown(header_, DcmTagKey(0x0009, 0x0010), "GEMS_PETD_01");
  put_unknown(header_, DcmTagKey(0x0009, 0x100D), "20000301114948.00 ");
  put_unknown(header_, DcmTagKey(0x0071, 0x0010), "SIEMENS MED PT");
  put_unknown(header_, DcmTagKey(0x0071, 0x1022), "20000301114950.250000 ");
  put(header_, DCM_Manufacturer, "GE MEDICAL SYSTEMS");
  const PetFacts facts = pet_facts(header_);
  EXPECT_EQ(facts.philips_suv, 0.00025);
  EXPECT_EQ(facts.philips_bqml, 1.25);
  EXPECT_EQ(facts.ge_scan_start->second, 42588);
  EXPECT_EQ(facts.decay_reference->second, 42590.25);
  EXPECT_TRUE(facts.ge);
}

TEST_F(PetHeader, PrivateAttributesOfAnotherBlockAreNotTheVendors) {
  put_unknown(header_, DcmTagKey(0x7053, 0x0010), "SOMETHING ELSE");
  put_unknown(header_, DcmTagKey(0x7053, 0x1000), "0.00025");
  EXPECT_FALSE(pet_facts(header_).philips_suv);
}

TEST_F(PetHeader, DatasetWithNothingInIt) {
  DcmDataset empty;
  EXPECT_THROW(suv_scaling(pet_facts(empty), PetValues::suv_bw), std::exception);
}

}  // namespace
}  // namespace radfuse::dicom
