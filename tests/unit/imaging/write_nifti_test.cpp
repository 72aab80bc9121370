// SPDX-License-Identifier: Apache-2.0
// NIfTI files: what is written comes back through ITK, and what is broken is named.
#include <gmock/gmock.h>

#include <cmath>

#include "radfuse/base/error.hpp"
#include "radfuse/imaging/read.hpp"
#include "radfuse/imaging/write.hpp"
#include "scratch.hpp"

namespace radfuse {
namespace {

using test::message_of;
using ::testing::HasSubstr;

class Nifti : public test::Scratch {};

Grid small_grid() {
  Grid grid;
  grid.size = {3, 4, 2};
  grid.spacing = {0.5, 0.977, 3.27};
  grid.origin = {-100.4, 20.25, 7};
  return grid;
}

Volume counting(const Grid& grid, float step = 1) {
  Volume image(grid);
  for (std::size_t i = 0; i < image.values.size(); ++i) image.values[i] = step * static_cast<float>(i) - 5;
  return image;
}

/// Rotation by `angle` about z, then by the same about x.
std::array<double, 9> turned(double angle) {
  const double c = std::cos(angle), s = std::sin(angle);
  return {c, -s, 0, c * s, c * c, -s, s * s, s * c, c};
}

TEST_F(Nifti, WholeNumbersComeBackAsTheyWere) {
  const Volume image = counting(small_grid());
  for (const char* name : {"a.nii.gz", "a.nii"}) {
    write_nifti(in(name), image);
    const Volume back = read_image(in(name));
    EXPECT_EQ(back.values, image.values) << name;
    EXPECT_EQ(back.grid, image.grid) << describe(back.grid);
  }
  EXPECT_EQ(std::filesystem::file_size(in("a.nii")), 352U + 2 * 24);
}

TEST_F(Nifti, FractionsAreKeptAsFloat) {
  const Volume image = counting(small_grid(), 0.1F);
  write_nifti(in("a.nii"), image);
  EXPECT_EQ(read_image(in("a.nii")).values, image.values);
  EXPECT_EQ(std::filesystem::file_size(in("a.nii")), 352U + 4 * 24);
}

TEST_F(Nifti, NumbersBeyondInt16AreKeptAsFloat) {
  Volume image(small_grid(), 1);
  image.values[3] = 32768;
  write_nifti(in("a.nii.gz"), image);
  EXPECT_EQ(read_image(in("a.nii.gz")).values, image.values);
}

TEST_F(Nifti, EveryOrientationComesBack) {
  const std::array<double, 9> mirrored{-1, 0, 0, 0, 1, 0, 0, 0, 1}, permuted{0, 0, 1, -1, 0, 0, 0, 1, 0};
  for (const auto& direction : {turned(0.3), turned(3), mirrored, permuted, turned(-2.2)}) {
    Volume image = counting(small_grid());
    image.grid.direction = direction;
    write_nifti(in("a.nii.gz"), image);
    const Volume back = read_image(in("a.nii.gz"));
    EXPECT_LT(corner_distance_mm(back.grid, image.grid), 1e-5) << describe(back.grid) << " " << describe(image.grid);
    EXPECT_EQ(back.values, image.values);
  }
}

TEST_F(Nifti, AxisAlignedGridsComeBackExactly) {
  Grid grid = small_grid();
  grid.direction = {0, 0, 1, -1, 0, 0, 0, 1, 0};
  write_nifti(in("a.nii.gz"), Volume(grid, 1));
  EXPECT_EQ(read_image_info(in("a.nii.gz")).grid, grid);
}

TEST_F(Nifti, OneSliceStaysOneSlice) {
  Grid grid = small_grid();
  grid.size = {3, 4, 1};
  write_nifti(in("a.nii.gz"), counting(grid));
  EXPECT_EQ(read_image(in("a.nii.gz")).grid, grid);
}

TEST_F(Nifti, SameInputSameBytes) {
  write_nifti(in("a.nii.gz"), counting(small_grid()));
  write_nifti(in("other.nii.gz"), counting(small_grid()));
  EXPECT_EQ(read_file(in("a.nii.gz")), read_file(in("other.nii.gz")));
  EXPECT_EQ(read_file(in("a.nii.gz")).substr(3, 5), std::string(5, '\0')) << "no flags (name), no time stamp";
}

TEST_F(Nifti, MasksKeepLabels) {
  Mask mask(small_grid());
  mask.values[2] = 1;
  mask.values[5] = 7;
  write_nifti(in("m.nii.gz"), mask);
  EXPECT_EQ(read_mask(in("m.nii.gz")).count(), 2U);
  EXPECT_EQ(read_mask(in("m.nii.gz"), {}, 7).at(2, 1, 0), 1);
  EXPECT_EQ(read_mask(in("m.nii.gz"), {}, 7).count(), 1U);
  EXPECT_THAT(message_of<InputError>([&] { read_mask(in("m.nii.gz"), {}, 3); }),
              HasSubstr("no voxel with label 3; labels found: 1, 7"));
}

TEST_F(Nifti, InfoReadsTheHeaderOnly) {
  write_nifti(in("a.nii.gz"), counting(small_grid()));
  const ImageInfo info = read_image_info(in("a.nii.gz"));
  EXPECT_EQ(info.grid, small_grid());
  EXPECT_TRUE(info.spacing_known);
  EXPECT_EQ(info.channels, 1);
  EXPECT_EQ(info.format, "NIfTI");
}

TEST_F(Nifti, SpacingOfTheFileIsNotOverridden) {
  write_nifti(in("a.nii.gz"), counting(small_grid()));
  EXPECT_EQ(read_image(in("a.nii.gz"), {.spacing_mm = {9}}).grid, small_grid());
}

/// An uncompressed file with one part of its header replaced.
class BrokenNifti : public Nifti {
 protected:
  void SetUp() override {
    Nifti::SetUp();
    write_nifti(in("good.nii"), counting(small_grid()));
    good_ = read_file(in("good.nii"));
  }
  template <class T>
  std::string with(std::size_t at, T value) {
    std::string bytes = good_;
    std::memcpy(bytes.data() + at, &value, sizeof value);
    return refusal(bytes);
  }
  std::string refusal(const std::string& bytes) {
    put("bad.nii", bytes);
    const std::string by_info = message_of<InputError>([&] { read_image_info(in("bad.nii")); });
    EXPECT_EQ(by_info, message_of<InputError>([&] { read_image(in("bad.nii")); }));
    return by_info;
  }
  std::string good_;
};

TEST_F(BrokenNifti, TruncatedFileSaysHowMuchIsMissing) {
  EXPECT_THAT(refusal(good_.substr(0, 360)), HasSubstr("truncated: the header promises 400 bytes, the file has 360"));
  EXPECT_THAT(refusal(good_.substr(0, 100)), HasSubstr("truncated: a NIfTI header has 348 bytes, the file has 100"));
  EXPECT_THAT(refusal(""), HasSubstr("the file has 0"));
}

TEST_F(BrokenNifti, HeaderMustMakeSense) {
  EXPECT_THAT(with(0, 349), HasSubstr("is not a NIfTI file"));
  EXPECT_THAT(with(0, 540), HasSubstr("NIfTI-2"));
  EXPECT_THAT(with(40, std::int16_t{0}), HasSubstr("0 dimensions"));
  EXPECT_THAT(with(42, std::int16_t{-3}), HasSubstr("-3 voxels wide"));
  EXPECT_THAT(with(70, std::int16_t{32}), HasSubstr("datatype 32 is not one that is read"));
  EXPECT_THAT(with(72, std::int16_t{32}), HasSubstr("bitpix says 32"));
  EXPECT_THAT(with(80, std::nanf("")), HasSubstr("pixdim[1] is not a number"));
  EXPECT_THAT(with(84, 0.0F), HasSubstr("pixdim[2] is 0"));
  EXPECT_THAT(with(88, 5000.0F), HasSubstr("pixdim[3] is 5000"));
  EXPECT_THAT(with(80, 0.6F), HasSubstr("pixdim says 0.6"));
  EXPECT_THAT(with(284, std::nanf("")), HasSubstr("orientation"));
  EXPECT_THAT(with(292, 1e38F), HasSubstr("impossible value")) << "ITK would never return";
  EXPECT_THAT(with(296, 0.01F), HasSubstr("sheared"));
  EXPECT_THAT(with(256, 3.0F), HasSubstr("not a rotation"));
  EXPECT_THAT(with(108, 1.5F), HasSubstr("vox_offset"));
  EXPECT_THAT(with(112, std::nanf("")), HasSubstr("slope"));
  EXPECT_THAT(with(344, 'x'), HasSubstr("two-file NIfTI"));
}

TEST_F(BrokenNifti, HugeSizesAreRefusedBeforeAnythingIsAllocated) {
  std::string bytes = good_;
  for (std::size_t a = 0; a < 3; ++a) bytes.replace(42 + 2 * a, 2, test::bytes_of(std::int16_t{32767}));
  EXPECT_THAT(refusal(bytes), HasSubstr("more than 1073741824 voxels"));
}

TEST_F(BrokenNifti, TimeSeriesAreNotGuessedAt) {
  std::string bytes = good_;
  bytes.replace(40, 2, test::bytes_of(std::int16_t{4}));
  EXPECT_EQ(refusal(bytes), "") << "a fourth dimension of 1 is an image";
  bytes.replace(48, 2, test::bytes_of(std::int16_t{5}));
  EXPECT_THAT(refusal(bytes), HasSubstr("truncated")) << "five volumes are promised, one is there";
  for (int i = 0; i < 4; ++i) bytes += good_.substr(352);
  EXPECT_THAT(refusal(bytes), HasSubstr("has 5 volumes; say which is meant with images.<name>.volume"));
}

TEST_F(BrokenNifti, NamesMustTellCompression) {
  write_nifti(in("good.nii.gz"), counting(small_grid()));
  EXPECT_THAT(refusal(read_file(in("good.nii.gz"))), HasSubstr("rename it to .nii.gz"));
  put("plain.nii.gz", good_);
  EXPECT_THAT(message_of<InputError>([&] { read_image(in("plain.nii.gz")); }), HasSubstr("rename it to .nii"));
}

TEST_F(BrokenNifti, TruncatedGzipIsFoundByInfoToo) {
  write_nifti(in("good.nii.gz"), counting(small_grid(), 0.37F));
  const std::string bytes = read_file(in("good.nii.gz"));
  put("cut.nii.gz", bytes.substr(0, bytes.size() - 20));
  EXPECT_THAT(message_of<InputError>([&] { read_image_info(in("cut.nii.gz")); }),
              HasSubstr("truncated: the header promises 448"));
  EXPECT_THAT(message_of<InputError>([&] { read_image(in("cut.nii.gz")); }),
              HasSubstr("truncated: the header promises 448"));
}

TEST_F(BrokenNifti, FlippedBitInsideGzipIsFoundByItsChecksum) {
  Volume image = counting(small_grid());
  for (std::size_t i = 0; i < image.values.size(); ++i) image.values[i] = static_cast<float>(i * 7919 % 251) + 0.125F;
  write_nifti(in("good.nii.gz"), image);
  std::string bytes = read_file(in("good.nii.gz"));
  bytes[bytes.size() - 6] = static_cast<char>(bytes[bytes.size() - 6] ^ 1);  // the checksum itself
  put("flip.nii.gz", bytes);
  EXPECT_THAT(message_of<InputError>([&] { read_image(in("flip.nii.gz")); }), HasSubstr("damaged"));
}

TEST_F(BrokenNifti, VoxelsThatAreNotNumbersAreCounted) {
  std::string bytes;
  {
    write_nifti(in("f.nii"), counting(small_grid(), 0.5F));
    bytes = read_file(in("f.nii"));
  }
  bytes.replace(352 + 8, 4, test::bytes_of(std::nanf("")));
  bytes.replace(352 + 16, 4, test::bytes_of(std::numeric_limits<float>::infinity()));
  put("bad.nii", bytes);
  EXPECT_THAT(message_of<InputError>([&] { read_image(in("bad.nii")); }), HasSubstr("2 of 24 voxels are not finite"));
}

TEST_F(BrokenNifti, SlopeAndInterceptAreApplied) {
  std::string bytes = good_;
  bytes.replace(112, 4, test::bytes_of(2.0F));
  bytes.replace(116, 4, test::bytes_of(-10.0F));
  put("scaled.nii", bytes);
  const Volume image = read_image(in("scaled.nii"));
  EXPECT_EQ(image.values[0], 2 * -5 - 10);
  EXPECT_EQ(image.values[7], 2 * 2 - 10);
}

TEST_F(BrokenNifti, BigEndianFilesAreRead) {
  std::string bytes = good_;
  const auto swap = [&](std::size_t at, std::size_t width) {
    std::reverse(bytes.begin() + static_cast<long>(at), bytes.begin() + static_cast<long>(at + width));
  };
  swap(0, 4);
  for (std::size_t at = 40; at < 56; at += 2) swap(at, 2);
  for (const std::size_t at : {70U, 72U, 252U, 254U}) swap(at, 2);
  for (std::size_t at = 76; at < 120; at += 4) swap(at, 4);
  for (std::size_t at = 256; at < 328; at += 4) swap(at, 4);
  for (std::size_t at = 352; at < bytes.size(); at += 2) swap(at, 2);
  put("big.nii", bytes);
  const Volume image = read_image(in("big.nii"));
  EXPECT_EQ(image.values, counting(small_grid()).values);
  EXPECT_EQ(image.grid, small_grid());
}

}  // namespace
}  // namespace radfuse
