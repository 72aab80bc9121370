// SPDX-License-Identifier: Apache-2.0
// Enhanced CT, MR and PET, and reconstructed SPECT: the series of single slices, in one object.
#include "frames.hpp"

#include <cmath>
#include <optional>

#include "series_fixture.hpp"

namespace radfuse::dicom {
namespace {

struct FrameGroups {
  double z = 0;
  std::optional<Scaling> scaling;
  std::string stack = "1";
  int time = 0;  ///< TemporalPositionIndex; 0: none
};

/// The volume of the fixture as one multi-frame object; frames in any order.
class Enhanced : public SeriesFixture {
 protected:
  void SetUp() override {
    SeriesFixture::SetUp();
    for (int i = 1; i <= 7; ++i) fs::remove(slice(i));
    for (int k = 0; k < 7; ++k) frames_.push_back({-400 + 2.5 * k, std::nullopt, "1", 0});
  }
  static void put(DcmItem& item, const DcmTagKey& tag, const std::string& value) {
    ASSERT_TRUE(item.putAndInsertString(tag, value.c_str()).good()) << DcmTag(tag).getTagName();
  }
  static DcmItem& macro(DcmItem& group, const DcmTagKey& sequence) {
    DcmItem* item = nullptr;
    EXPECT_TRUE(group.findOrCreateSequenceItem(sequence, item, 0).good());
    return *item;
  }
  static void put_scaling(DcmItem& group, const Scaling& scaling) {
    DcmItem& item = macro(group, DCM_PixelValueTransformationSequence);
    put(item, DCM_RescaleSlope, text::from_double(scaling.slope));
    put(item, DCM_RescaleIntercept, text::from_double(scaling.intercept));
    put(item, DCM_RescaleType, "US");
  }
  /// `words` of one frame, by frame of the file.
  void put_pixels(DcmDataset& data) {
    data.putAndInsertUint16(DCM_SamplesPerPixel, 1);
    put(data, DCM_PhotometricInterpretation, "MONOCHROME2");
    data.putAndInsertUint16(DCM_Rows, 3);
    data.putAndInsertUint16(DCM_Columns, 4);
    data.putAndInsertUint16(DCM_BitsAllocated, 16);
    data.putAndInsertUint16(DCM_BitsStored, 16);
    data.putAndInsertUint16(DCM_HighBit, 15);
    data.putAndInsertUint16(DCM_PixelRepresentation, 0);
    put(data, DCM_NumberOfFrames, std::to_string(frames_.size()));
    std::vector<Uint16> words;
    for (std::size_t f = 0; f < frames_.size(); ++f)
      for (std::size_t i = 0; i < 12; ++i) words.push_back(stored(f, i));
    data.putAndInsertUint16Array(DCM_PixelData, words.data(), words.size());
  }
  Uint16 stored(std::size_t frame, std::size_t i) const {
    const double k = (frames_[frame].z + 400) / 2.5;
    return static_cast<Uint16>(1000 + 100 * k + 10.0 * frames_[frame].time + static_cast<double>(i));
  }
  void put_object(DcmDataset& data, const char* sop_class, const char* modality) {
    put(data, DCM_SOPClassUID, sop_class);
    put(data, DCM_SOPInstanceUID, "2.25.11");
    put(data, DCM_SeriesInstanceUID, "2.25.12");
    put(data, DCM_FrameOfReferenceUID, "2.25.13");
    put(data, DCM_Modality, modality);
    put(data, DCM_Manufacturer, "Radfuse");
  }
  void write(const char* sop_class, const char* modality) {
    DcmFileFormat file;
    DcmDataset& data = *file.getDataset();
    put_object(data, sop_class, modality);
    DcmItem& shared = macro(data, DCM_SharedFunctionalGroupsSequence);
    put(macro(shared, DCM_PixelMeasuresSequence), DCM_PixelSpacing, "0.9\\0.7");
    put(macro(shared, DCM_PixelMeasuresSequence), DCM_SliceThickness, "5");
    put(macro(shared, DCM_PlaneOrientationSequence), DCM_ImageOrientationPatient, "1\\0\\0\\0\\1\\0");
    if (shared_scaling_) put_scaling(shared, *shared_scaling_);
    for (std::size_t f = 0; f < frames_.size(); ++f) {
      DcmItem* item = nullptr;
      ASSERT_TRUE(
          data.findOrCreateSequenceItem(DCM_PerFrameFunctionalGroupsSequence, item, static_cast<long>(f)).good());
      put(macro(*item, DCM_PlanePositionSequence), DCM_ImagePositionPatient,
          "-120.5\\33.25\\" + text::from_double(frames_[f].z));
      DcmItem& content = macro(*item, DCM_FrameContentSequence);
      put(content, DCM_StackID, frames_[f].stack);
      if (frames_[f].time > 0)
        content.putAndInsertUint32(DCM_TemporalPositionIndex, static_cast<Uint32>(frames_[f].time));
      if (frames_[f].scaling) put_scaling(*item, *frames_[f].scaling);
    }
    put_pixels(data);
    ASSERT_TRUE(file.saveFile((folder_ / "object.dcm").c_str(), EXS_LittleEndianExplicit).good());
  }
  /// Every frame at its height, with its scaling.
  void expect_volume(const DicomSeries& series) const {
    EXPECT_LT(corner_distance_mm(series.volume.grid, grid()), 1e-9) << describe(series.volume.grid);
    for (std::size_t f = 0; f < frames_.size(); ++f) {
      const auto z = static_cast<std::int64_t>(std::round((frames_[f].z + 400) / 2.5));
      const Scaling scaling = frames_[f].scaling.value_or(shared_scaling_.value_or(Scaling{}));
      for (std::size_t i = 0; i < 12; ++i)
        EXPECT_EQ(series.volume.values[static_cast<std::size_t>(z) * 12 + i],
                  static_cast<float>(stored(f, i) * scaling.slope + scaling.intercept));
    }
  }

  std::vector<FrameGroups> frames_;
  std::optional<Scaling> shared_scaling_;
};

TEST_F(Enhanced, CtWithSharedScalingAndScrambledFrames) {
  shared_scaling_ = Scaling{2, -1024};
  std::swap(frames_[0], frames_[4]);
  std::swap(frames_[2], frames_[6]);
  write(UID_EnhancedCTImageStorage, "CT");
  const DicomSeries series = read_series(folder_);
  expect_volume(series);
  EXPECT_EQ(series.volume.grid.spacing[2], 2.5) << "from the positions, not the thickness of 5 mm";
  EXPECT_EQ(series.frame.instances, std::vector<std::string>(7, "2.25.11"));
  EXPECT_EQ(series.frame.frame_of_reference, "2.25.13");
  EXPECT_EQ(read_series_grid(folder_), series.volume.grid);
  EXPECT_EQ(read_series(folder_ / "object.dcm").volume.values, series.volume.values);
}

TEST_F(Enhanced, MrWithItsScalingFrameByFrame) {
  for (std::size_t f = 0; f < 7; ++f)
    frames_[f].scaling = Scaling{0.5 + 0.25 * static_cast<double>(f), -3.0 * static_cast<double>(f)};
  write(UID_EnhancedMRImageStorage, "MR");
  const DicomSeries series = read_series(folder_);
  expect_volume(series);
  EXPECT_THAT(series.notes,
              ::testing::ElementsAre("slope and intercept differ between slices; each slice has its own"));
  DicomParams params;
  params.mr.scaling = MrScaling::stored;
  EXPECT_EQ(read_series(folder_, params).volume.values[12], 1100);
}

TEST_F(Enhanced, PhilipsScaleSlopeOfEveryFrameComesFromItsPrivateMacro) {
  shared_scaling_ = Scaling{2, 10};
  write(UID_EnhancedMRImageStorage, "MR");
  DcmFileFormat file;
  ASSERT_TRUE(file.loadFile((folder_ / "object.dcm").c_str()).good());
  file.loadAllDataIntoMemory();
  put(*file.getDataset(), DCM_Manufacturer, "Philips");
  for (long f = 0; f < 7; ++f) {
    DcmItem* group = nullptr;
    ASSERT_TRUE(file.getDataset()->findAndGetSequenceItem(DCM_PerFrameFunctionalGroupsSequence, group, f).good());
    DcmItem* item = nullptr;
    ASSERT_TRUE(group->findOrCreateSequenceItem(DcmTag(0x2005, 0x140F, EVR_SQ), item, 0).good());
    item->putAndInsertFloat32(DcmTag(0x2005, 0x100E, EVR_FL), static_cast<Float32>(0.25 * static_cast<double>(f + 1)));
    put(*item, DCM_SOPInstanceUID, "2.25.999");
  }
  ASSERT_TRUE(file.saveFile((folder_ / "object.dcm").c_str(), EXS_LittleEndianExplicit).good());
  DicomParams params;
  params.mr.scaling = MrScaling::philips_fp;
  const DicomSeries series = read_series(folder_, params);
  // Stored 1000 is displayed as 2010: 2010 / (2 x 0.25) = 4020. Stored 1600 in frame 7: 3210 / (2 x 1.75).
  EXPECT_FLOAT_EQ(series.volume.values[0], 4020);
  EXPECT_FLOAT_EQ(series.volume.values[6 * 12], static_cast<float>(3210 / 3.5));
  EXPECT_EQ(series.frame.instances[0], "2.25.11");
}

TEST_F(Enhanced, PetInItsOwnUnit) {
  for (std::size_t f = 0; f < 7; ++f) frames_[f].scaling = Scaling{1.5 + static_cast<double>(f), 0};
  write(UID_EnhancedPETImageStorage, "PT");
  DicomParams params;
  params.pet.values = PetValues::activity;
  expect_volume(read_series(folder_, params));
}

TEST_F(Enhanced, BrokenStacksAreRefusedWithTheirFrames) {
  frames_.erase(frames_.begin() + 3);
  write(UID_EnhancedCTImageStorage, "CT");
  EXPECT_THAT(refusal(), HasSubstr("1 slice is missing between 'object.dcm, frame 3' and 'object.dcm, frame 4'"));
  DicomParams params;
  params.series.gaps = GapPolicy::interpolate;
  const DicomSeries series = read_series(folder_, params);
  EXPECT_EQ(series.volume.values[3 * 12], 1300);
  EXPECT_EQ(series.frame.instances[3], "");
}

TEST_F(Enhanced, TimePointsAndStacksAreNamed) {
  const auto first = frames_;
  for (FrameGroups frame : first) {
    frame.time = 2;
    frames_.push_back(frame);
  }
  for (std::size_t f = 0; f < 7; ++f) frames_[f].time = 1;
  write(UID_EnhancedMRImageStorage, "MR");
  EXPECT_THAT(refusal(), HasSubstr("differ in TemporalPositionIndex: 1 (7 slices, e.g. 'object.dcm, frame 1'), 2 (7"));
  for (FrameGroups& frame : frames_) {
    frame.stack = frame.time == 1 ? "A" : "B";
    frame.time = 0;
  }
  frames_[13].z += 2.5;  // one frame that differs, or the second stack would be dropped as a copy
  write(UID_EnhancedMRImageStorage, "MR");
  EXPECT_THAT(refusal(), HasSubstr("differ in StackID: A (7 slices, e.g. 'object.dcm, frame 1'), B (7"));
}

TEST_F(Enhanced, FrameWithoutAPlaceIsRefused) {
  write(UID_EnhancedCTImageStorage, "CT");
  DcmFileFormat file;
  ASSERT_TRUE(file.loadFile((folder_ / "object.dcm").c_str()).good());
  file.loadAllDataIntoMemory();
  DcmItem* third = nullptr;
  ASSERT_TRUE(file.getDataset()->findAndGetSequenceItem(DCM_PerFrameFunctionalGroupsSequence, third, 2).good());
  third->findAndDeleteElement(DCM_PlanePositionSequence);
  ASSERT_TRUE(file.saveFile((folder_ / "object.dcm").c_str(), EXS_LittleEndianExplicit).good());
  EXPECT_THAT(refusal(), HasSubstr("slice 'object.dcm': frame 3: has no usable ImagePositionPatient (0 of 3 numbers)"));
}

TEST_F(Enhanced, TruncatedPixelsAreRefused) {
  write(UID_EnhancedCTImageStorage, "CT");
  DcmFileFormat file;
  ASSERT_TRUE(file.loadFile((folder_ / "object.dcm").c_str()).good());
  file.loadAllDataIntoMemory();
  const std::vector<Uint16> few(6 * 12, 1);
  file.getDataset()->putAndInsertUint16Array(DCM_PixelData, few.data(), few.size());
  ASSERT_TRUE(file.saveFile((folder_ / "object.dcm").c_str(), EXS_LittleEndianExplicit).good());
  try {
    read_series(folder_);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(),
                HasSubstr("slice 'object.dcm, frame 7': truncated: 168 bytes of pixels promised, 144 there"));
  }
}

TEST_F(Enhanced, ClipWithoutPlacesIsRefused) {
  DcmFileFormat file;
  put_object(*file.getDataset(), UID_UltrasoundMultiframeImageStorage, "US");
  put_pixels(*file.getDataset());
  ASSERT_TRUE(file.saveFile((folder_ / "object.dcm").c_str(), EXS_LittleEndianExplicit).good());
  EXPECT_THAT(refusal(), HasSubstr("multi-frame image whose frames have no places of their own"));
}

class Nuclear : public Enhanced {
 protected:
  void write(const std::string& type, double between, const std::vector<Uint16>& slice_vector) {
    DcmFileFormat file;
    DcmDataset& data = *file.getDataset();
    put_object(data, UID_NuclearMedicineImageStorage, "NM");
    put(data, DCM_ImageType, type);
    put(data, DCM_PixelSpacing, "0.9\\0.7");
    put(data, DCM_SpacingBetweenSlices, text::from_double(between));
    DcmItem& detector = macro(data, DCM_DetectorInformationSequence);
    put(detector, DCM_ImagePositionPatient, "-120.5\\33.25\\-400");
    put(detector, DCM_ImageOrientationPatient, "1\\0\\0\\0\\1\\0");
    data.putAndInsertUint16Array(DCM_SliceVector, slice_vector.data(), slice_vector.size());
    put_pixels(data);
    ASSERT_TRUE(file.saveFile((folder_ / "object.dcm").c_str(), EXS_LittleEndianExplicit).good());
  }
};

TEST_F(Nuclear, ReconstructedTomographyIsAVolume) {
  write("ORIGINAL\\PRIMARY\\RECON TOMO\\EMISSION", 2.5, {1, 2, 3, 4, 5, 6, 7});
  expect_volume(read_series(folder_));
  write("ORIGINAL\\PRIMARY\\RECON TOMO\\EMISSION", 2.5, {7, 2, 3, 4, 5, 6, 1});
  const Volume swapped = read_series(folder_).volume;
  EXPECT_EQ(swapped.values[0], 1600) << "the last frame is slice 1";
  EXPECT_EQ(swapped.values[12], 1100);
}

TEST_F(Nuclear, NegativeDistanceGoesAgainstTheNormal) {
  write("ORIGINAL\\PRIMARY\\RECON TOMO\\EMISSION", -2.5, {1, 2, 3, 4, 5, 6, 7});
  const Volume volume = read_series(folder_).volume;
  EXPECT_EQ(volume.grid.origin[2], -400 - 15);
  EXPECT_EQ(volume.values[0], 1600) << "the lowest slice is the last frame";
}

TEST_F(Nuclear, PlanarDynamicAndContradictoryOnesAreRefused) {
  write("ORIGINAL\\PRIMARY\\DYNAMIC\\EMISSION", 2.5, {1, 2, 3, 4, 5, 6, 7});
  EXPECT_THAT(refusal(), HasSubstr("planar, dynamic or gated nuclear image (ImageType ORIGINAL\\PRIMARY\\DYNAMIC"));
  write("ORIGINAL\\PRIMARY\\RECON TOMO\\EMISSION", 2.5, {1, 2, 3});
  EXPECT_THAT(refusal(), HasSubstr("has 7 frames and a SliceVector of 3"));
  write("ORIGINAL\\PRIMARY\\RECON TOMO\\EMISSION", 0, {1, 2, 3, 4, 5, 6, 7});
  EXPECT_THAT(refusal(), HasSubstr("no usable SpacingBetweenSlices"));
  write("ORIGINAL\\PRIMARY\\RECON TOMO\\EMISSION", 2.5, {1, 2, 3, 4, 5, 6, 6});
  EXPECT_THAT(refusal(), HasSubstr("'object.dcm, frame 6' and 'object.dcm, frame 7' lie in the same place and differ"));
}

}  // namespace
}  // namespace radfuse::dicom
