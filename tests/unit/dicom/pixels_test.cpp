// SPDX-License-Identifier: Apache-2.0
// Frames by themselves: colour layouts and models, several frames, several fragments a frame.
#include "pixels.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>

#include "jpeg2000_writer.hpp"
#include "radfuse/base/error.hpp"

#include <dcmtk/dcmdata/dcrleerg.h>
#include <dcmtk/dcmdata/dcrlerp.h>
#include <dcmtk/dcmimage/diregist.h>  // lets DCMTK's JPEG encoders take colour
#include <dcmtk/dcmjpeg/djencode.h>
#include <dcmtk/dcmjpeg/djrplol.h>
#include <dcmtk/dcmjpeg/djrploss.h>
#include <dcmtk/dcmjpls/djencode.h>
#include <dcmtk/dcmjpls/djrparam.h>

namespace radfuse::dicom {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr int kRows = 64, kColumns = 64;

class Frames : public ::testing::Test {
 protected:
  void SetUp() override {
    start_dcmtk();
    path_ = fs::temp_directory_path() / ("radfuse-pixels-" + std::to_string(getpid()) + ".dcm");
    DcmDataset& data = *file_.getDataset();
    data.putAndInsertString(DCM_SOPClassUID, UID_SecondaryCaptureImageStorage);
    data.putAndInsertString(DCM_SOPInstanceUID, "2.25.1");
    data.putAndInsertUint16(DCM_Rows, kRows);
    data.putAndInsertUint16(DCM_Columns, kColumns);
    data.putAndInsertUint16(DCM_PixelRepresentation, 0);
  }
  void TearDown() override { fs::remove(path_); }

  void describe(int samples, const char* photometric, int bits) {
    DcmDataset& data = *file_.getDataset();
    data.putAndInsertUint16(DCM_SamplesPerPixel, static_cast<Uint16>(samples));
    data.putAndInsertString(DCM_PhotometricInterpretation, photometric);
    for (const DcmTagKey& tag : {DCM_BitsAllocated, DCM_BitsStored})
      data.putAndInsertUint16(tag, static_cast<Uint16>(bits));
    data.putAndInsertUint16(DCM_HighBit, static_cast<Uint16>(bits - 1));
    if (samples == 3) data.putAndInsertUint16(DCM_PlanarConfiguration, 0);
  }
  /// Colour by pixel, every value another.
  void put_colour() {
    describe(3, "RGB", 8);
    words_.clear();
    for (int i = 0; i < 3 * kRows * kColumns; ++i) words_.push_back(static_cast<std::uint16_t>(i * 7 % 251));
    const std::vector<Uint8> bytes(words_.begin(), words_.end());
    file_.getDataset()->putAndInsertUint8Array(DCM_PixelData, bytes.data(), bytes.size());
  }
  void put_one_colour(Uint8 red, Uint8 green, Uint8 blue) {
    describe(3, "RGB", 8);
    std::vector<Uint8> bytes;
    for (int i = 0; i < kRows * kColumns; ++i) bytes.insert(bytes.end(), {red, green, blue});
    file_.getDataset()->putAndInsertUint8Array(DCM_PixelData, bytes.data(), bytes.size());
  }
  void put_grey_frames(int frames) {
    describe(1, "MONOCHROME2", 16);
    words_.clear();
    std::uint32_t noise = 1;
    for (int i = 0; i < frames * kRows * kColumns; ++i) {
      noise = noise * 1664525 + 1013904223;
      words_.push_back(static_cast<std::uint16_t>(noise >> 16));
    }
    file_.getDataset()->putAndInsertString(DCM_NumberOfFrames, std::to_string(frames).c_str());
    file_.getDataset()->putAndInsertUint16Array(DCM_PixelData, words_.data(), words_.size());
  }
  /// Compresses, saves, and opens again, so that pixels come from the disk.
  void through_file(E_TransferSyntax syntax, const DcmRepresentationParameter* how = nullptr) {
    ASSERT_TRUE(file_.getDataset()->chooseRepresentation(syntax, how).good());
    ASSERT_TRUE(file_.saveFile(path_.c_str(), syntax).good());
    ASSERT_TRUE(file_.loadFile(path_.c_str(), EXS_Unknown, EGL_noChange, 1024).good());
  }
  StoredPixels decode(std::int64_t frame = 0) { return decode_frame(*file_.getDataset(), frame); }

  fs::path path_;
  DcmFileFormat file_;
  std::vector<std::uint16_t> words_;
};

TEST_F(Frames, ColourByPlaneComesOutByPixel) {
  put_colour();
  std::vector<Uint8> planes;
  for (std::size_t c = 0; c < 3; ++c)
    for (std::size_t i = c; i < words_.size(); i += 3) planes.push_back(static_cast<Uint8>(words_[i]));
  file_.getDataset()->putAndInsertUint8Array(DCM_PixelData, planes.data(), planes.size());
  file_.getDataset()->putAndInsertUint16(DCM_PlanarConfiguration, 1);
  through_file(EXS_LittleEndianExplicit);
  EXPECT_EQ(decode().words, words_);
  DcmRLEEncoderRegistration::registerCodecs();
  through_file(EXS_RLELossless);
  DcmRLEEncoderRegistration::cleanup();
  EXPECT_EQ(decode().words, words_) << "RLE";
}

TEST_F(Frames, LosslessColour) {
  DJEncoderRegistration::registerCodecs();
  DJLSEncoderRegistration::registerCodecs();
  put_colour();
  const DJ_RPLossless jpeg;
  through_file(EXS_JPEGProcess14SV1, &jpeg);
  EXPECT_EQ(decode().words, words_);
  EXPECT_EQ(decode().photometric, "RGB");
  file_.clear();
  SetUp();
  put_colour();
  const DJLSRepresentationParameter jpeg_ls;
  through_file(EXS_JPEGLSLossless, &jpeg_ls);
  EXPECT_EQ(decode().words, words_);
  DJEncoderRegistration::cleanup();
  DJLSEncoderRegistration::cleanup();
}

TEST_F(Frames, Jpeg2000ColourIsTransformedBack) {
  put_colour();
  StoredPixels pixels = decode();
  put_jpeg2000(*file_.getDataset(), EXS_JPEG2000LosslessOnly, {write_jpeg2000(pixels, {})});
  file_.getDataset()->putAndInsertString(DCM_PhotometricInterpretation, "YBR_RCT");
  through_file(EXS_JPEG2000LosslessOnly);
  EXPECT_EQ(decode().words, words_);
  EXPECT_EQ(decode().photometric, "RGB");
}

TEST_F(Frames, BaselineColourBecomesRgbAndAWrongHeaderIsNotBelieved) {
  // 4:2:2 subsampling
  DJEncoderRegistration::registerCodecs(ECC_lossyYCbCr, EUC_default, OFFalse, 0, 0, 0, OFTrue, ESS_422);
  put_one_colour(200, 100, 50);
  const DJ_RPLossy best(100);
  through_file(EXS_JPEGProcess1, &best);
  DJEncoderRegistration::cleanup();
  const StoredPixels rgb = decode();
  EXPECT_EQ(rgb.photometric, "RGB");
  const double expected[] = {200, 100, 50};
  for (std::size_t i = 0; i < rgb.words.size(); ++i) ASSERT_NEAR(rgb.words[i], expected[i % 3], 3) << i;
  file_.getDataset()->putAndInsertString(DCM_PhotometricInterpretation, "RGB");
  const StoredPixels ybr = decode();
  EXPECT_EQ(ybr.photometric, "YBR_FULL") << "RGB is never subsampled";
  EXPECT_NEAR(ybr.words[0], 0.299 * 200 + 0.587 * 100 + 0.114 * 50, 2);
}

TEST_F(Frames, NativeSubsampledColourIsExpanded) {
  describe(3, "YBR_FULL_422", 8);
  std::vector<Uint8> bytes;
  for (int pair = 0; pair < kRows * kColumns / 2; ++pair)
    for (const int value : {pair % 200, pair % 200 + 1, 90, 160}) bytes.push_back(static_cast<Uint8>(value));
  file_.getDataset()->putAndInsertUint8Array(DCM_PixelData, bytes.data(), bytes.size());
  through_file(EXS_LittleEndianExplicit);
  const StoredPixels pixels = decode();
  EXPECT_EQ(pixels.photometric, "YBR_FULL");
  EXPECT_THAT(std::vector<std::uint16_t>(pixels.words.begin() + 12, pixels.words.begin() + 18),
              ::testing::ElementsAre(2, 90, 160, 3, 90, 160));
}

TEST_F(Frames, AnyFrameOfSeveralFragmentsEach) {
  // At most 1 kB a fragment: frames of 8 kB of noise have eight or nine each, and the offset table assigns them.
  DJEncoderRegistration::registerCodecs(ECC_lossyYCbCr, EUC_default, OFFalse, 0, 0, 1, OFTrue);
  put_grey_frames(3);
  const DJ_RPLossless how;
  through_file(EXS_JPEGProcess14SV1, &how);
  DJEncoderRegistration::cleanup();
  const auto size = static_cast<std::ptrdiff_t>(kRows * kColumns);
  for (const std::int64_t frame : {2, 0, 1})
    EXPECT_EQ(decode(frame).words,
              std::vector<std::uint16_t>(words_.begin() + frame * size, words_.begin() + (frame + 1) * size));
  EXPECT_THROW(decode(3), InputError);
}

TEST_F(Frames, NativeFramesAndImpossibleCounts) {
  put_grey_frames(3);
  through_file(EXS_LittleEndianExplicit);
  EXPECT_EQ(decode(2).words[0], words_[2 * kRows * kColumns]);
  file_.getDataset()->putAndInsertString(DCM_NumberOfFrames, "4");
  EXPECT_THROW(decode(3), InputError) << "there are pixels for three";
  for (const char* count : {"0", "-1", "2.5", "99999999"}) {
    file_.getDataset()->putAndInsertString(DCM_NumberOfFrames, count);
    EXPECT_THROW(decode(0), InputError) << count;
  }
}

TEST_F(Frames, HugeHeadersAreRefusedBeforeAnythingIsAllocated) {
  put_grey_frames(1);
  file_.getDataset()->putAndInsertUint16(DCM_Rows, 65535);
  file_.getDataset()->putAndInsertUint16(DCM_Columns, 65535);
  try {
    decode();
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("65535x65535"));
  }
  file_.getDataset()->putAndInsertUint16(DCM_Columns, 1000);
  try {
    decode();
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("truncated: 131070000 bytes of pixels promised, 8192 there"));
  }
}

}  // namespace
}  // namespace radfuse::dicom
