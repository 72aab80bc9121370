// SPDX-License-Identifier: Apache-2.0
// Structure sets made by hand: what is drawn, what is skipped with a note, what is refused.
#include <gmock/gmock.h>

#include "radfuse/base/discretion.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/dicom/regions.hpp"
#include "region_files.hpp"
#include "temporary_folder.hpp"

namespace radfuse::dicom {
namespace {

using test::HandContour;
using test::HandRoi;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// 10 x 8 x 4 voxels of 1 mm at the origin.
ReferenceFrame image() {
  ReferenceFrame frame;
  frame.grid.size = {10, 8, 4};
  frame.frame_of_reference = "2.25.1";
  return frame;
}

/// Columns and rows 1 to 3.
std::string square(const std::string& z) {
  return "0.5\\0.5\\" + z + "\\3.5\\0.5\\" + z + "\\3.5\\3.5\\" + z + "\\0.5\\3.5\\" + z;
}

class StructureSet : public ::testing::Test {
 protected:
  DicomMask read(const std::vector<HandRoi>& rois, const std::string& wanted = "", const std::string& frame = "") {
    test::write_rois(file_, rois, frame);
    return read_regions(file_, wanted, image());
  }
  std::string refusal(const std::vector<HandRoi>& rois, const std::string& wanted = "", const std::string& frame = "") {
    try {
      read(rois, wanted, frame);
    } catch (const InputError& error) {
      return revealed(error.what());
    }
    return {};
  }
  radfuse::test::TemporaryFolder folder_;
  std::filesystem::path file_ = folder_ / "rs.dcm";
};

TEST_F(StructureSet, ASquareIsItsVoxels) {
  const DicomMask found = read({{"1", "GTV", {{square("2")}}}});
  EXPECT_EQ(found.mask.count(), 9U);
  EXPECT_EQ(found.mask.at(1, 1, 2), 1);
  EXPECT_EQ(found.mask.at(3, 3, 2), 1);
  EXPECT_THAT(found.notes, IsEmpty());
}

TEST_F(StructureSet, ExplicitXorIsTheSameRule) {
  const std::string inner = "1.5\\1.5\\2\\2.5\\1.5\\2\\2.5\\2.5\\2\\1.5\\2.5\\2";
  EXPECT_EQ(read({{"1", "GTV", {{square("2"), "CLOSEDPLANAR_XOR"}, {inner, "CLOSEDPLANAR_XOR"}}}}).mask.count(), 8U);
}

TEST_F(StructureSet, AKeyHoleIsAHole) {
  // Around the outside, in through a slit of no width, around the hole the other way, and out again.
  const std::string ring =
      "0.5\\0.5\\2\\5.5\\0.5\\2\\5.5\\5.5\\2\\0.5\\5.5\\2\\0.5\\2\\2\\2.5\\2\\2\\2.5\\3.5\\2\\3.5\\3.5\\2\\3.5\\2."
      "5\\2\\"
      "2.5\\2.5\\2\\2.5\\2\\2\\0.5\\2\\2";
  const DicomMask found = read({{"1", "GTV", {{ring}}}});
  EXPECT_EQ(found.mask.count(), 24U);
  EXPECT_EQ(found.mask.at(3, 3, 2), 0);
}

TEST_F(StructureSet, WhatIsNoClosedContourIsCounted) {
  const DicomMask found = read({{"4",
                                 "GTV",
                                 {{square("2")},
                                  {"1\\1\\1", "POINT"},
                                  {"2\\1\\1", "POINT"},
                                  {"1\\1\\1\\2\\2\\1", "OPEN_PLANAR"},
                                  {"1\\1\\1\\2\\2\\1", "OPEN_NONPLANAR"},
                                  {"1\\1\\1\\2\\2\\1", "SOMETHING"},
                                  {"1\\1\\1\\2\\2\\1"}}}});
  EXPECT_THAT(found.notes, ElementsAre("region 4: 2 single points skipped", "region 4: 2 open contours skipped",
                                       "region 4: 1 contour of an unknown type skipped",
                                       "region 4: 1 contour of fewer than three points dropped"));
  EXPECT_EQ(found.mask.count(), 9U);
}

TEST_F(StructureSet, ADoseReferencePointAloneIsNoRegion) {
  EXPECT_THAT(refusal({{"1", "ref", {{"1\\1\\1", "POINT"}}}}), HasSubstr("region 1: region 1: has no closed contour"));
}

TEST_F(StructureSet, RegionsAreUnitedAndTakenAway) {
  const std::string other = "2.5\\2.5\\2\\5.5\\2.5\\2\\5.5\\5.5\\2\\2.5\\5.5\\2";
  const std::vector<HandRoi> rois = {{"1", "Tumour", {{square("2")}}}, {"2", "Node", {{other}}}};
  EXPECT_EQ(read(rois, "Tumour + Node").mask.count(), 17U);
  EXPECT_EQ(read(rois, "tumour - 2").mask.count(), 8U);
  EXPECT_EQ(read(rois, "/node|tumour/").mask.count(), 17U);
  EXPECT_THAT(refusal(rois, "1 - 1"), HasSubstr("nothing is left"));
  EXPECT_THAT(refusal(rois), HasSubstr("say which region is meant; it has 1 'Tumour', 2 'Node'"));
}

TEST_F(StructureSet, AnotherFrameOfReferenceIsRefused) {
  EXPECT_EQ(refusal({{"1", "GTV", {{square("2")}}, "2.25.1"}}), "");
  EXPECT_THAT(refusal({{"1", "GTV", {{square("2")}}, "2.25.7"}}), HasSubstr("another frame of reference"));
  EXPECT_THAT(refusal({{"1", "GTV", {{square("2")}}}}, "", "2.25.7"), HasSubstr("another frame of reference"));
  EXPECT_EQ(refusal({{"1", "GTV", {{square("2")}}, "2.25.1"}}, "", "2.25.7"), "") << "the region's own counts";
  EXPECT_THAT(refusal({{"1", "GTV", {{square("2")}}, "2.25.7"}}), ::testing::Not(HasSubstr("2.25"))) << "no UIDs";
}

TEST_F(StructureSet, ImpossibleCoordinatesAreRefused) {
  EXPECT_THAT(refusal({{"1", "GTV", {{square("2")}, {"1\\2\\3\\4"}}}}),
              HasSubstr("region 1: contour 2: has 4 coordinates, which is not three for each point"));
  EXPECT_THAT(refusal({{"1", "GTV", {{"1\\2\\x\\4\\5\\6\\7\\8\\9"}}}}), HasSubstr("'x' among its coordinates"));
  EXPECT_THAT(refusal({{"1", "GTV", {{"1\\2\\nan\\4\\5\\6\\7\\8\\9"}}}}), HasSubstr("'nan' among its coordinates"));
  EXPECT_THAT(refusal({{"1", "GTV", {{"1e9\\2\\2\\4\\5\\2\\7\\8\\2"}}}}), HasSubstr("more than a kilometre away"));
  EXPECT_THAT(refusal({{"x", "GTV", {{square("2")}}}}), HasSubstr("has no ROINumber"));
}

TEST_F(StructureSet, ATinyRegionThatHoldsNoCentreIsRefused) {
  EXPECT_THAT(refusal({{"1", "GTV", {{"1.2\\1.2\\2\\1.4\\1.2\\2\\1.3\\1.4\\2"}}}}), HasSubstr("holds no voxel centre"));
}

TEST_F(StructureSet, ContoursLongerThan64KilobytesAreRead) {
  std::string circle;
  for (int i = 0; i < 6000; ++i) {
    const double angle = 2 * 3.14159265358979 * i / 6000;
    circle += (i > 0 ? "\\" : "") + std::to_string(4.5 + 3.2 * std::cos(angle)) + "\\" +
              std::to_string(3.5 + 3.2 * std::sin(angle)) + "\\2";
  }
  if (circle.size() % 2 != 0) circle += ' ';
  ASSERT_GT(circle.size(), 70'000U);
  std::size_t expected = 0;
  for (int y = 0; y < 8; ++y)
    for (int x = 0; x < 10; ++x) expected += std::hypot(x - 4.5, y - 3.5) < 3.2;
  EXPECT_EQ(read({{"1", "GTV", {{circle}}}}).mask.count(), expected);
  // Some writers store such a value with an unknown representation in an explicit transfer syntax.
  DcmFileFormat file;
  ASSERT_TRUE(file.loadFile(file_.c_str()).good());
  DcmItem* roi = first_item(*file.getDataset(), DCM_ROIContourSequence);
  ASSERT_NE(roi, nullptr);
  DcmItem* contour = first_item(*roi, DCM_ContourSequence);
  ASSERT_NE(contour, nullptr);
  delete contour->remove(DCM_ContourData);
  ASSERT_TRUE(contour
                  ->putAndInsertUint8Array(DcmTag(DCM_ContourData, EVR_OB),
                                           reinterpret_cast<const Uint8*>(circle.data()), circle.size())
                  .good());
  test::save_file(file, file_, EXS_LittleEndianExplicit);
  std::string bytes = read_file(file_);
  const std::size_t at = bytes.find(std::string("\x06\x30\x50\x00OB", 6));
  ASSERT_NE(at, std::string::npos);
  bytes.replace(at + 4, 2, "UN");
  write_file(file_, bytes);
  EXPECT_EQ(read_regions(file_, "GTV", image()).mask.count(), expected);
}

TEST_F(StructureSet, NamesInOtherCharacterSets) {
  test::write_rois(file_, {{"1", "L\xE4sion", {{square("2")}}}});
  DcmFileFormat file;
  ASSERT_TRUE(file.loadFile(file_.c_str()).good());
  file.getDataset()->putAndInsertString(DCM_SpecificCharacterSet, "ISO_IR 100");
  test::save_file(file, file_, EXS_LittleEndianImplicit);
  EXPECT_EQ(read_region_file(file_).regions.at(0).name, "L\xC3\xA4sion");
}

}  // namespace
}  // namespace radfuse::dicom
