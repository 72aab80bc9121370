// SPDX-License-Identifier: Apache-2.0
// Which of the spacings of a radiograph counts.
#include "plane_spacing.hpp"

#include <gmock/gmock.h>

namespace radfuse::dicom {
namespace {

using ::testing::HasSubstr;

class Spacings : public ::testing::Test {
 protected:
  void SetUp() override { start_dcmtk(); }
  void put(const DcmTagKey& tag, const char* value) { ASSERT_TRUE(header_.putAndInsertString(tag, value).good()); }
  std::optional<PlaneSpacing> found(bool radiograph = true) {
    std::vector<std::string> notes;
    const auto spacing = plane_spacing(header_, radiograph, notes);
    notes_.clear();
    for (const std::string& note : notes) notes_ += note + "\n";
    return spacing;
  }
  DcmDataset header_;
  std::string notes_;
};

TEST_F(Spacings, None) {
  EXPECT_FALSE(found());
  EXPECT_EQ(notes_, "");
}

TEST_F(Spacings, AtTheDetector) {
  put(DCM_ImagerPixelSpacing, "0.2\\0.1");  // between rows, then between columns
  EXPECT_EQ(found(), (PlaneSpacing{0.1, 0.2}));
  EXPECT_THAT(notes_, HasSubstr("at the detector"));
  put(DCM_PixelSpacing, "0.2\\0.1");  // a copy, not calibrated
  EXPECT_EQ(found(), (PlaneSpacing{0.1, 0.2}));
  EXPECT_THAT(notes_, HasSubstr("at the detector"));
}

TEST_F(Spacings, Magnification) {
  put(DCM_ImagerPixelSpacing, "0.2\\0.2");
  put(DCM_EstimatedRadiographicMagnificationFactor, "1.25");
  EXPECT_EQ(found(), (PlaneSpacing{0.16, 0.16}));  // 0.2 / 1.25
  EXPECT_THAT(notes_, HasSubstr("1.25"));
  put(DCM_EstimatedRadiographicMagnificationFactor, "0.5");
  EXPECT_EQ(found(), (PlaneSpacing{0.2, 0.2}));
  EXPECT_THAT(notes_, HasSubstr("cannot be used"));
}

TEST_F(Spacings, CalibratedOnesWin) {
  put(DCM_ImagerPixelSpacing, "0.2\\0.2");
  put(DCM_EstimatedRadiographicMagnificationFactor, "1.25");
  put(DCM_PixelSpacing, "0.15\\0.15");
  EXPECT_EQ(found(), (PlaneSpacing{0.15, 0.15}));
  EXPECT_THAT(notes_, HasSubstr("how is not stated"));
  put(DCM_PixelSpacingCalibrationType, "FIDUCIAL");
  EXPECT_EQ(found(), (PlaneSpacing{0.15, 0.15}));
  EXPECT_THAT(notes_, HasSubstr("known size"));
  put(DCM_PixelSpacingCalibrationType, "GEOMETRY");
  EXPECT_THAT((found(), notes_), HasSubstr("assumed geometry"));
}

TEST_F(Spacings, PixelSpacingAlone) {
  put(DCM_PixelSpacing, "0.15\\0.15");
  EXPECT_EQ(found(), (PlaneSpacing{0.15, 0.15}));
  EXPECT_THAT(notes_, HasSubstr("not stated"));
  EXPECT_EQ(found(false), (PlaneSpacing{0.15, 0.15}));
  EXPECT_EQ(notes_, "");
}

TEST_F(Spacings, DigitisedFilm) {
  put(DCM_NominalScannedPixelSpacing, "0.1\\0.1");
  EXPECT_EQ(found(), (PlaneSpacing{0.1, 0.1}));
  EXPECT_THAT(notes_, HasSubstr("digitised"));
}

TEST_F(Spacings, NonsenseIsNoted) {
  for (const char* wrong : {"0\\0", "0.1", "-1\\-1", "a\\b", "1000\\1000"}) {
    put(DCM_PixelSpacing, wrong);
    EXPECT_FALSE(found()) << wrong;
    EXPECT_THAT(notes_, HasSubstr("PixelSpacing of the file cannot be used")) << wrong;
  }
}

}  // namespace
}  // namespace radfuse::dicom
