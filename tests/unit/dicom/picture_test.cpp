// SPDX-License-Identifier: Apache-2.0
// Radiographs, ultrasound, captures: what is written comes back, and what would make values a guess is refused.
#include "radfuse/dicom/picture.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>

#include "dcmtk.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/dicom/write_picture.hpp"

// Lets DCMTK's JPEG encoder take colour.
#include <dcmtk/dcmimage/diregist.h>
#include <dcmtk/dcmjpeg/djencode.h>
#include <dcmtk/dcmjpeg/djrploss.h>

namespace radfuse::dicom {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

class Picture : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("radfuse-picture-" + std::to_string(getpid()));
    fs::remove_all(folder_);
    file_ = folder_ / "picture.dcm";
    grid_.size = {60, 50, 1};
    grid_.spacing = {0.12, 0.15, 1};
    image_ = Volume(grid_);
    for (std::size_t i = 0; i < image_.values.size(); ++i) image_.values[i] = static_cast<float>(i * 37 % 251);
  }
  void TearDown() override { fs::remove_all(folder_); }

  template <class Change>
  void edit(Change&& change) {
    DcmFileFormat file;
    ASSERT_TRUE(file.loadFile(file_.c_str()).good());
    file.loadAllDataIntoMemory();
    change(*file.getDataset());
    ASSERT_TRUE(file.saveFile(file_.c_str(), file.getDataset()->getCurrentXfer()).good());
  }
  void set(const DcmTagKey& tag, const char* value) {
    edit([&](DcmDataset& data) { ASSERT_TRUE(data.putAndInsertString(tag, value).good()); });
  }
  /// The header must refuse the same.
  std::string refusal(const DicomParams& params = {}) const {
    try {
      read_picture(file_, params);
    } catch (const InputError& error) {
      try {
        read_picture_header(file_, params);
      } catch (const InputError& again) {
        EXPECT_STREQ(again.what(), error.what());
        return error.what();
      }
      return std::string("only with its pixels: ") + error.what();
    }
    return "taken";
  }
  std::string notes(const DicomParams& params = {}) const {
    std::string all;
    for (const std::string& note : read_picture(file_, params).notes) all += note + "\n";
    return all;
  }
  void radiograph() { write_radiograph(file_, image_, text_); }
  void ultrasound() { write_ultrasound(file_, image_, text_); }

  fs::path folder_, file_;
  Grid grid_;
  Volume image_;
  SeriesText text_{.uid_name = "1/C005", .patient_id = "C005"};
};

TEST_F(Picture, RadiographComesBack) {
  radiograph();
  ASSERT_TRUE(is_picture(file_));
  const DicomSeries picture = read_picture(file_);
  EXPECT_THAT(picture.volume.values, ElementsAreArray(image_.values));
  EXPECT_EQ(picture.volume.grid, grid_);
  EXPECT_EQ(picture.frame.grid, grid_);
  EXPECT_TRUE(picture.spacing_known);
  EXPECT_FALSE(picture.crop);
  EXPECT_EQ(picture.frame.series, derived_uid("1/C005/series"));
  EXPECT_THAT(picture.frame.instances, ElementsAreArray({derived_uid("1/C005/picture")}));
  EXPECT_THAT(notes(), HasSubstr("inverted once"));
  EXPECT_THAT(notes(), HasSubstr("at the detector"));
  const DicomSeries header = read_picture_header(file_);
  EXPECT_EQ(header.volume.grid, grid_);
  EXPECT_TRUE(header.volume.values.empty());
  EXPECT_EQ(header.acquisition.size(), acquisition_names().size());
}

TEST_F(Picture, SameInputSameBytes) {
  radiograph();
  const std::string before = read_file(file_);
  radiograph();
  EXPECT_EQ(read_file(file_), before);
  ultrasound();
  const std::string screen = read_file(file_);
  ultrasound();
  EXPECT_EQ(read_file(file_), screen);
}

TEST_F(Picture, InversionIsTheStudysChoice) {
  radiograph();  // stored: 4095 - value
  DicomParams params;
  params.radiograph.invert = Inversion::never;
  EXPECT_EQ(read_picture(file_, params).volume.values[1], 4095 - 37);
  params.radiograph.invert = Inversion::always;
  EXPECT_EQ(read_picture(file_, params).volume.values[1], 37);
  set(DCM_PhotometricInterpretation, "MONOCHROME2");
  EXPECT_EQ(read_picture(file_).volume.values[1], 4095 - 37);
  EXPECT_THAT(notes(), HasSubstr("PresentationLUTShape is INVERSE without MONOCHROME1"));
  EXPECT_EQ(read_picture(file_, params).volume.values[1], 37);
}

TEST_F(Picture, RescaleIsAppliedAndTheDisplayIsNot) {
  radiograph();
  set(DCM_RescaleSlope, "-10");
  set(DCM_RescaleIntercept, "5");
  set(DCM_WindowCenter, "100");
  set(DCM_WindowWidth, "10");
  EXPECT_EQ(read_picture(file_).volume.values[1], -365);  // 37 x -10 + 5
  set(DCM_RescaleSlope, "0");
  EXPECT_THAT(refusal(), HasSubstr("RescaleSlope of 0"));
}

TEST_F(Picture, ModalityTableIsAppliedBeforeTheInversion) {
  radiograph();
  edit([](DcmDataset& data) {
    DcmItem* item = nullptr;
    data.findOrCreateSequenceItem(DCM_ModalityLUTSequence, item);
    std::vector<Uint16> table(4096);
    for (std::size_t i = 0; i < table.size(); ++i) table[i] = static_cast<Uint16>(i * i / 4096);  // 0 to 4094
    const Uint16 head[] = {4096, 0, 12};
    item->putAndInsertUint16Array(DCM_LUTDescriptor, head, 3);
    item->putAndInsertUint16Array(DCM_LUTData, table.data(), table.size());
  });
  EXPECT_EQ(read_picture(file_).volume.values[1], 4095 - 4058 * 4058 / 4096);  // stored 4095 - 37 = 4058
  EXPECT_THAT(notes(), HasSubstr("modality look-up table"));
}

TEST_F(Picture, UltrasoundIsCutToItsTissue) {
  ultrasound();
  const DicomSeries picture = read_picture(file_);
  EXPECT_THAT(picture.volume.values, ElementsAreArray(image_.values));
  EXPECT_EQ(picture.volume.grid.size, grid_.size);
  EXPECT_NEAR(picture.volume.grid.spacing[0], 0.12, 1e-15);
  EXPECT_NEAR(picture.volume.grid.spacing[1], 0.15, 1e-15);
  EXPECT_TRUE(picture.spacing_known);
  ASSERT_TRUE(picture.crop);
  EXPECT_EQ(*picture.crop, (PictureCrop{{24, 24}, {108, 98}}));
  EXPECT_EQ(read_picture_header(file_).crop, picture.crop);
  EXPECT_EQ(read_picture_header(file_).volume.grid, picture.volume.grid);
}

TEST_F(Picture, WholeScreenOnWish) {
  ultrasound();
  DicomParams params;
  params.ultrasound.crop = UltrasoundCrop::none;
  const DicomSeries picture = read_picture(file_, params);
  EXPECT_FALSE(picture.crop);
  EXPECT_EQ(picture.volume.grid.size, (std::array<std::int64_t, 3>{108, 98, 1}));
  EXPECT_EQ(picture.volume.at(25, 24, 0), image_.values[1]);
  EXPECT_EQ(picture.volume.at(0, 0, 0), 0);
  EXPECT_NEAR(picture.volume.grid.spacing[0], 0.12, 1e-15);
}

TEST_F(Picture, UltrasoundWithoutRegionsHasNoScale) {
  ultrasound();
  edit([](DcmDataset& data) { data.findAndDeleteElement(DCM_SequenceOfUltrasoundRegions); });
  const DicomSeries picture = read_picture(file_);
  EXPECT_FALSE(picture.spacing_known);
  EXPECT_EQ(picture.volume.grid.spacing, (std::array<double, 3>{1, 1, 1}));
  EXPECT_THAT(notes(), HasSubstr("lengths are in pixels"));
}

TEST_F(Picture, ColourFlowIsRefused) {
  ultrasound();
  edit([](DcmDataset& data) { data.putAndInsertUint16(DCM_UltrasoundColorDataPresent, 1); });
  EXPECT_THAT(refusal(), HasSubstr("import.ultrasound.doppler: grey"));
  DicomParams params;
  params.ultrasound.doppler = DopplerPolicy::grey;
  EXPECT_THAT(read_picture(file_, params).volume.values, ElementsAreArray(image_.values));
}

/// Three frames: 0, 1, 2 everywhere.
TEST_F(Picture, FramesOfAClip) {
  ultrasound();
  edit([](DcmDataset& data) {
    std::vector<Uint8> bytes;
    for (Uint8 frame = 0; frame < 4; ++frame) bytes.insert(bytes.end(), 3 * 108 * 98, frame);
    data.putAndInsertUint8Array(DCM_PixelData, bytes.data(), bytes.size());
    data.putAndInsertString(DCM_NumberOfFrames, "4");
    data.putAndInsertString(DCM_SOPClassUID, UID_UltrasoundMultiframeImageStorage);
  });
  EXPECT_THAT(refusal(), HasSubstr("a clip of 4 frames"));
  DicomParams params;
  const auto value = [&](CineFrame frame) {
    params.ultrasound.frame = frame;
    return read_picture(file_, params).volume.values[0];
  };
  EXPECT_EQ(value(CineFrame::first), 0);
  EXPECT_EQ(value(CineFrame::middle), 1);
  EXPECT_EQ(value(CineFrame::last), 3);
  params.ultrasound.frame_number = 3;
  EXPECT_EQ(value(CineFrame::number), 2);
  EXPECT_THAT(notes(params), HasSubstr("frame 3 of a clip of 4 frames"));
  params.ultrasound.frame_number = 5;
  EXPECT_THAT(refusal(params), HasSubstr("frame_number is 5"));
}

TEST_F(Picture, YbrAndPlanesBecomeTheSameGrey) {
  ultrasound();
  edit([&](DcmDataset& data) {  // by planes: all red, all green, all blue
    std::vector<Uint8> bytes(3 * 108 * 98, 7);
    std::fill(bytes.begin(), bytes.begin() + 108 * 98, Uint8{200});
    data.putAndInsertUint8Array(DCM_PixelData, bytes.data(), bytes.size());
    data.putAndInsertUint16(DCM_PlanarConfiguration, 1);
  });
  EXPECT_FLOAT_EQ(read_picture(file_).volume.values[0], 64.707F);  // 0.299 x 200 + 0.701 x 7 = 59.8 + 4.907
  EXPECT_THAT(notes(), HasSubstr("100 % of the picture is coloured"));
  set(DCM_PhotometricInterpretation, "YBR_FULL");
  EXPECT_EQ(read_picture(file_).volume.values[0], 200);
  set(DCM_PhotometricInterpretation, "HSV");
  EXPECT_THAT(refusal(), HasSubstr("'HSV'"));
}

/// Lossy JPEG: near, and noted.
TEST_F(Picture, LossyJpegIsNoted) {
  for (std::size_t i = 0; i < image_.values.size(); ++i) image_.values[i] = static_cast<float>(60 + i / 60);  // smooth
  ultrasound();
  DJEncoderRegistration::registerCodecs();
  DcmFileFormat file;
  file.loadFile(file_.c_str());
  const DJ_RPLossy quality(95);
  ASSERT_TRUE(file.getDataset()->chooseRepresentation(EXS_JPEGProcess1, &quality).good());
  file.loadAllDataIntoMemory();
  ASSERT_TRUE(file.saveFile(file_.c_str(), EXS_JPEGProcess1).good());
  DJEncoderRegistration::cleanup();
  const DicomSeries picture = read_picture(file_);
  for (std::size_t i = 0; i < image_.values.size(); ++i) EXPECT_NEAR(picture.volume.values[i], image_.values[i], 4);
  EXPECT_THAT(notes(), HasSubstr("lossy"));
  // The header's label is wrong, as old machines have it; the stream tells.
  set(DCM_PhotometricInterpretation, "RGB");
  const DicomSeries mislabelled = read_picture(file_);
  for (std::size_t i = 0; i < image_.values.size(); ++i) EXPECT_NEAR(mislabelled.volume.values[i], image_.values[i], 4);
  DicomParams params;
  params.lossy = Caution::refuse;
  EXPECT_THAT(refusal(params), HasSubstr("lossy"));
}

TEST_F(Picture, BurnedInAnnotation) {
  radiograph();
  set(DCM_BurnedInAnnotation, "YES");
  EXPECT_THAT(refusal(), HasSubstr("import.burned_in"));
  // Absent: eight letters of the highest value in the upper margin are seen.
  for (std::int64_t i = 0; i < 8; ++i)
    for (std::int64_t y = 0; y < 5; ++y)
      for (std::int64_t x = 0; x < 3; ++x)
        if (x != 1 || y == 2) image_.at(2 + 5 * i + x, 1 + y, 0) = 4095;
  radiograph();
  EXPECT_THAT(notes(), Not(HasSubstr("letters"))) << "the file says NO, and is believed";
  edit([](DcmDataset& data) { data.findAndDeleteElement(DCM_BurnedInAnnotation); });
  EXPECT_THAT(notes(), HasSubstr("letters"));
}

TEST_F(Picture, NotesAndRefusalsHaveNoIdentity) {
  text_.patient_id = "Doe^Jane 12345";
  ultrasound();
  EXPECT_THAT(notes(), Not(HasSubstr("Doe")));
  EXPECT_THAT(notes(), Not(HasSubstr("2.25.")));
}

TEST_F(Picture, OtherObjectsAreNone) {
  radiograph();
  edit([](DcmDataset& data) { data.putAndInsertString(DCM_SOPClassUID, UID_CTImageStorage); });
  EXPECT_FALSE(is_picture(file_));
  EXPECT_THAT(refusal(), HasSubstr("is not a picture"));
  edit([](DcmDataset& data) { data.putAndInsertString(DCM_SOPClassUID, UID_SecondaryCaptureImageStorage); });
  EXPECT_TRUE(is_picture(file_));
  edit([](DcmDataset& data) {
    data.putAndInsertString(DCM_ImagePositionPatient, "0\\0\\0");
    data.putAndInsertString(DCM_ImageOrientationPatient, "1\\0\\0\\0\\1\\0");
  });
  EXPECT_FALSE(is_picture(file_)) << "a capture that keeps its place in the patient is a slice";
  write_file(folder_ / "text.dcm", "no DICOM at all");
  EXPECT_FALSE(is_picture(folder_ / "text.dcm"));
  EXPECT_FALSE(is_picture(folder_ / "absent.dcm"));
}

TEST_F(Picture, TruncatedPixelsAreRefused) {
  radiograph();
  edit([](DcmDataset& data) { data.putAndInsertUint16(DCM_Rows, 51); });
  EXPECT_THAT(refusal(), HasSubstr("truncated"));
}

}  // namespace
}  // namespace radfuse::dicom
