// SPDX-License-Identifier: Apache-2.0
// Every transfer syntax that is read: lossless ones voxel for voxel, lossy ones within what their settings allow.
#include "codecs.hpp"

#include <cmath>

#include "jpeg2000_writer.hpp"
#include "series_fixture.hpp"

#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>
#include <dcmtk/dcmdata/dcrleerg.h>
#include <dcmtk/dcmdata/dcrlerp.h>
#include <dcmtk/dcmjpeg/djencode.h>
#include <dcmtk/dcmjpeg/djrplol.h>
#include <dcmtk/dcmjpeg/djrploss.h>
#include <dcmtk/dcmjpls/djencode.h>
#include <dcmtk/dcmjpls/djrparam.h>

namespace radfuse::dicom {
namespace {

struct Encoders {
  Encoders() {
    DcmRLEEncoderRegistration::registerCodecs();
    // One pseudo-greyscale setting off: 12-bit values stay as they are.
    DJEncoderRegistration::registerCodecs(ECC_lossyYCbCr, EUC_default, OFFalse);
    DJLSEncoderRegistration::registerCodecs();
  }
  ~Encoders() {
    DcmRLEEncoderRegistration::cleanup();
    DJEncoderRegistration::cleanup();
    DJLSEncoderRegistration::cleanup();
  }
  Encoders(const Encoders&) = delete;
  Encoders& operator=(const Encoders&) = delete;
};

/// Seven slices of 32 x 24, smooth enough for lossy codecs: unsigned, `bits` of 16 (or 8 of 8) stored, no scaling.
class Syntax : public SeriesFixture {
 protected:
  void write(int bits, bool is_signed = false) {
    bits_ = bits;
    values_.clear();
    write_ct_series(folder_, image_, {.uid_name = "syntax", .patient_id = "syntax"});
    for (int k = 1; k <= 7; ++k) {
      std::vector<Uint16> words;
      const double top = (1 << (is_signed ? bits - 1 : bits)) - 1;
      for (int y = 0; y < kRows; ++y)
        for (int x = 0; x < kColumns; ++x) {
          const double wave = std::sin(0.1 * x + 0.07 * y + 0.3 * k);
          const double value = std::round(is_signed ? wave * top : (wave + 1) / 2 * top);
          values_.push_back(static_cast<float>(value));
          words.push_back(static_cast<Uint16>(static_cast<int>(value) & ((1 << bits) - 1)));
        }
      edit(k, [&](DcmDataset& data) { describe(data, is_signed, words); });
    }
  }
  void describe(DcmDataset& data, bool is_signed, const std::vector<Uint16>& words) const {
    data.putAndInsertUint16(DCM_Rows, kRows);
    data.putAndInsertUint16(DCM_Columns, kColumns);
    data.putAndInsertUint16(DCM_BitsAllocated, bits_ == 8 ? 8 : 16);
    data.putAndInsertUint16(DCM_BitsStored, static_cast<Uint16>(bits_));
    data.putAndInsertUint16(DCM_HighBit, static_cast<Uint16>(bits_ - 1));
    data.putAndInsertUint16(DCM_PixelRepresentation, is_signed);
    data.putAndInsertString(DCM_RescaleIntercept, "0");
    if (bits_ == 8) {
      const std::vector<Uint8> bytes(words.begin(), words.end());
      data.putAndInsertUint8Array(DCM_PixelData, bytes.data(), bytes.size());
    } else {
      data.putAndInsertUint16Array(DCM_PixelData, words.data(), words.size());
    }
  }
  void store_as(E_TransferSyntax syntax) {
    for (int k = 1; k <= 7; ++k) {
      DcmFileFormat file;
      ASSERT_TRUE(file.loadFile(slice(k).c_str()).good());
      file.loadAllDataIntoMemory();
      ASSERT_TRUE(file.getDataset()->chooseRepresentation(syntax, nullptr).good());
      ASSERT_TRUE(file.saveFile(slice(k).c_str(), syntax).good());
    }
  }
  /// Returns all slices as OpenJPEG alone decodes them.
  std::vector<float> store_as_jpeg2000(E_TransferSyntax syntax, const Jpeg2000Settings& settings) {
    std::vector<float> decoded;
    for (int k = 1; k <= 7; ++k) {
      DcmFileFormat file;
      EXPECT_TRUE(file.loadFile(slice(k).c_str()).good());
      const StoredPixels pixels = decode_frame(*file.getDataset(), 0);
      const std::vector<Uint8> stream = write_jpeg2000(pixels, settings);
      for (const int value : decoded_plainly(stream, folder_ / "stream.j2k"))
        decoded.push_back(static_cast<float>(value));
      put_jpeg2000(*file.getDataset(), syntax, {stream});
      EXPECT_TRUE(file.saveFile(slice(k).c_str(), syntax).good());
    }
    return decoded;
  }
  DicomSeries read() const { return read_series(folder_); }
  double largest_error(const std::vector<float>& found) const {
    EXPECT_EQ(found.size(), values_.size());
    double largest = 0;
    for (std::size_t i = 0; i < std::min(found.size(), values_.size()); ++i)
      largest = std::max(largest, std::abs(static_cast<double>(found[i]) - static_cast<double>(values_[i])));
    return largest;
  }
  void expect_lossless(const char* what) const {
    const DicomSeries series = read();
    EXPECT_EQ(series.volume.values, values_) << what;
    EXPECT_THAT(series.notes, ::testing::IsEmpty()) << what;
  }
  void expect_flagged_lossy(const char* what) const {
    EXPECT_THAT(read().notes, ::testing::ElementsAre("the image went through a lossy compression")) << what;
    DicomParams params;
    params.lossy = Caution::refuse;
    EXPECT_THAT(refusal(params), HasSubstr("slice 'slice_0001.dcm': the image went through a lossy compression; "
                                           "import.lossy"))
        << what;
    params.lossy = Caution::accept;
    EXPECT_THAT(read_series(folder_, params).notes, ::testing::IsEmpty()) << what;
  }

  static constexpr int kRows = 24, kColumns = 32;
  int bits_ = 16;
  std::vector<float> values_;
  Encoders encoders_;
};

TEST_F(Syntax, NativeOnesAndDeflated) {
  for (const int bits : {8, 12, 16})
    for (const bool is_signed : {false, true})
      for (const E_TransferSyntax syntax : {EXS_LittleEndianExplicit, EXS_LittleEndianImplicit, EXS_BigEndianExplicit,
                                            EXS_DeflatedLittleEndianExplicit}) {
        write(bits, is_signed);
        store_as(syntax);
        expect_lossless(DcmXfer(syntax).getXferName());
      }
}

TEST_F(Syntax, NativeValuesInTheUpperBitsAreShifted) {
  write(12);
  for (int k = 1; k <= 7; ++k)
    edit(k, [&](DcmDataset& data) {
      const Uint16* words = nullptr;
      unsigned long count = 0;
      ASSERT_TRUE(data.findAndGetUint16Array(DCM_PixelData, words, &count).good());
      std::vector<Uint16> moved;
      for (unsigned long i = 0; i < count; ++i) moved.push_back(static_cast<Uint16>(words[i] << 4));
      data.putAndInsertUint16Array(DCM_PixelData, moved.data(), moved.size());
      data.putAndInsertUint16(DCM_HighBit, 15);
    });
  expect_lossless("high bit 15 of 12 stored");
}

TEST_F(Syntax, RunLengths) {
  for (const int bits : {8, 16}) {
    write(bits);
    compress(EXS_RLELossless, DcmRLERepresentationParameter());
    expect_lossless("RLE");
  }
}

TEST_F(Syntax, JpegLossless) {
  for (const int bits : {8, 12, 16}) {
    write(bits);
    compress(EXS_JPEGProcess14SV1, DJ_RPLossless());
    expect_lossless("first-order prediction");
    write(bits);
    compress(EXS_JPEGProcess14, DJ_RPLossless(6));
    expect_lossless("any predictor");
  }
}

TEST_F(Syntax, JpegLs) {
  for (const int bits : {8, 12, 16}) {
    write(bits, bits == 16);
    compress(EXS_JPEGLSLossless, DJLSRepresentationParameter());
    expect_lossless("JPEG-LS");
  }
  write(12);
  compress(EXS_JPEGLSLossy, DJLSRepresentationParameter(3, OFFalse));
  EXPECT_LE(largest_error(read().volume.values), 3) << "near-lossless: at most the stated difference";
  EXPECT_GT(largest_error(read().volume.values), 0);
  expect_flagged_lossy("JPEG-LS near-lossless");
}

/// Quality 100 has quantisers of 1: every coefficient of an 8 x 8 block is wrong by 1/2 at most, so the block's sum of
/// squared errors is at most 64/4 (the transform keeps it), and no value is wrong by more than 4; 1 more for rounding.
constexpr double kBest = 5;

TEST_F(Syntax, JpegBaselineAndExtended) {
  write(8);
  compress(EXS_JPEGProcess1, DJ_RPLossy(100));
  EXPECT_LE(largest_error(read().volume.values), kBest);
  expect_flagged_lossy("baseline");
  write(12);
  compress(EXS_JPEGProcess2_4, DJ_RPLossy(100));
  const DicomSeries series = read();
  EXPECT_LE(largest_error(series.volume.values), kBest) << "12 bits stay 12 bits";
  EXPECT_GT(*std::max_element(series.volume.values.begin(), series.volume.values.end()), 4000);
  expect_flagged_lossy("extended");
}

TEST_F(Syntax, Jpeg2000Lossless) {
  for (const int bits : {8, 12, 16})
    for (const bool is_signed : {false, true}) {
      write(bits, is_signed);
      store_as_jpeg2000(EXS_JPEG2000LosslessOnly, {});
      expect_lossless("JPEG 2000, reversible");
    }
}

TEST_F(Syntax, Jpeg2000Lossy) {
  write(12);
  const std::vector<float> decoded = store_as_jpeg2000(EXS_JPEG2000, {.decibels = 70});
  EXPECT_EQ(read().volume.values, decoded) << "what OpenJPEG decodes, voxel for voxel";
  EXPECT_NE(decoded, values_) << "the stream is lossy";
  expect_flagged_lossy("JPEG 2000, irreversible");
}

TEST_F(Syntax, Jpeg2000ThatIsSaidToBeLosslessIsNotFlagged) {
  write(12);
  for (int k = 1; k <= 7; ++k) set(k, DCM_LossyImageCompression, "00");
  store_as_jpeg2000(EXS_JPEG2000, {});
  expect_lossless("the syntax for both, reversible");
}

TEST_F(Syntax, BurnedInNamesAreRefusedUnlessAccepted) {
  set(5, DCM_BurnedInAnnotation, "YES");
  EXPECT_THAT(refusal(), HasSubstr("slice 'slice_0005.dcm': the image says that a patient's data is written into its "
                                   "pixels; import.burned_in"));
  DicomParams params;
  params.burned_in = Caution::warn;
  EXPECT_THAT(read_series(folder_, params).notes, ::testing::ElementsAre(HasSubstr("written into its pixels")));
  params.burned_in = Caution::accept;
  EXPECT_THAT(read_series(folder_, params).notes, ::testing::IsEmpty());
}

TEST_F(Syntax, LossOfAnEarlierCompressionIsFlagged) {
  write(12);
  for (int k = 1; k <= 7; ++k) set(k, DCM_LossyImageCompression, "01");
  EXPECT_EQ(read().volume.values, values_);
  expect_flagged_lossy("native, but lossy before");
}

TEST_F(Syntax, Jpeg2000OfAnotherSizeOrPrecisionIsRefusedBeforeItIsDecoded) {
  write(16);
  store_as_jpeg2000(EXS_JPEG2000LosslessOnly, {});
  edit(3, [](DcmDataset& data) { data.putAndInsertUint16(DCM_Rows, kRows - 1); });
  for (const int k : {1, 2, 4, 5, 6, 7}) fs::remove(slice(k));
  EXPECT_THROW(
      {
        try {
          read();
        } catch (const InputError& error) {
          EXPECT_THAT(error.what(), HasSubstr("slice 'slice_0003.dcm': its JPEG 2000 stream has another size"));
          throw;
        }
      },
      InputError);
}

/// Keeps one slice, changes its compressed bytes, and says what is said against it.
class Damage : public Syntax {
 protected:
  template <class Change>
  std::string after(E_TransferSyntax syntax, Change&& change) {
    DcmFileFormat file;
    EXPECT_TRUE(file.loadFile(slice(1).c_str()).good());
    file.loadAllDataIntoMemory();
    DcmElement* element = nullptr;
    EXPECT_TRUE(file.getDataset()->findAndGetElement(DCM_PixelData, element).good());
    DcmPixelSequence* sequence = nullptr;
    DcmPixelItem* item = nullptr;
    EXPECT_TRUE(dynamic_cast<DcmPixelData*>(element)->getEncapsulatedRepresentation(syntax, nullptr, sequence).good());
    EXPECT_TRUE(sequence->getItem(item, 1).good());
    Uint8* bytes = nullptr;
    EXPECT_TRUE(item->getUint8Array(bytes).good());
    std::vector<Uint8> changed(bytes, bytes + item->getLength());
    change(changed);
    EXPECT_TRUE(item->putUint8Array(changed.data(), changed.size()).good());
    EXPECT_TRUE(file.saveFile((folder_ / "one" / "damaged.dcm").c_str(), syntax).good());
    try {
      read_series(folder_ / "one");
    } catch (const InputError& error) {
      return error.what();
    }
    return {};
  }
  void SetUp() override {
    Syntax::SetUp();
    fs::create_directories(folder_ / "one");
    write(16);
  }
};

TEST_F(Damage, RunLengthsThatEndEarlyOrPointElsewhere) {
  compress(EXS_RLELossless, DcmRLERepresentationParameter());
  EXPECT_EQ(after(EXS_RLELossless, [](auto&) {}), "");
  EXPECT_THAT(after(EXS_RLELossless, [](auto& bytes) { bytes.resize(bytes.size() / 2 / 2 * 2); }), HasSubstr("RLE"));
  EXPECT_THAT(after(EXS_RLELossless, [](auto& bytes) { bytes.resize(32); }), HasSubstr("truncated"));
  EXPECT_THAT(after(EXS_RLELossless, [](auto& bytes) { bytes[0] = 3; }),
              HasSubstr("3 segments where the header needs 2"));
  EXPECT_THAT(after(EXS_RLELossless, [](auto& bytes) { bytes[8] = bytes[9] = bytes[10] = 255; }), HasSubstr("damaged"));
}

TEST_F(Damage, JpegOfAnotherSize) {
  compress(EXS_JPEGProcess14SV1, DJ_RPLossless());
  EXPECT_EQ(after(EXS_JPEGProcess14SV1, [](auto&) {}), "");
  const auto taller = [](std::vector<Uint8>& bytes) {
    for (std::size_t i = 0; i + 8 < bytes.size(); ++i)
      if (bytes[i] == 0xFF && bytes[i + 1] == 0xC3) {
        bytes[i + 5] = 16;  // rows, high byte
        return;
      }
  };
  EXPECT_THAT(after(EXS_JPEGProcess14SV1, taller),
              HasSubstr("its JPEG stream has 32x4120x1 values of 16 bits where the DICOM header promises 32x24x1"));
  EXPECT_THAT(after(EXS_JPEGProcess14SV1, [](auto& bytes) { bytes[1] = 0; }), HasSubstr("JPEG stream is damaged"));
}

TEST_F(Damage, Jpeg2000CutOrWithTooManyTiles) {
  store_as_jpeg2000(EXS_JPEG2000LosslessOnly, {});
  EXPECT_EQ(after(EXS_JPEG2000LosslessOnly, [](auto&) {}), "");
  EXPECT_THAT(after(EXS_JPEG2000LosslessOnly, [](auto& bytes) { bytes.resize(bytes.size() / 2 / 2 * 2); }),
              HasSubstr("damaged or truncated"));
  EXPECT_THAT(after(EXS_JPEG2000LosslessOnly,
                    [](auto& bytes) {
                      for (std::size_t i = 24; i < 32; ++i) bytes[i] = i % 4 == 3 ? 1 : 0;  // tiles of 1 x 1: 825
                    }),
              HasSubstr("damaged or truncated"));
  EXPECT_THAT(after(EXS_JPEG2000LosslessOnly, [](auto& bytes) { bytes[6] |= 0x40; }), HasSubstr("HTJ2K"));
}

TEST_F(Damage, HighThroughputJpeg2000IsRefusedByName) {
  DcmFileFormat file;
  ASSERT_TRUE(file.loadFile(slice(1).c_str()).good());
  file.loadAllDataIntoMemory();
  file.getMetaInfo()->putAndInsertString(DCM_TransferSyntaxUID, "1.2.840.10008.1.2.4.201");
  ASSERT_TRUE(file.saveFile((folder_ / "one" / "ht.dcm").c_str(), EXS_LittleEndianExplicit, EET_ExplicitLength,
                            EGL_recalcGL, EPD_noChange, 0, 0, EWM_dontUpdateMeta)
                  .good());
  try {
    read_series(folder_ / "one");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(),
                HasSubstr("slice 'ht.dcm': its transfer syntax 1.2.840.10008.1.2.4.201 (High-Throughput"));
  }
}

}  // namespace
}  // namespace radfuse::dicom
