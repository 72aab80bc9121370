// SPDX-License-Identifier: Apache-2.0
// Damaged files end in an Error or in an image, never in a crash: seeded mutations of small good files.
#include <gmock/gmock.h>
#include <zlib.h>

#include "pictures.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/rng.hpp"
#include "radfuse/imaging/read.hpp"
#include "radfuse/imaging/write.hpp"
#include "scratch.hpp"

namespace radfuse {
namespace {

class Mutation : public test::Scratch {
 protected:
  /// Reads `count` mutations of `good`: byte flips in its first `reach` bytes, 16- and 32-bit extremes, truncation.
  void run(const std::string& extension, const std::string& good, std::size_t reach, int count,
           void (*repair)(std::string&) = nullptr) {
    Rng rng(1, extension);
    int accepted = 0, refused = 0;
    for (int i = 0; i < count; ++i) {
      std::string bytes = good;
      for (std::uint64_t hit = rng.below(8) + 1; hit > 0; --hit) mutate(bytes, std::min(reach, bytes.size()), rng);
      if (repair) repair(bytes);
      // A new name each time: overwriting makes some file systems wait for the disk.
      const auto path = put("x" + std::to_string(i) + extension, bytes);
      try {
        read_image_info(path);
        const Volume image = read_image(path);
        ASSERT_EQ(image.values.size(), image.grid.count());
        ++accepted;
      } catch (const Error& error) {
        ASSERT_NE(error.code(), ExitCode::bug) << error.what();
        ASSERT_EQ(std::string(error.what()).find('\n'), std::string::npos) << error.what();
        ++refused;
      }
      std::filesystem::remove(path);
    }
    EXPECT_GT(refused, 0);
    EXPECT_EQ(accepted + refused, count);
  }

 private:
  static void mutate(std::string& bytes, std::size_t reach, Rng& rng) {
    if (reach < 8) return;
    const std::size_t at = rng.below(reach - 4);
    static constexpr std::uint32_t kExtremes[] = {0,          1,          0x7FFF,     0x8000,     0xFFFF,
                                                  0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x7FC00000, 0x7F800000};
    const std::uint32_t extreme = kExtremes[rng.below(std::size(kExtremes))];
    switch (rng.below(8)) {
      case 0:
        bytes.replace(at, 4, test::bytes_of(extreme));
        break;
      case 1:
        bytes.replace(at, 2, test::bytes_of(static_cast<std::uint16_t>(extreme)));
        break;
      case 2:
        bytes[at] = static_cast<char>('0' + rng.below(10));
        break;
      case 3:
        if (rng.below(8) == 0) bytes.resize(rng.below(bytes.size()));
        break;
      default:
        bytes[at] = static_cast<char>(bytes[at] ^ static_cast<char>(1U << rng.below(8)));
    }
  }
};

/// Right checksums for damaged PNG chunks, so that what lies behind the checksum is tried too.
void repair_png(std::string& bytes) {
  const auto u32 = [&](std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
    return value;
  };
  for (std::size_t at = 8; at + 12 <= bytes.size();) {
    const std::size_t length = u32(at);
    if (at + 12 + length > bytes.size()) return;
    const auto crc = static_cast<std::uint32_t>(
        crc32(0, reinterpret_cast<const Bytef*>(bytes.data()) + at + 4, static_cast<uInt>(length + 4)));
    for (std::size_t i = 0; i < 4; ++i) bytes[at + 8 + length + i] = static_cast<char>(crc >> (24 - 8 * i) & 0xFF);
    at += 12 + length;
  }
}

Volume textured() {
  Grid grid;
  grid.size = {9, 8, 4};
  grid.spacing = {0.5, 0.75, 2};
  Volume image(grid);
  for (std::size_t i = 0; i < image.values.size(); ++i) image.values[i] = static_cast<float>(i * 7919 % 251);
  return image;
}

std::string voxels() {
  std::string bytes;
  for (int i = 0; i < 27; ++i) bytes += test::bytes_of(static_cast<std::int16_t>(i));
  return bytes;
}

TEST_F(Mutation, NiftiHeader) {
  write_nifti(in("good.nii"), textured());
  run(".nii", read_file(in("good.nii")), 352, 600);
}

TEST_F(Mutation, CompressedNifti) {
  write_nifti(in("good.nii.gz"), textured());
  run(".nii.gz", read_file(in("good.nii.gz")), 1 << 20, 300);
}

// Without the last bytes no checksum was compared, though every voxel came out.
TEST_F(Mutation, CompressedNiftiWithoutItsChecksumIsTruncated) {
  write_nifti(in("good.nii.gz"), textured());
  const std::string good = read_file(in("good.nii.gz"));
  for (std::size_t cut = 1; cut <= 8; ++cut)
    EXPECT_THROW(read_image(put("cut.nii.gz", good.substr(0, good.size() - cut))), InputError) << cut;
}

TEST_F(Mutation, Png) {
  write_png16(in("good.png"), 10, 8, std::vector<std::uint16_t>(80, 1234));
  run(".png", read_file(in("good.png")), 1 << 20, 300);
  run(".png", read_file(in("good.png")), 1 << 20, 600, repair_png);
}

TEST_F(Mutation, Jpeg) {
  const std::string good = test::from_hex(test::kGreyJpeg);
  run(".jpg", good, good.size(), 600);
}

TEST_F(Mutation, PalettePng) {
  const std::string good = test::from_hex(test::kPalettePng);
  run(".png", good, good.size(), 600, repair_png);
}

TEST_F(Mutation, Nrrd) {
  const std::string header =
      "NRRD0004\ntype: short\ndimension: 3\nspace: left-posterior-superior\nsizes: 3 3 3\n"
      "space directions: (0.5,0,0) (0,0.5,0) (0,0,2)\nkinds: domain domain domain\nendian: little\nencoding: raw\n"
      "space origin: (1,2,3)\n\n";
  run(".nrrd", header + voxels(), header.size(), 600);
}

TEST_F(Mutation, Mha) {
  const std::string header =
      "ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\nCompressedData = False\n"
      "TransformMatrix = 1 0 0 0 1 0 0 0 1\nOffset = 1 2 3\nCenterOfRotation = 0 0 0\nAnatomicalOrientation = RAI\n"
      "ElementSpacing = 0.5 0.5 2\nDimSize = 3 3 3\nElementType = MET_SHORT\nElementDataFile = LOCAL\n";
  run(".mha", header + voxels(), header.size(), 600);
}

TEST_F(Mutation, Tiff) {
  std::string ifd;
  const std::pair<int, std::uint32_t> entries[] = {{256, 3},   {257, 3}, {258, 16}, {259, 1}, {262, 1},
                                                   {273, 122}, {277, 1}, {278, 3},  {279, 18}};
  for (const auto& [tag, value] : entries)
    ifd += test::bytes_of(static_cast<std::uint16_t>(tag)) + test::bytes_of(std::uint16_t{4}) +
           test::bytes_of(std::uint32_t{1}) + test::bytes_of(value);
  const std::string good = "II" + test::bytes_of(std::uint16_t{42}) + test::bytes_of(std::uint32_t{8}) +
                           test::bytes_of(std::uint16_t{9}) + ifd + test::bytes_of(std::uint32_t{0}) +
                           voxels().substr(0, 18);
  put("good.tif", good);
  ASSERT_NO_THROW(read_image(in("good.tif")));
  run(".tif", good, good.size(), 600);
}

}  // namespace
}  // namespace radfuse
