// SPDX-License-Identifier: Apache-2.0
// DICOM series: what is written is read back, and every broken stack is refused by name.
#include <cmath>
#include <fstream>

#include "radfuse/base/discretion.hpp"
#include "radfuse/base/files.hpp"
#include "series_fixture.hpp"

#include <dcmtk/dcmdata/dcrleerg.h>
#include <dcmtk/dcmdata/dcrlerp.h>
#include <dcmtk/dcmjpeg/djencode.h>
#include <dcmtk/dcmjpeg/djrplol.h>
#include <dcmtk/dcmjpls/djencode.h>
#include <dcmtk/dcmjpls/djrparam.h>

namespace radfuse::dicom {
namespace {

class Series : public SeriesFixture {};

TEST_F(Series, ComesBackVoxelForVoxelOnTheSameGrid) {
  const DicomSeries series = read_series(folder_);
  EXPECT_EQ(series.volume.values, image_.values);
  EXPECT_LT(corner_distance_mm(series.volume.grid, image_.grid), 1e-9) << describe(series.volume.grid);
  EXPECT_EQ(read_series_grid(folder_), series.volume.grid);
}

TEST_F(Series, ObliqueGridsComeBack) {
  const double c = std::cos(0.4), s = std::sin(0.4);
  image_.grid.direction = {c, -s, 0, c * s, c * c, -s, s * s, s * c, c};
  write_ct_series(folder_, image_, {.uid_name = "x", .patient_id = "x"});
  const Volume back = read_series(folder_).volume;
  EXPECT_LT(corner_distance_mm(back.grid, image_.grid), 1e-8) << describe(back.grid);
  EXPECT_EQ(back.values, image_.values);
}

TEST_F(Series, SameInputSameBytes) {
  const std::string before = read_file(slice(3));
  write_ct_series(folder_, image_, {.uid_name = "1/C005", .patient_id = "C005", .kernel = "B30f"});
  EXPECT_EQ(read_file(slice(3)), before);
}

TEST_F(Series, AcquisitionHasTheAllowedNamesOnly) {
  const DicomSeries series = read_series(folder_);
  const auto names = acquisition_names();
  ASSERT_EQ(series.acquisition.size(), names.size());
  std::string all;
  for (std::size_t i = 0; i < names.size(); ++i) {
    EXPECT_EQ(series.acquisition[i].name, names[i]);
    all += series.acquisition[i].name + "=" + series.acquisition[i].value + "\n";
  }
  for (const char* expected : {"modality=CT\n", "manufacturer=Radfuse\n", "kernel=B30f\n", "kvp=120\n",
                               "pixel_spacing_mm=0.9\\0.7\n", "echo_time_ms=\n"})
    EXPECT_THAT(all, HasSubstr(expected));
  EXPECT_THAT(all, ::testing::Not(HasSubstr("C005"))) << "nothing about the patient";
}

TEST_F(Series, DifferingAttributesVary) {
  set(4, DCM_KVP, "100");
  for (const Attribute& attribute : read_series(folder_).acquisition) {
    if (attribute.name == "kvp") {
      EXPECT_EQ(attribute.value, "varies");
    }
  }
}

TEST_F(Series, OrderComesFromThePositions) {
  fs::rename(slice(1), folder_ / "zzz.dcm");
  set(7, DCM_InstanceNumber, "1");
  EXPECT_EQ(read_series(folder_).volume.values, image_.values);
}

TEST_F(Series, SlopeAndInterceptGoSliceBySlice) {
  set(2, DCM_RescaleSlope, "0.5");
  set(2, DCM_RescaleIntercept, "10");
  const Volume back = read_series(folder_).volume;
  for (std::int64_t y = 0; y < 3; ++y)
    for (std::int64_t x = 0; x < 4; ++x) {
      EXPECT_EQ(back.at(x, y, 1), (image_.at(x, y, 1) + 1024) * 0.5F + 10);
      EXPECT_EQ(back.at(x, y, 2), image_.at(x, y, 2));
    }
}

TEST_F(Series, Monochrome1IsInvertedOnceButNotInCt) {
  for (int i = 1; i <= 7; ++i) set(i, DCM_PhotometricInterpretation, "MONOCHROME1");
  EXPECT_EQ(read_series(folder_).volume.values, image_.values) << "Hounsfield units stay";
  for (int i = 1; i <= 7; ++i) set(i, DCM_Modality, "DX");
  const Volume back = read_series(folder_).volume;
  // Stored s (signed 16 bit) becomes -1 - s; s = value + 1024.
  for (std::size_t i = 0; i < back.values.size(); ++i) ASSERT_EQ(back.values[i], -1 - (image_.values[i] + 1024) - 1024);
}

TEST_F(Series, CompressedPixelsAreRead) {
  const std::vector<float> values = image_.values;
  DcmRLEEncoderRegistration::registerCodecs();
  compress(EXS_RLELossless, DcmRLERepresentationParameter());
  EXPECT_EQ(read_series(folder_).volume.values, values) << "RLE";
  DcmRLEEncoderRegistration::cleanup();
}

TEST_F(Series, JpegLosslessIsRead) {
  DJEncoderRegistration::registerCodecs();
  compress(EXS_JPEGProcess14SV1, DJ_RPLossless());
  EXPECT_EQ(read_series(folder_).volume.values, image_.values);
  DJEncoderRegistration::cleanup();
}

TEST_F(Series, JpegLsIsRead) {
  // DCMTK's encoder writes past its buffer when the compressed picture is larger than the picture itself: not too
  // small.
  Grid larger = grid();
  larger.size = {64, 48, 7};
  image_ = Volume(larger);
  for (std::size_t i = 0; i < image_.values.size(); ++i) image_.values[i] = static_cast<float>(i % 2000) - 1100;
  write_ct_series(folder_, image_, {.uid_name = "1/C005", .patient_id = "C005"});
  DJLSEncoderRegistration::registerCodecs();
  compress(EXS_JPEGLSLossless, DJLSRepresentationParameter());
  EXPECT_EQ(read_series(folder_).volume.values, image_.values);
  DJLSEncoderRegistration::cleanup();
}

TEST_F(Series, SeveralSeriesAreListedWithCounts) {
  for (const int i : {6, 7}) set(i, DCM_SeriesInstanceUID, "2.25.1");
  const std::string message = refusal();
  EXPECT_THAT(message, HasSubstr("the folder has 2 series"));
  EXPECT_THAT(message, HasSubstr("CT (2 files, e.g. 'slice_0006.dcm')"));
  EXPECT_THAT(message, HasSubstr("CT (5 files"));
  EXPECT_EQ(read_series(slice(7)).volume.grid.size[2], 2) << "a named slice stands for its series";
}

TEST_F(Series, MissingSlicesAreRefused) {
  fs::remove(slice(4));
  EXPECT_THAT(
      refusal(),
      HasSubstr(
          "1 slice is missing between 'slice_0003.dcm' and 'slice_0005.dcm': 5 mm where the slices are 2.5 mm apart"));
  fs::remove(slice(5));
  EXPECT_THAT(refusal(), HasSubstr("2 slices are missing"));
}

TEST_F(Series, UnevenSpacingIsRefused) {
  set(7, DCM_ImagePositionPatient, "-120.5\\33.25\\-384.96");  // 2.54 mm: 1.6 % too much
  EXPECT_THAT(refusal(), HasSubstr("uneven slice spacing between 'slice_0006.dcm' and 'slice_0007.dcm': 2.54 mm"));
  set(7, DCM_ImagePositionPatient, "-120.5\\33.25\\-384.98");  // 0.8 %
  EXPECT_EQ(refusal(), "");
}

TEST_F(Series, GantryTiltIsRefused) {
  for (int i = 1; i <= 7; ++i) {
    const double lean = 2.5 * (i - 1) * std::tan(0.6 * 3.14159265358979 / 180);
    set(i, DCM_ImagePositionPatient,
        ("-120.5\\" + std::to_string(33.25 + lean) + "\\" + std::to_string(-400 + 2.5 * (i - 1))).c_str());
  }
  EXPECT_THAT(refusal(), HasSubstr("leans by 0.6 degrees (gantry tilt)"));
}

TEST_F(Series, OneShiftedSliceIsRefused) {
  set(3, DCM_ImagePositionPatient, "-119\\33.25\\-395");
  EXPECT_THAT(refusal(), HasSubstr("slice 'slice_0003.dcm' lies 1.5 mm beside the others"));
}

TEST_F(Series, MixedSizeOrientationAndSpacingAreRefused) {
  set(2, DCM_PixelSpacing, "0.9\\0.8");
  EXPECT_THAT(refusal(), HasSubstr("differ in pixel spacing: 0.7 mm and 0.8 mm"));
  set(2, DCM_ImageOrientationPatient, "0\\1\\0\\0\\0\\1");
  EXPECT_THAT(refusal(), HasSubstr("differ in orientation"));
  edit(2, [](DcmDataset& data) { data.putAndInsertUint16(DCM_Rows, 2); });
  EXPECT_THAT(refusal(), HasSubstr("slices 'slice_0001.dcm' and 'slice_0002.dcm' differ in size: 4x3 and 4x2"));
}

TEST_F(Series, ImpossibleNumbersAreRefused) {
  set(2, DCM_ImagePositionPatient, "0\\nan\\0");
  EXPECT_THAT(revealed(refusal()), HasSubstr("slice 'slice_0002.dcm': 'nan' in ImagePositionPatient is not a number"));
  set(2, DCM_ImagePositionPatient, "0\\0");
  EXPECT_THAT(refusal(), HasSubstr("no usable ImagePositionPatient (2 of 3 numbers)"));
}

TEST_F(Series, MultiFrameAndColourAreRefused) {
  set(2, DCM_NumberOfFrames, "5");
  EXPECT_THAT(refusal(), HasSubstr("multi-frame"));
  set(2, DCM_NumberOfFrames, "1");
  edit(2, [](DcmDataset& data) { data.putAndInsertUint16(DCM_SamplesPerPixel, 3); });
  EXPECT_THAT(refusal(), HasSubstr("colour"));
}

TEST_F(Series, ForeignFilesArePassedOverAndDamagedOnesAreNot) {
  std::ofstream(folder_ / "README") << "notes";
  std::ofstream(folder_ / ".hidden.dcm") << "x";
  EXPECT_EQ(refusal(), "");
  std::ofstream(folder_ / "cut.dcm") << "";
  EXPECT_THAT(refusal(), HasSubstr("'cut.dcm' is empty or not a DICOM file"));
}

TEST_F(Series, TruncatedSliceIsRefused) {
  fs::resize_file(slice(5), fs::file_size(slice(5)) - 10);
  EXPECT_THROW(read_series(folder_), InputError);
}

TEST_F(Series, EmptyFolderIsRefused) {
  fs::create_directories(folder_ / "empty");
  EXPECT_THROW(read_series(folder_ / "empty"), InputError);
}

TEST(DerivedUid, IsAValidNameBasedUid) {
  const std::string uid = derived_uid("1/C005/series");
  EXPECT_EQ(uid, derived_uid("1/C005/series"));
  EXPECT_NE(uid, derived_uid("1/C006/series"));
  EXPECT_TRUE(uid.starts_with("2.25."));
  EXPECT_LE(uid.size(), 64U);
  EXPECT_NE(uid[5], '0');
  EXPECT_EQ(uid.find_first_not_of("0123456789."), std::string::npos);
}

TEST(WriteSeries, RefusesWhatCtCannotHold) {
  Grid grid;
  grid.size = {1, 1, 1};
  const fs::path folder = fs::temp_directory_path() / "radfuse-never-written";
  EXPECT_THROW(write_ct_series(folder, Volume(grid, 0.5F), {}), Error);
  grid.direction[8] = -1;
  EXPECT_THROW(write_ct_series(folder, Volume(grid), {}), Error);
  EXPECT_FALSE(fs::exists(folder));
}

}  // namespace
}  // namespace radfuse::dicom
