// SPDX-License-Identifier: Apache-2.0
// Segmentations made by hand: bits across byte borders, fractions, label maps, overlaps, other grids, damage.
#include "seg.hpp"

#include <gmock/gmock.h>

#include <dcmtk/dcmdata/dcrleerg.h>
#include <dcmtk/dcmdata/dcrlerp.h>

#include "radfuse/base/discretion.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/rng.hpp"
#include "region_files.hpp"
#include "temporary_folder.hpp"

namespace radfuse::dicom {
namespace {

using test::HandFrame;
using test::HandSeg;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// 5 x 3 x 6 voxels of 0.5 x 2 x 3 mm from (-10, 20, 30): the hand-made frames lie on its slices.
ReferenceFrame image() {
  ReferenceFrame frame;
  frame.grid.size = {5, 3, 6};
  frame.grid.spacing = {0.5, 2, 3};
  frame.grid.origin = {-10, 20, 30};
  frame.frame_of_reference = "2.25.1";
  return frame;
}
std::string on_slice(int z) {
  return "-10\\20\\" + std::to_string(30 + 3 * z);
}
std::vector<int> speckles(std::uint64_t index, int values = 2) {
  Rng rng(7, "test.seg", index);
  std::vector<int> pixels(15);
  for (int& p : pixels) p = static_cast<int>(rng.below(static_cast<std::uint64_t>(values)));
  pixels[index % 15] = values - 1;
  return pixels;
}
std::vector<int> slice_of(const Mask& mask, std::int64_t z) {
  const auto start = mask.values.begin() + z * 15;
  return std::vector<int>(start, start + 15);
}

class Seg : public ::testing::Test {
 protected:
  DicomMask read(const HandSeg& seg, const std::string& wanted = "", const MaskParams& params = {}) {
    test::write_seg(file_, seg);
    return read_regions(file_, wanted, image(), params);
  }
  std::string refusal(const HandSeg& seg, const std::string& wanted = "", const MaskParams& params = {}) {
    try {
      read(seg, wanted, params);
    } catch (const InputError& error) {
      return revealed(error.what());
    }
    return {};
  }
  /// Segment 1 on slices 1 and 2, segment 2 on slices 2 and 4; frames of 15 bits cross byte borders.
  static HandSeg two() {
    HandSeg seg;
    seg.segments = {{1, "tumour"}, {2, "node"}};
    seg.frames = {{1, on_slice(1), speckles(1)},
                  {1, on_slice(2), speckles(2)},
                  {2, on_slice(4), speckles(3)},
                  {2, on_slice(2), speckles(4)}};
    return seg;
  }
  radfuse::test::TemporaryFolder folder_;
  std::filesystem::path file_ = folder_ / "seg.dcm";
};

TEST_F(Seg, BitsGoToTheirSlices) {
  const Mask one = read(two(), "tumour").mask, other = read(two(), "2").mask;
  EXPECT_EQ(slice_of(one, 1), speckles(1));
  EXPECT_EQ(slice_of(one, 2), speckles(2));
  EXPECT_EQ(slice_of(other, 4), speckles(3));
  EXPECT_EQ(slice_of(other, 2), speckles(4));
  for (const std::int64_t empty : {0, 3, 4, 5}) EXPECT_EQ(slice_of(one, empty), std::vector<int>(15)) << empty;
  EXPECT_THAT(read(two(), "1").notes, IsEmpty());
}

TEST_F(Seg, OverlappingSegmentsAreUnitedAndTakenAway) {
  const Mask both = read(two(), "tumour + node").mask, less = read(two(), "tumour - node").mask;
  for (std::size_t i = 0; i < 15; ++i) {
    EXPECT_EQ(both.values[30 + i], speckles(2)[i] | speckles(4)[i]);
    EXPECT_EQ(less.values[30 + i], speckles(2)[i] & (1 - speckles(4)[i]));
  }
}

TEST_F(Seg, DeflatedAndBigEndianAndImplicit) {
  test::write_seg(file_, two());
  const auto values = read_regions(file_, "1 + 2", image()).mask.values;
  for (const E_TransferSyntax syntax :
       {EXS_DeflatedLittleEndianExplicit, EXS_LittleEndianImplicit, EXS_BigEndianExplicit}) {
    test::write_seg(file_, two(), syntax);
    EXPECT_EQ(read_regions(file_, "1 + 2", image()).mask.values, values) << DcmXfer(syntax).getXferName();
  }
}

TEST_F(Seg, FractionsAreInsideFromTheThreshold) {
  HandSeg seg;
  seg.type = "FRACTIONAL";
  seg.bits = 8;
  seg.frames = {{1, on_slice(3), {0, 1, 99, 100, 101, 200, 0, 0, 0, 0, 0, 0, 0, 0, 150}}};
  const DicomMask half = read(seg);
  EXPECT_EQ(slice_of(half.mask, 3), (std::vector<int>{0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1}));
  EXPECT_THAT(half.notes,
              ElementsAre("fractional segmentation (occupancy): inside is where the share is at least 0.5"));
  MaskParams params;
  params.fraction = 1;
  EXPECT_EQ(read(seg, "", params).mask.count(), 1U);
  params.fraction = 0.001;
  EXPECT_EQ(read(seg, "", params).mask.count(), 6U) << "a share of 0 is never inside";
  seg.most = 0;
  EXPECT_THAT(refusal(seg), HasSubstr("MaximumFractionalValue"));
}

TEST_F(Seg, LabelMapsOf8And16Bits) {
  for (const int bits : {8, 16}) {
    HandSeg seg;
    seg.type = "LABELMAP";
    seg.bits = bits;
    const int high = bits == 8 ? 255 : 40'000;
    seg.segments = {{0, "background"}, {1, "tumour"}, {2, "node"}, {high, "high"}};
    seg.frames = {{0, on_slice(1), speckles(5, 3)}, {0, on_slice(3), speckles(6, 3)}};
    seg.frames[1].pixels[7] = high;
    test::write_seg(file_, seg);
    EXPECT_EQ(read_region_file(file_).regions.size(), 3U) << "the background is no region";
    for (int label = 1; label <= 2; ++label) {
      const Mask mask = read_regions(file_, std::to_string(label), image()).mask;
      for (std::size_t i = 0; i < 15; ++i) {
        EXPECT_EQ(mask.values[15 + i], seg.frames[0].pixels[i] == label);
        EXPECT_EQ(mask.values[45 + i], seg.frames[1].pixels[i] == label);
      }
    }
    EXPECT_EQ(read_regions(file_, "high", image()).mask.count(), 1U);
  }
}

TEST_F(Seg, RleIsRead) {
  HandSeg seg;
  seg.type = "LABELMAP";
  seg.bits = 8;
  seg.frames = {{0, on_slice(1), speckles(5)}, {0, on_slice(3), speckles(6)}};
  start_dcmtk();
  DcmFileFormat file;
  test::fill_seg(*file.getDataset(), seg);
  DcmRLEEncoderRegistration::registerCodecs();
  const DcmRLERepresentationParameter how;
  ASSERT_TRUE(file.getDataset()->chooseRepresentation(EXS_RLELossless, &how).good());
  test::save_file(file, file_, EXS_RLELossless);
  DcmRLEEncoderRegistration::cleanup();
  EXPECT_EQ(slice_of(read_regions(file_, "", image()).mask, 3), speckles(6));
}

TEST_F(Seg, FlippedAndCroppedFramesFindTheirVoxels) {
  HandSeg seg;
  seg.orientation = "-1\\0\\0\\0\\1\\0";  // columns run the other way
  seg.frames = {{1, "-8\\20\\33", speckles(1)}};
  const Mask flipped = read(seg).mask;
  for (std::int64_t y = 0; y < 3; ++y)
    for (std::int64_t x = 0; x < 5; ++x)
      EXPECT_EQ(flipped.at(4 - x, y, 1), speckles(1)[static_cast<std::size_t>(y * 5 + x)]);
  HandSeg cropped;
  cropped.columns = 2;
  cropped.rows = 2;
  cropped.frames = {{1, "-9\\22\\36", {1, 0, 1, 1}}};
  const Mask part = read(cropped).mask;
  EXPECT_EQ(part.count(), 3U);
  EXPECT_EQ(part.at(2, 1, 2), 1);
  EXPECT_EQ(part.at(3, 1, 2), 0);
  EXPECT_EQ(part.at(3, 2, 2), 1);
}

TEST_F(Seg, AnotherGridIsRefusedOrResampled) {
  HandSeg seg;  // pixels of 1 x 2 mm: twice as wide as the image's
  seg.spacing = "2\\1";
  seg.columns = 3;
  seg.frames = {{1, "-9.75\\20\\36", {1, 0, 1, 0, 1, 0, 0, 0, 0}}, {1, "-9.75\\20\\42", {1, 1, 1, 1, 1, 1, 1, 1, 1}}};
  const std::string message = refusal(seg);
  EXPECT_THAT(message,
              HasSubstr("lies on another grid than the image: the segmentation's grid is 3x3x3 voxels of 1x2x3 mm"));
  EXPECT_THAT(message, HasSubstr("the image's is 5x3x6 voxels of 0.5x2x3 mm"));
  EXPECT_THAT(message, HasSubstr("mask: grid: resample"));
  MaskParams params;
  params.grid = GridPolicy::resample;
  const DicomMask found = read(seg, "", params);
  EXPECT_EQ(slice_of(found.mask, 2), (std::vector<int>{1, 1, 0, 0, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(slice_of(found.mask, 3), std::vector<int>(15));
  EXPECT_EQ(slice_of(found.mask, 4), std::vector<int>(15, 1));
  EXPECT_THAT(found.notes, ElementsAre("brought onto the image's grid by nearest neighbour"));
}

TEST_F(Seg, FramesBetweenSlicesAreAnotherGrid) {
  HandSeg seg;
  seg.frames = {{1, "-10\\20\\34", speckles(1)}, {1, "-10\\20\\37", speckles(2)}};
  EXPECT_THAT(refusal(seg), HasSubstr("another grid"));
  seg.frames[1].position = "-10\\20\\38.3";
  EXPECT_THAT(refusal(seg), HasSubstr("not equally far apart")) << "3 mm are stated";
  seg.slice_spacing = "";
  EXPECT_THAT(refusal(seg), HasSubstr("5x3x2 voxels of 0.5x2x4.3 mm"));
}

TEST_F(Seg, OutsideTheImageIsNotedOrRefused) {
  HandSeg seg = two();
  seg.frames[0].position = on_slice(-1);
  const auto set = static_cast<std::size_t>(std::count(seg.frames[0].pixels.begin(), seg.frames[0].pixels.end(), 1));
  EXPECT_THAT(read(seg, "1").notes,
              ElementsAre("segment 1: " + std::to_string(set) + " voxels outside the image left out"));
  seg.frames[1].position = on_slice(9);
  EXPECT_THAT(refusal(seg, "1"), HasSubstr("segment 1: lies outside the image"));
}

TEST_F(Seg, ASegmentWithoutFramesIsEmpty) {
  HandSeg seg = two();
  seg.segments.push_back({3, "none"});
  EXPECT_THAT(refusal(seg, "none"), HasSubstr("holds no voxel centre"));
}

TEST_F(Seg, AnotherFrameOfReferenceIsRefused) {
  HandSeg seg = two();
  seg.frame_of_reference = "2.25.1";
  EXPECT_EQ(refusal(seg, "1"), "");
  seg.frame_of_reference = "2.25.2";
  EXPECT_THAT(refusal(seg, "1"), HasSubstr("another frame of reference"));
}

TEST_F(Seg, ContradictionsAreRefusedBeforeAnythingIsAllocated) {
  HandSeg seg = two();
  seg.rows = 60'000;
  seg.columns = 1000;
  EXPECT_THAT(refusal(seg, "1"), HasSubstr("truncated: 30000000 bytes of pixels promised, 8 there"));
  seg = two();
  seg.frames[2].pixels.resize(1);
  EXPECT_THAT(refusal(seg, "1"), HasSubstr("truncated: 8 bytes of pixels promised, 6 there"));
  seg = two();
  seg.bits = 8;
  EXPECT_THAT(refusal(seg, "1"), HasSubstr("stores 8 bits a pixel"));
  seg = two();
  seg.type = "SURFACE";
  EXPECT_THAT(refusal(seg, "1"), HasSubstr("SegmentationType 'SURFACE'"));
  seg = two();
  seg.segments[1].first = 1;
  EXPECT_THAT(refusal(seg, "1"), HasSubstr("two segments have the number 1"));
  seg = two();
  seg.spacing = "0\\0";
  EXPECT_THAT(refusal(seg, "1"), HasSubstr("frame 1: PixelSpacing is outside"));
  seg = two();
  seg.orientation = "1\\0\\0\\1\\0\\0";
  EXPECT_THAT(refusal(seg, "1"), HasSubstr("not two unit vectors"));
  seg = two();
  seg.frames[1].position = "1\\2";
  EXPECT_THAT(refusal(seg, "1"), HasSubstr("frame 2: has no usable ImagePositionPatient"));
  test::write_seg(file_, two());
  DcmFileFormat file;
  ASSERT_TRUE(file.loadFile(file_.c_str()).good());
  file.getDataset()->putAndInsertString(DCM_NumberOfFrames, "1000000");
  test::save_file(file, file_);
  EXPECT_THROW(read_regions(file_, "1", image()), InputError);
}

}  // namespace
}  // namespace radfuse::dicom
