// SPDX-License-Identifier: Apache-2.0
// Several images of one place: copies, acquisitions, echoes, time points.
#include "choose.hpp"

#include "radfuse/base/discretion.hpp"
#include "radfuse/base/files.hpp"
#include "series_fixture.hpp"

namespace radfuse::dicom {
namespace {

class Choose : public SeriesFixture {
 protected:
  /// A second set of slices in the same places, 1000 higher, with an attribute of its own.
  void add_second(const DcmTagKey& tag, const char* first, const char* second, double higher = 0) {
    for (int i = 1; i <= 7; ++i) {
      set(i, tag, first);
      DcmFileFormat file;
      ASSERT_TRUE(file.loadFile(slice(i).c_str()).good());
      file.loadAllDataIntoMemory();
      DcmDataset& data = *file.getDataset();
      data.putAndInsertString(tag, second);
      data.putAndInsertString(DCM_RescaleIntercept, "-24");
      data.putAndInsertString(DCM_SOPInstanceUID, ("2.25.7" + std::to_string(i)).c_str());
      data.putAndInsertString(DCM_ImagePositionPatient,
                              ("-120.5\\33.25\\" + text::from_double(-400 + 2.5 * (i - 1) + higher)).c_str());
      ASSERT_TRUE(
          file.saveFile((folder_ / ("second_" + std::to_string(i) + ".dcm")).c_str(), EXS_LittleEndianExplicit).good());
    }
  }
  DicomParams params_;
};

TEST_F(Choose, ExactCopiesAreDroppedWithANote) {
  fs::copy_file(slice(4), folder_ / "again.dcm");
  const DicomSeries series = read_series(folder_);
  EXPECT_EQ(series.volume.values, image_.values);
  EXPECT_EQ(series.frame.instances.size(), 7U);
  EXPECT_THAT(series.notes,
              ::testing::ElementsAre("dropped 1 slice that is an exact copy of another: 'slice_0004.dcm'"));
}

TEST_F(Choose, ThreeCopiesAreOneSlice) {
  fs::copy_file(slice(4), folder_ / "again.dcm");
  fs::copy_file(slice(4), folder_ / "third.dcm");
  EXPECT_EQ(read_series(folder_).volume.values, image_.values);
}

TEST_F(Choose, DifferentImagesOfAPlaceAreRefused) {
  fs::copy_file(slice(4), folder_ / "slice_0008.dcm");
  paint(8, [](int x, int y) { return x + y; });
  EXPECT_THAT(refusal(), HasSubstr("slices 'slice_0004.dcm' and 'slice_0008.dcm' lie in the same place and differ"));
}

TEST_F(Choose, AcquisitionsOfOnePlaceAreListedOrChosen) {
  add_second(DCM_AcquisitionNumber, "1", "2");
  const std::string message = refusal();
  EXPECT_THAT(message, HasSubstr("several acquisitions cover the same places: AcquisitionNumber 1 (7 slices, e.g. "
                                 "'slice_0001.dcm'), 2 (7 slices, e.g. 'second_1.dcm'); import.series.acquisition"));
  params_.series.acquisition = 1;
  const DicomSeries first = read_series(folder_, params_);
  EXPECT_EQ(first.volume.values, image_.values);
  EXPECT_THAT(first.notes, ::testing::ElementsAre(HasSubstr("took AcquisitionNumber 1")));
  params_.series.acquisition = 2;
  EXPECT_EQ(read_series(folder_, params_).volume.values[0], image_.values[0] + 1000);
  params_.series.acquisition = 5;
  EXPECT_THAT(refusal(params_), HasSubstr("import.series.acquisition is 5, but the series has AcquisitionNumber 1 (7"));
}

TEST_F(Choose, AcquisitionsBetweenEachOtherAreListedOrChosen) {
  add_second(DCM_AcquisitionNumber, "1", "2", 1.0);
  EXPECT_THAT(refusal(), HasSubstr("several acquisitions cover the same places"));
  params_.series.acquisition = 2;
  const Volume volume = read_series(folder_, params_).volume;
  EXPECT_EQ(volume.grid.size[2], 7);
  EXPECT_DOUBLE_EQ(volume.grid.origin[2], -399);
}

TEST_F(Choose, AcquisitionsThatContinueEachOtherAreOneVolume) {
  for (int i = 1; i <= 7; ++i) set(i, DCM_AcquisitionNumber, std::to_string(i).c_str());
  params_.series.acquisition = 3;
  EXPECT_EQ(read_series(folder_, params_).volume.values, image_.values) << "one number a slice: nothing to choose";
}

TEST_F(Choose, EchoesAreNamed) {
  add_second(DCM_EchoTime, "4.6", "9.2");
  EXPECT_THAT(refusal(), HasSubstr("the series holds several volumes, which differ in EchoTime: 4.6 (7 slices, e.g. "
                                   "'slice_0001.dcm'), 9.2 (7 slices, e.g. 'second_1.dcm')"));
}

TEST_F(Choose, TimePointsAndKernelsAreNamed) {
  add_second(DCM_TemporalPositionIdentifier, "1", "2");
  EXPECT_THAT(refusal(), HasSubstr("differ in TemporalPositionIdentifier: 1 (7 slices"));
  add_second(DCM_ConvolutionKernel, "B30f", "B70f");
  EXPECT_THAT(revealed(refusal()), HasSubstr("differ in ConvolutionKernel: B30f (7 slices"))
      << "a name that a person typed is for the terminal only";
}

TEST_F(Choose, BValuesAreNamed) {
  for (int i = 1; i <= 7; ++i) edit(i, [&](DcmDataset& data) { data.putAndInsertFloat64(DCM_DiffusionBValue, 0); });
  fs::copy_file(slice(4), folder_ / "slice_0008.dcm");
  edit(8, [&](DcmDataset& data) { data.putAndInsertFloat64(DCM_DiffusionBValue, 1000); });
  EXPECT_THAT(refusal(), HasSubstr("differ in DiffusionBValue: 0 (7 slices, e.g. 'slice_0001.dcm'), 1000 (1 slice, "));
}

}  // namespace
}  // namespace radfuse::dicom
