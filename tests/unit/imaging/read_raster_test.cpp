// SPDX-License-Identifier: Apache-2.0
// PNG, JPEG and TIFF: grey and colour, known and unknown spacing, truncated files.
#include <gmock/gmock.h>
#include <zlib.h>

#include "pictures.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/imaging/read.hpp"
#include "radfuse/imaging/write.hpp"
#include "scratch.hpp"

namespace radfuse {
namespace {

using test::bytes_of;
using test::message_of;
using ::testing::HasSubstr;

class Raster : public test::Scratch {};

/// A little-endian, uncompressed, one-strip TIFF.
std::string tiff(int width, int height, int samples, int bits, const std::string& pixels, int pages = 1) {
  std::string ifd;
  const auto entry = [&](int tag, int type, std::uint32_t value, std::uint32_t count = 1) {
    ifd += bytes_of(static_cast<std::uint16_t>(tag)) + bytes_of(static_cast<std::uint16_t>(type)) + bytes_of(count) +
           bytes_of(value);
  };
  const std::uint32_t bits_at = 8 + 2 + 9 * 12 + 4, data_at = bits_at + 6;
  entry(256, 4, static_cast<std::uint32_t>(width));
  entry(257, 4, static_cast<std::uint32_t>(height));
  if (samples == 1)
    entry(258, 3, static_cast<std::uint32_t>(bits));
  else
    entry(258, 3, bits_at, 3);
  entry(259, 3, 1);
  entry(262, 3, samples == 1 ? 1 : 2);
  entry(273, 4, data_at);
  entry(277, 3, static_cast<std::uint32_t>(samples));
  entry(278, 4, static_cast<std::uint32_t>(height));
  entry(279, 4, static_cast<std::uint32_t>(pixels.size()));
  std::string file = "II" + bytes_of(std::uint16_t{42}) + bytes_of(std::uint32_t{8}) + bytes_of(std::uint16_t{9}) + ifd;
  file += bytes_of(std::uint32_t{pages > 1 ? 8U : 0U});
  for (int i = 0; i < 3; ++i) file += bytes_of(static_cast<std::uint16_t>(bits));
  return file + pixels;
}

TEST_F(Raster, GreyPngComesBackWithOneSliceAndUnknownSpacing) {
  const std::vector<std::uint8_t> values{0, 50, 100, 150, 200, 255};
  write_png8(in("a.png"), 3, 2, values);
  const Volume image = read_image(in("a.png"));
  EXPECT_EQ(image.grid.size, (std::array<std::int64_t, 3>{3, 2, 1}));
  EXPECT_EQ(image.grid.spacing, (std::array<double, 3>{1, 1, 1}));
  EXPECT_EQ(image.at(1, 0, 0), 50);
  EXPECT_EQ(image.at(0, 1, 0), 150) << "rows run from top to bottom";
  const ImageInfo info = read_image_info(in("a.png"));
  EXPECT_FALSE(info.spacing_known);
  EXPECT_EQ(info.format, "PNG");
}

TEST_F(Raster, SixteenBitsAreKept) {
  const std::vector<std::uint16_t> values{0, 1, 255, 256, 40000, 65535};
  write_png16(in("a.png"), 2, 3, values);
  EXPECT_THAT(read_image(in("a.png")).values, ::testing::ElementsAre(0, 1, 255, 256, 40000, 65535));
}

TEST_F(Raster, EveryFilterOfThePngWriter) {
  std::vector<std::uint8_t> values;
  for (int y = 0; y < 40; ++y)
    for (int x = 0; x < 50; ++x)
      values.push_back(static_cast<std::uint8_t>(y < 10 ? 9 * x : y < 20 ? 11 * y : y < 30 ? x * y : x * 7919 % 251));
  write_png8(in("a.png"), 50, 40, values);
  const Volume image = read_image(in("a.png"));
  for (std::size_t i = 0; i < values.size(); ++i) ASSERT_EQ(image.values[i], values[i]) << i;
}

TEST_F(Raster, PngBytesDependOnThePixelsOnly) {
  const std::vector<std::uint8_t> values(6, 7);
  write_png8(in("a.png"), 3, 2, values);
  write_png8(in("b.png"), 3, 2, values);
  EXPECT_EQ(read_file(in("a.png")), read_file(in("b.png")));
}

TEST_F(Raster, SpacingCanBeGiven) {
  write_png8(in("a.png"), 1, 1, std::vector<std::uint8_t>{1});
  using Spacing = std::array<double, 3>;
  EXPECT_EQ(read_image(in("a.png"), {.spacing_mm = {0.2}}).grid.spacing, (Spacing{0.2, 0.2, 0.2}));
  EXPECT_EQ(read_image(in("a.png"), {.spacing_mm = {0.2, 0.3}}).grid.spacing, (Spacing{0.2, 0.3, 1}));
  EXPECT_EQ(read_image(in("a.png"), {.spacing_mm = {0.2, 0.3, 4}}).grid.spacing, (Spacing{0.2, 0.3, 4}));
  EXPECT_THAT(message_of<StudyError>([&] { read_image(in("a.png"), {.spacing_mm = {0}}); }), HasSubstr("spacing_mm"));
}

TEST_F(Raster, ColourBecomesGreyByLuma) {
  put("c.tif", tiff(3, 1, 3, 8, {'\x0A', '\x14', '\x1E', '\x64', '\x64', '\x64', '\x00', '\xFF', '\x00'}));
  EXPECT_EQ(read_image_info(in("c.tif")).channels, 3);
  const Volume image = read_image(in("c.tif"));
  EXPECT_FLOAT_EQ(image.values[0], 0.299F * 10 + 0.587F * 20 + 0.114F * 30);
  EXPECT_EQ(image.values[1], 100) << "R = G = B is exactly that value";
  EXPECT_FLOAT_EQ(image.values[2], 0.587F * 255);
}

TEST_F(Raster, GreyTiffOfEveryDepth) {
  put("a.tif", tiff(2, 1, 1, 8, {'\x05', '\xFF'}));
  EXPECT_THAT(read_image(in("a.tif")).values, ::testing::ElementsAre(5, 255));
  put("b.tiff", tiff(2, 1, 1, 16, bytes_of(std::uint16_t{5}) + bytes_of(std::uint16_t{60000})));
  EXPECT_THAT(read_image(in("b.tiff")).values, ::testing::ElementsAre(5, 60000));
  EXPECT_FALSE(read_image_info(in("b.tiff")).spacing_known);
}

TEST_F(Raster, ColourMasksMustBeGrey) {
  put("grey.tif", tiff(2, 1, 3, 8, std::string("\0\0\0\x09\x09\x09", 6)));
  EXPECT_THAT(read_mask(in("grey.tif")).values, ::testing::ElementsAre(0, 1));
  EXPECT_THAT(read_mask(in("grey.tif"), {}, 9).values, ::testing::ElementsAre(0, 1));
  put("red.tif", tiff(2, 1, 3, 8, std::string("\0\0\0\x09\0\0", 6)));
  EXPECT_THAT(message_of<InputError>([&] { read_mask(in("red.tif")); }), HasSubstr("in colours"));
}

TEST_F(Raster, AMaskFileGivesEachOfItsLabels) {
  put("m.tif", tiff(4, 1, 1, 8, std::string("\0\x01\x02\x02", 4)));
  const MaskFile file(in("m.tif"));
  std::filesystem::remove(in("m.tif"));  // it was read once
  EXPECT_THAT(file.mask().values, ::testing::ElementsAre(0, 1, 1, 1));
  EXPECT_THAT(file.mask(1).values, ::testing::ElementsAre(0, 1, 0, 0));
  EXPECT_THAT(file.mask(2).values, ::testing::ElementsAre(0, 0, 1, 1));
  EXPECT_THAT(message_of<InputError>([&] { file.mask(3); }), HasSubstr("m.tif: has no voxel with label 3"));
}

// Which number stands for which region is the study's business: renumbered regions are the same regions.
TEST_F(Raster, RenumberedLabelsAreTheSameRegions) {
  put("m.tif", tiff(6, 1, 1, 8, std::string("\0\x01\x02\x02\x03\x01", 6)));
  put("renumbered.tif", tiff(6, 1, 1, 8, std::string("\0\x09\x01\x01\x02\x09", 6)));
  const MaskFile file(in("m.tif")), renumbered(in("renumbered.tif"));
  EXPECT_EQ(file.mask(1).values, renumbered.mask(9).values);
  EXPECT_EQ(file.mask(2).values, renumbered.mask(1).values);
  EXPECT_EQ(file.mask(3).values, renumbered.mask(2).values);
  EXPECT_EQ(file.mask().values, renumbered.mask().values);
}

TEST_F(Raster, TruncatedFilesAreNamedAsSuch) {
  std::vector<std::uint8_t> values(400);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<std::uint8_t>(i * 7919 % 251);
  write_png8(in("a.png"), 20, 20, values);
  const std::string whole = read_file(in("a.png"));
  put("cut.png", whole.substr(0, whole.size() / 2));
  put("cut.tif", tiff(2, 2, 1, 8, "abcd").substr(0, 120));
  for (const char* name : {"cut.png", "cut.tif"}) {
    EXPECT_THAT(message_of<InputError>([&] { read_image(in(name)); }), HasSubstr("truncated")) << name;
    EXPECT_THAT(message_of<InputError>([&] { read_image_info(in(name)); }), HasSubstr("truncated")) << name;
  }
}

TEST_F(Raster, SizesThatTheFileCannotFillAreRefused) {
  write_png8(in("a.png"), 3, 2, std::vector<std::uint8_t>(6, 7));
  std::string bytes = read_file(in("a.png"));
  bytes.replace(16, 4, std::string("\0\0\x40\0", 4));  // 16,384 wide
  bytes.replace(20, 4, std::string("\0\0\x40\0", 4));
  const auto crc = static_cast<std::uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(bytes.data()) + 12, 17));
  for (std::size_t i = 0; i < 4; ++i) bytes[29 + i] = static_cast<char>(crc >> (24 - 8 * i) & 0xFF);
  put("huge.png", bytes);
  EXPECT_THAT(message_of<InputError>([&] { read_image(in("huge.png")); }), HasSubstr("16384x16384"));
  put("huge.tif", tiff(30000, 30000, 1, 8, "abcd"));
  EXPECT_THAT(message_of<InputError>([&] { read_image(in("huge.tif")); }), HasSubstr("promises 900000000 bytes"));
}

TEST_F(Raster, SeveralPagesAreNotGuessedAt) {
  put("two.tif", tiff(2, 2, 1, 8, "abcd", 2));
  EXPECT_THAT(message_of<InputError>([&] { read_image(in("two.tif")); }), HasSubstr("several pages"));
}

TEST_F(Raster, JpegMasksAreRefused) {
  put("m.jpg", "\xFF\xD8\xFF");
  EXPECT_THAT(message_of<InputError>([&] { read_mask(in("m.jpg")); }), HasSubstr("save it as PNG"));
}

TEST_F(Raster, PngsOfOtherPrograms) {
  using ::testing::ElementsAre;
  put("c.png", test::from_hex(test::kColourPng));
  EXPECT_THAT(read_image(in("c.png")).values,
              ElementsAre(::testing::FloatEq(0.299F * 10 + 0.587F * 20 + 0.114F * 30), 7));
  put("o.png", test::from_hex(test::kOpaquePng));
  EXPECT_THAT(read_image(in("o.png")).values, ElementsAre(9, 7));
  put("ga.png", test::from_hex(test::kGreyAlphaPng));
  EXPECT_THAT(read_image(in("ga.png")).values, ElementsAre(9, 7));
  put("t.png", test::from_hex(test::kClearPng));
  EXPECT_THAT(message_of<InputError>([&] { read_image(in("t.png")); }), HasSubstr("partly transparent"));
  put("b.png", test::from_hex(test::kBilevelPng));
  EXPECT_THAT(read_mask(in("b.png")).values, ElementsAre(1, 0, 1, 0, 0, 0, 0, 0, 1));
  put("p.png", test::from_hex(test::kPalettePng));
  EXPECT_THAT(read_image(in("p.png")).values, ElementsAre(200, 0));
  put("f.png", test::from_hex(test::kFourBitPng));
  EXPECT_THAT(read_image(in("f.png")).values, ElementsAre(1, 15, 7)) << "values keep their scale";
  put("i.png", test::from_hex(test::kInterlacedPng));
  const Volume interlaced = read_image(in("i.png"));
  for (std::int64_t y = 0; y < 5; ++y)
    for (std::int64_t x = 0; x < 9; ++x) EXPECT_EQ(interlaced.at(x, y, 0), static_cast<float>(10 * y + x));
}

TEST_F(Raster, JpegsAreRead) {
  put("g.jpg", test::from_hex(test::kGreyJpeg));
  const Volume grey = read_image(in("g.jpg"));
  EXPECT_EQ(grey.grid.size, (std::array<std::int64_t, 3>{16, 8, 1}));
  for (std::int64_t x = 0; x < 16; ++x) EXPECT_NEAR(grey.at(x, 5, 0), 16.0F * static_cast<float>(x), 4);
  put("c.jpeg", test::from_hex(test::kColourJpeg));
  EXPECT_EQ(read_image_info(in("c.jpeg")).channels, 3);
  EXPECT_NEAR(read_image(in("c.jpeg")).values[9], 0.299 * 200 + 0.587 * 20 + 0.114 * 30, 2);
  put("cut.jpg", test::from_hex(test::kGreyJpeg.substr(0, test::kGreyJpeg.size() - 20)));
  EXPECT_THAT(message_of<InputError>([&] { read_image(in("cut.jpg")); }), HasSubstr("truncated"));
}

TEST_F(Raster, UnknownEndingsAndMissingFiles) {
  put("a.bmp", "BM");
  EXPECT_THAT(message_of<InputError>([&] { read_image(in("a.bmp")); }), HasSubstr(".nii.gz, .nii, .nrrd, .mha, .png"));
  EXPECT_THAT(message_of<InputError>([&] { read_image(in("none.png")); }), HasSubstr("none.png: no such file"));
  put("not.png", "hello");
  EXPECT_THAT(message_of<InputError>([&] { read_image(in("not.png")); }), HasSubstr("is not a PNG file"));
}

}  // namespace
}  // namespace radfuse
