// SPDX-License-Identifier: Apache-2.0
// What part of an ultrasound screen is taken, and how large its pixels are.
#include "ultrasound.hpp"

#include <gmock/gmock.h>

#include "radfuse/base/error.hpp"

namespace radfuse::dicom {
namespace {

using ::testing::HasSubstr;

UltrasoundRegion tissue(std::int64_t x0, std::int64_t y0, std::int64_t x1, std::int64_t y1, double mm) {
  return {true, RegionData::tissue, x0, y0, x1, y1, PlaneSpacing{mm, mm}};
}

UltrasoundView view(const std::vector<UltrasoundRegion>& regions, const UltrasoundParams& params = {},
                    std::string* notes = nullptr, bool says_colour = false) {
  std::vector<std::string> all;
  const UltrasoundView found = ultrasound_view(regions, says_colour, params, all);
  if (notes != nullptr)
    for (const std::string& note : all) *notes += note + "\n";
  return found;
}

TEST(Ultrasound, TissueRegionIsCutOut) {
  const UltrasoundView found = view({tissue(100, 50, 499, 349, 0.12)});
  EXPECT_EQ(found.spacing, (PlaneSpacing{0.12, 0.12}));
  EXPECT_EQ(found.crop, (std::array<std::int64_t, 4>{100, 50, 400, 300}));
}

TEST(Ultrasound, WholePictureKeepsTheScale) {
  UltrasoundParams whole;
  whole.crop = UltrasoundCrop::none;
  const UltrasoundView found = view({tissue(100, 50, 499, 349, 0.12)}, whole);
  EXPECT_EQ(found.spacing, (PlaneSpacing{0.12, 0.12}));
  EXPECT_FALSE(found.crop);
}

TEST(Ultrasound, OtherRegionsAreNoTissue) {
  UltrasoundRegion spectrum = tissue(0, 400, 600, 500, 0.5), bar = spectrum;
  spectrum.is_plane = false;
  bar.data = RegionData::other;
  const UltrasoundView found = view({spectrum, bar, tissue(100, 50, 499, 349, 0.12)});
  EXPECT_EQ(found.spacing, (PlaneSpacing{0.12, 0.12}));
  std::string notes;
  EXPECT_FALSE(view({spectrum}, {}, &notes).spacing);
  EXPECT_THAT(notes, HasSubstr("no tissue region"));
}

TEST(Ultrasound, RegionsOfOneScaleAreTakenTogether) {
  const UltrasoundView found = view({tissue(10, 20, 109, 119, 0.12), tissue(120, 20, 219, 139, 0.1203)});
  EXPECT_EQ(found.crop, (std::array<std::int64_t, 4>{10, 20, 210, 120}));
}

TEST(Ultrasound, RegionsThatDisagreeAreRefused) {
  const std::vector<UltrasoundRegion> two = {tissue(0, 0, 99, 99, 0.1), tissue(100, 0, 199, 89, 0.2)};
  try {
    view(two);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("0.1 x 0.1 mm and 0.2 x 0.2 mm"));
    EXPECT_THAT(error.what(), HasSubstr("import.ultrasound.crop: none"));
  }
  UltrasoundParams whole;
  whole.crop = UltrasoundCrop::none;
  std::string notes;
  EXPECT_FALSE(view(two, whole, &notes).spacing);
  EXPECT_THAT(notes, HasSubstr("unknown"));
}

TEST(Ultrasound, AThumbnailOfAnotherScaleDoesNotCount) {
  std::string notes;
  const UltrasoundView found = view({tissue(0, 0, 19, 19, 0.8), tissue(100, 50, 499, 349, 0.12)}, {}, &notes);
  EXPECT_EQ(found.crop, (std::array<std::int64_t, 4>{100, 50, 400, 300}));
  EXPECT_THAT(notes, HasSubstr("another scale"));
}

TEST(Ultrasound, ColourFlow) {
  UltrasoundRegion flow = tissue(150, 100, 300, 200, 0.12);
  flow.data = RegionData::colour_flow;
  EXPECT_THROW(view({tissue(100, 50, 499, 349, 0.12), flow}), InputError);
  EXPECT_THROW(view({tissue(100, 50, 499, 349, 0.12)}, {}, nullptr, true), InputError);
  UltrasoundParams grey;
  grey.doppler = DopplerPolicy::grey;
  std::string notes;
  EXPECT_EQ(view({tissue(100, 50, 499, 349, 0.12), flow}, grey, &notes).crop,
            (std::array<std::int64_t, 4>{100, 50, 400, 300}));
  EXPECT_THAT(notes, HasSubstr("became grey"));
  EXPECT_EQ(view({flow}, grey).crop, (std::array<std::int64_t, 4>{150, 100, 151, 101}));
}

void put_region(DcmItem& header, int number, int format, int data, std::array<Uint32, 4> place, int units,
                std::array<double, 2> cm) {
  DcmItem* item = nullptr;
  ASSERT_TRUE(header.findOrCreateSequenceItem(DCM_SequenceOfUltrasoundRegions, item, number).good());
  item->putAndInsertUint16(DCM_RegionSpatialFormat, static_cast<Uint16>(format));
  item->putAndInsertUint16(DCM_RegionDataType, static_cast<Uint16>(data));
  item->putAndInsertUint32(DCM_RegionLocationMinX0, place[0]);
  item->putAndInsertUint32(DCM_RegionLocationMinY0, place[1]);
  item->putAndInsertUint32(DCM_RegionLocationMaxX1, place[2]);
  item->putAndInsertUint32(DCM_RegionLocationMaxY1, place[3]);
  item->putAndInsertUint16(DCM_PhysicalUnitsXDirection, static_cast<Uint16>(units));
  item->putAndInsertUint16(DCM_PhysicalUnitsYDirection, static_cast<Uint16>(units));
  item->putAndInsertFloat64(DCM_PhysicalDeltaX, cm[0]);
  item->putAndInsertFloat64(DCM_PhysicalDeltaY, cm[1]);
}

TEST(Ultrasound, RegionsOfAHeader) {
  start_dcmtk();
  DcmDataset header;
  put_region(header, 0, 1, 1, {100, 50, 640, 480}, 3, {0.012, -0.011});  // the corner named is one too far
  put_region(header, 1, 3, 3, {0, 400, 639, 479}, 4, {0.01, 1.5});       // a spectrum in seconds
  put_region(header, 2, 1, 2, {700, 0, 800, 100}, 3, {0.01, 0.01});      // outside the picture
  put_region(header, 3, 1, 2, {200, 100, 300, 200}, 3, {0.012, 0});      // a scale that cannot be
  const auto regions = ultrasound_regions(header, 640, 480);
  ASSERT_EQ(regions.size(), 3U);
  EXPECT_TRUE(regions[0].is_plane);
  EXPECT_EQ(regions[0].data, RegionData::tissue);
  EXPECT_EQ(regions[0].x1, 639);
  EXPECT_EQ(regions[0].y1, 479);
  ASSERT_TRUE(regions[0].spacing);
  EXPECT_DOUBLE_EQ((*regions[0].spacing)[0], 0.12);
  EXPECT_DOUBLE_EQ((*regions[0].spacing)[1], 0.11);
  EXPECT_FALSE(regions[1].is_plane);
  EXPECT_FALSE(regions[1].spacing);
  EXPECT_EQ(regions[2].data, RegionData::colour_flow);
  EXPECT_FALSE(regions[2].spacing);
}

}  // namespace
}  // namespace radfuse::dicom
