// SPDX-License-Identifier: Apache-2.0
// Written PET series: uptake values come back within the rounding of 16 bits.
#include "radfuse/dicom/write_picture.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

#include "dcmtk.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/dicom/series.hpp"

namespace radfuse::dicom {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class WritePet : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("radfuse-pet-" + std::to_string(getpid()));
    fs::remove_all(folder_);
    Grid grid;
    grid.size = {7, 6, 4};
    grid.spacing = {4, 4.1, 3.27};
    grid.origin = {-10, 20, -300.5};
    suv_ = Volume(grid);
    for (std::size_t i = 0; i < suv_.values.size(); ++i) suv_.values[i] = static_cast<float>(i % 42) * 0.317F;
    for (std::size_t i = 0; i < grid.index(0, 0, 1); ++i) suv_.values[i] = 0;  // an empty slice has no slope
  }
  void TearDown() override { fs::remove_all(folder_); }
  void expect_back(const DicomSeries& series, double by) const {
    ASSERT_EQ(series.volume.values.size(), suv_.values.size());
    const float most = *std::max_element(suv_.values.begin(), suv_.values.end());
    for (std::size_t i = 0; i < suv_.values.size(); ++i)
      EXPECT_NEAR(series.volume.values[i] / by, suv_.values[i], most / 65534 * 1.001) << i;
  }
  void set(int slice, const DcmTagKey& tag, const char* value) {
    const fs::path path = folder_ / ("slice_000" + std::to_string(slice) + ".dcm");
    DcmFileFormat file;
    ASSERT_TRUE(file.loadFile(path.c_str()).good());
    file.loadAllDataIntoMemory();
    ASSERT_TRUE(file.getDataset()->putAndInsertString(tag, value).good());
    ASSERT_TRUE(file.saveFile(path.c_str(), EXS_LittleEndianExplicit).good());
  }
  fs::path folder_;
  Volume suv_;
  SeriesText text_{.uid_name = "1/C005", .patient_id = "C005"};
};

TEST_F(WritePet, UptakeComesBack) {
  write_pet_series(folder_, suv_, text_);
  const DicomSeries series = read_series(folder_);
  expect_back(series, 1);
  EXPECT_LT(corner_distance_mm(series.volume.grid, suv_.grid), 1e-9);
  const std::string notes = ::testing::PrintToString(series.notes);
  EXPECT_THAT(notes, HasSubstr("Bq/ml became uptake values by body weight"));
  EXPECT_THAT(notes, HasSubstr("60 min after the injection"));
}

// By lean mass: 1.07 x 60 - 148 x (60/165)^2 = 64.2 - 19.5702 = 44.6298 kg of 60; by surface: 0.007184 x 60^0.425 x
// 165^0.725 m2.
TEST_F(WritePet, OtherPatientsAndOtherUptake) {
  const PetText woman{.weight_kg = 60, .height_m = 1.65, .male = false, .dose_bq = 2.5e8, .uptake_min = 95.5};
  write_pet_series(folder_, suv_, text_, woman);
  expect_back(read_series(folder_), 1);
  DicomParams params;
  params.pet.values = PetValues::suv_lbm;
  expect_back(read_series(folder_, params), (64.2 - 148 * 3600.0 / (165 * 165)) / 60);
  params.pet.values = PetValues::suv_bsa;
  expect_back(read_series(folder_, params), 0.007184 * std::pow(60, 0.425) * std::pow(165, 0.725) * 1e4 / 60000);
  params.pet.values = PetValues::activity;  // 2.5e8 x 2^(-5730/6586.2) / 60000 Bq/ml for each unit of uptake
  expect_back(read_series(folder_, params), 2.5e8 * std::exp2(-5730 / 6586.2) / 60000);
}

TEST_F(WritePet, AMissingWeightIsNamedWithItsSlice) {
  write_pet_series(folder_, suv_, text_);
  set(2, DCM_PatientWeight, "0");
  try {
    read_series(folder_);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("slice_0002.dcm"));
    EXPECT_THAT(error.what(), HasSubstr("PatientWeight (0010,1030)"));
  }
  DicomParams params;
  params.pet.values = PetValues::activity;
  EXPECT_NO_THROW(read_series(folder_, params));
}

TEST_F(WritePet, SameInputSameBytes) {
  write_pet_series(folder_, suv_, text_);
  const std::string before = read_file(folder_ / "slice_0003.dcm");
  write_pet_series(folder_, suv_, text_);
  EXPECT_EQ(read_file(folder_ / "slice_0003.dcm"), before);
}

TEST_F(WritePet, WhatCannotBeStoredIsOurMistake) {
  suv_.values[60] = -1;
  EXPECT_THROW(write_pet_series(folder_, suv_, text_), Error);
}

}  // namespace
}  // namespace radfuse::dicom
