// SPDX-License-Identifier: Apache-2.0
// Colours to grey, by hand.
#include "colour.hpp"

#include <gmock/gmock.h>

#include "radfuse/base/error.hpp"

namespace radfuse::dicom {
namespace {

using ::testing::HasSubstr;

StoredPixels three(const char* model, std::vector<std::uint16_t> words) {
  StoredPixels pixels;
  pixels.columns = static_cast<std::int64_t>(words.size() / 3);
  pixels.rows = 1;
  pixels.samples = 3;
  pixels.allocated = pixels.bits = 8;
  pixels.photometric = model;
  pixels.words = std::move(words);
  return pixels;
}

std::vector<float> grey(const StoredPixels& pixels, std::string* notes = nullptr) {
  start_dcmtk();
  DcmDataset header;
  std::vector<std::string> all;
  auto values = luma_of(header, pixels, all);
  if (notes != nullptr)
    for (const std::string& note : all) *notes += note;
  return values;
}

TEST(Colour, RgbByLuma) {
  // 0.299 x 200 + 0.587 x 100 + 0.114 x 50 = 59.8 + 58.7 + 5.7 = 124.2
  std::string notes;
  EXPECT_THAT(grey(three("RGB", {200, 100, 50, 77, 77, 77, 0, 0, 0, 255, 255, 255}), &notes),
              ::testing::ElementsAre(::testing::FloatEq(124.2F), 77, 0, 255));
  EXPECT_THAT(notes, HasSubstr("25 % of the picture is coloured"));
}

TEST(Colour, OfYbrTheFirstNumberIsTheLuma) {
  EXPECT_THAT(grey(three("YBR_FULL", {90, 128, 128, 12, 200, 30})), ::testing::ElementsAre(90, 12));
}

TEST(Colour, RgbThatIsReallyYbrIsKnownByItsConstantChroma) {
  std::vector<std::uint16_t> words;
  for (std::uint16_t i = 0; i < 100; ++i) words.insert(words.end(), {i, 128, 128});
  std::string notes;
  EXPECT_EQ(grey(three("RGB", words), &notes)[40], 40);
  EXPECT_THAT(notes, HasSubstr("stored as YBR"));
  for (std::size_t i = 0; i < words.size(); i += 3) words[i] = 128;  // grey in both readings: nothing to correct
  notes.clear();
  EXPECT_EQ(grey(three("RGB", words), &notes)[40], 128);
  EXPECT_EQ(notes, "");
}

class Palette : public ::testing::Test {
 protected:
  void SetUp() override {
    start_dcmtk();
    pixels_.rows = 1;
    pixels_.columns = 5;
    pixels_.allocated = pixels_.bits = 8;
    pixels_.photometric = "PALETTE COLOR";
    pixels_.words = {9, 10, 11, 12, 200};
  }
  /// Three entries from stored value 10 on.
  void put(const std::array<std::vector<Uint16>, 3>& entries, Uint16 bits) {
    const DcmTagKey heads[] = {DCM_RedPaletteColorLookupTableDescriptor, DCM_GreenPaletteColorLookupTableDescriptor,
                               DCM_BluePaletteColorLookupTableDescriptor};
    const DcmTagKey bodies[] = {DCM_RedPaletteColorLookupTableData, DCM_GreenPaletteColorLookupTableData,
                                DCM_BluePaletteColorLookupTableData};
    for (std::size_t c = 0; c < 3; ++c) {
      const Uint16 head[] = {3, 10, bits};
      ASSERT_TRUE(header_.putAndInsertUint16Array(heads[c], head, 3).good());
      ASSERT_TRUE(header_.putAndInsertUint16Array(bodies[c], entries[c].data(), entries[c].size()).good());
    }
  }
  DcmDataset header_;
  StoredPixels pixels_;
  std::vector<std::string> notes_;
};

TEST_F(Palette, SixteenBitsBecomeTheEightThatTheyRepeat) {
  put({{{0, 0x6464, 0xFFFF}, {0, 0x6464, 0}, {0, 0x6464, 0}}}, 16);  // black, 100, red
  const float red = static_cast<float>(0.299 * 255);
  EXPECT_THAT(luma_of(header_, pixels_, notes_),
              ::testing::ElementsAre(0, 0, 100, ::testing::FloatEq(red), ::testing::FloatEq(red)));
}

TEST_F(Palette, OrTheUpperByteAlone) {
  put({{{0, 0x6400, 0xFF00}, {0, 0x6400, 0xFF00}, {0, 0x6400, 0xFF00}}}, 16);
  EXPECT_THAT(luma_of(header_, pixels_, notes_), ::testing::ElementsAre(0, 0, 100, 255, 255));
}

TEST_F(Palette, EightBitsMayBeTwoInAWord) {
  put({{{0x6400, 0x00C8}, {0x6400, 0x00C8}, {0x6400, 0x00C8}}}, 8);  // 0, 100, 200
  EXPECT_THAT(luma_of(header_, pixels_, notes_), ::testing::ElementsAre(0, 0, 100, 200, 200));
}

TEST_F(Palette, BrokenOnesAreRefused) {
  EXPECT_THROW(luma_of(header_, pixels_, notes_), InputError);
  put({{{1}, {1}, {1}}}, 16);
  EXPECT_THROW(luma_of(header_, pixels_, notes_), InputError);
  const Uint16 segment[] = {0, 1, 0};
  header_.putAndInsertUint16Array(DCM_SegmentedRedPaletteColorLookupTableData, segment, 3);
  EXPECT_THROW(require_readable_colour(header_, pixels_), InputError);
}

TEST(Colour, OtherModelsAreRefusedByName) {
  DcmDataset header;
  for (const char* model : {"HSV", "CMYK", "ARGB", "YBR_PARTIAL_422", ""}) {
    try {
      require_readable_colour(header, three(model, {}));
      FAIL() << model;
    } catch (const InputError& error) {
      EXPECT_THAT(error.what(), HasSubstr("'" + std::string(model) + "'"));
    }
  }
}

}  // namespace
}  // namespace radfuse::dicom
