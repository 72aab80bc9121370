// SPDX-License-Identifier: Apache-2.0
// What may be told of an image: only what is on the list, and only when it looks as it should.
#include "acquisition.hpp"

#include <gtest/gtest.h>

#include "dcmtk.hpp"
#include "radfuse/base/error.hpp"

namespace radfuse::dicom {
namespace {

class Acquisition : public ::testing::Test {
 protected:
  void SetUp() override { start_dcmtk(); }
  std::string value(const char* name) { return acquisition_value(data_, name); }
  DcmItem& pharmaceutical() {
    DcmItem* item = nullptr;
    data_.findOrCreateSequenceItem(DCM_RadiopharmaceuticalInformationSequence, item);
    return *item;
  }
  DcmDataset data_;
};

TEST_F(Acquisition, ValuesThatDoNotLookAsTheyShouldStayInside) {
  data_.putAndInsertString(DCM_Modality, "CT");
  data_.putAndInsertString(DCM_BodyPartExamined, "Chest of Jane");
  data_.putAndInsertString(DCM_KVP, "120");
  data_.putAndInsertString(DCM_SliceThickness, "Jane");
  data_.putAndInsertString(DCM_ImageType, "ORIGINAL\\PRIMARY\\AXIAL");
  EXPECT_EQ(value("modality"), "CT");
  EXPECT_EQ(value("body_part"), "");
  EXPECT_EQ(value("kvp"), "120");
  EXPECT_EQ(value("slice_thickness_mm"), "");
  EXPECT_EQ(value("image_type"), "ORIGINAL\\PRIMARY\\AXIAL");
  EXPECT_THROW(value("patient_name"), Error);
  EXPECT_EQ(acquisition_values(data_).size(), std::size(kAllowedAttributes));
}

TEST_F(Acquisition, ContrastIsYesOrNoAndNeverItsName) {
  EXPECT_EQ(value("contrast_agent"), "");
  data_.putAndInsertString(DCM_ContrastBolusAgent, "");
  EXPECT_EQ(value("contrast_agent"), "0");
  data_.putAndInsertString(DCM_ContrastBolusAgent, "given by Dr. X");
  EXPECT_EQ(value("contrast_agent"), "1");
}

TEST_F(Acquisition, NuclidesAreToldByTheirHalfLife) {
  EXPECT_EQ(value("pet_radionuclide"), "");
  pharmaceutical().putAndInsertString(DCM_RadionuclideHalfLife, "6586.2");
  EXPECT_EQ(value("pet_radionuclide"), "F-18");
  pharmaceutical().putAndInsertString(DCM_RadionuclideHalfLife, "4057.74");
  EXPECT_EQ(value("pet_radionuclide"), "Ga-68");
  pharmaceutical().putAndInsertString(DCM_RadionuclideHalfLife, "1000");
  EXPECT_EQ(value("pet_radionuclide"), "half-life 1000 s");
  pharmaceutical().putAndInsertString(DCM_RadionuclideTotalDose, "370000000");
  EXPECT_EQ(value("pet_injected_mbq"), "370");
}

TEST_F(Acquisition, MinutesFromInjectionAlsoAcrossMidnight) {
  data_.putAndInsertString(DCM_SeriesTime, "130130.5");
  EXPECT_EQ(value("pet_uptake_min"), "");
  pharmaceutical().putAndInsertString(DCM_RadiopharmaceuticalStartTime, "120030");
  EXPECT_EQ(value("pet_uptake_min"), "61");
  pharmaceutical().putAndInsertString(DCM_RadiopharmaceuticalStartDateTime, "20260101123000.00");
  EXPECT_EQ(value("pet_uptake_min"), "32");  // 31.5 min, rounded half away from zero
  data_.putAndInsertString(DCM_SeriesTime, "002000");
  EXPECT_EQ(value("pet_uptake_min"), "710");  // 11 h 50 min
  data_.putAndInsertString(DCM_AcquisitionTime, "001000");
  EXPECT_EQ(value("pet_uptake_min"), "700") << "a series stamped after its slices was stamped by post-processing";
}

TEST_F(Acquisition, TransducersAreInTheFirstRegion) {
  DcmItem* region = nullptr;
  data_.findOrCreateSequenceItem(DCM_SequenceOfUltrasoundRegions, region);
  region->putAndInsertUint32(DCM_TransducerFrequency, 7500);
  EXPECT_EQ(value("us_transducer_frequency_khz"), "7500");
}

}  // namespace
}  // namespace radfuse::dicom
