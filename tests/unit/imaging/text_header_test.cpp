// SPDX-License-Identifier: Apache-2.0
// NRRD and MHA files: geometry, and headers that promise what the file does not hold.
#include <gmock/gmock.h>

#include "radfuse/base/error.hpp"
#include "radfuse/imaging/read.hpp"
#include "scratch.hpp"

namespace radfuse {
namespace {

using test::message_of;
using ::testing::HasSubstr;

class Nrrd : public test::Scratch {};
class Mha : public test::Scratch {};

const std::string kVoxels = test::bytes_of(std::int16_t{-3}) + test::bytes_of(std::int16_t{4}) +
                            test::bytes_of(std::int16_t{5}) + test::bytes_of(std::int16_t{600});

std::string nrrd(const std::string& extra, const std::string& sizes = "2 2 1") {
  return "NRRD0004\n# made by hand\ntype: short\ndimension: 3\nsizes: " + sizes + "\nendian: little\nencoding: raw\n" +
         extra + "\n" + kVoxels;
}

std::string mha(const std::string& extra, const std::string& sizes = "2 2 1", const std::string& data = "LOCAL") {
  return "ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\n" + extra +
         "DimSize = " + sizes + "\nElementType = MET_SHORT\nElementDataFile = " + data + "\n" + kVoxels;
}

TEST_F(Nrrd, SpaceBecomesLps) {
  put("a.nrrd",
      nrrd("space: right-anterior-superior\nspace directions: (0.5,0,0) (0,2,0) (0,0,3)\nspace origin: (10,20,30)\n"));
  const Volume image = read_image(in("a.nrrd"));
  EXPECT_THAT(image.values, ::testing::ElementsAre(-3, 4, 5, 600));
  EXPECT_EQ(image.grid.spacing, (std::array<double, 3>{0.5, 2, 3}));
  EXPECT_EQ(image.grid.origin, (std::array<double, 3>{-10, -20, 30}));
  EXPECT_EQ(image.grid.direction, (std::array<double, 9>{-1, 0, 0, 0, -1, 0, 0, 0, 1}));
  EXPECT_TRUE(read_image_info(in("a.nrrd")).spacing_known);
}

TEST_F(Nrrd, WithoutSpacingItIsUnknown) {
  put("a.nrrd", nrrd(""));
  EXPECT_FALSE(read_image_info(in("a.nrrd")).spacing_known);
  EXPECT_EQ(read_image(in("a.nrrd"), {.spacing_mm = {0.5}}).grid.spacing, (std::array<double, 3>{0.5, 0.5, 0.5}));
}

TEST_F(Nrrd, BrokenHeadersAreNamed) {
  const auto refusal = [&](const std::string& bytes) {
    put("bad.nrrd", bytes);
    return message_of<InputError>([&] { read_image(in("bad.nrrd")); });
  };
  EXPECT_THAT(refusal("hello"), HasSubstr("is not an NRRD file"));
  EXPECT_THAT(refusal(nrrd("", "2 2 2")), HasSubstr("truncated"));
  EXPECT_THAT(refusal(nrrd("", "2 -2 1")), HasSubstr("-2 voxels wide"));
  EXPECT_THAT(refusal(nrrd("", "100000 100000 100000")), HasSubstr("more than 1073741824 voxels"));
  EXPECT_THAT(refusal(nrrd("data file: ../../etc/passwd\n")), HasSubstr("voxels in another file"));
  EXPECT_THAT(refusal(nrrd("byte skip: 4\n")), HasSubstr("'byte skip'"));
  EXPECT_THAT(refusal(nrrd("space: left-posterior-superior\nspace directions: (nan,0,0) (0,1,0) (0,0,1)\n")),
              HasSubstr("not a number"));
  EXPECT_THAT(refusal(nrrd("space: left-posterior-superior\nspace directions: (0,0,0) (0,1,0) (0,0,1)\n")),
              HasSubstr("between 0.001 and 100 mm"));
  EXPECT_THAT(refusal(nrrd("space: left-posterior-superior\nspace directions: (1,0.2,0) (0,1,0) (0,0,1)\n")),
              HasSubstr("right angles"));
  EXPECT_THAT(refusal(nrrd("sizes: 1 1 1\n")), HasSubstr("twice"));
}

TEST_F(Mha, GeometryIsKept) {
  put("a.mha", mha("TransformMatrix = 1 0 0 0 -1 0 0 0 1\nOffset = 1 2 3\nElementSpacing = 0.5 0.25 4\n"));
  const Volume image = read_image(in("a.mha"));
  EXPECT_THAT(image.values, ::testing::ElementsAre(-3, 4, 5, 600));
  EXPECT_EQ(image.grid.spacing, (std::array<double, 3>{0.5, 0.25, 4}));
  EXPECT_EQ(image.grid.origin, (std::array<double, 3>{1, 2, 3}));
  EXPECT_EQ(image.grid.direction, (std::array<double, 9>{1, 0, 0, 0, -1, 0, 0, 0, 1}));
}

TEST_F(Mha, BrokenHeadersAreNamed) {
  const auto refusal = [&](const std::string& bytes) {
    put("bad.mha", bytes);
    return message_of<InputError>([&] { read_image(in("bad.mha")); });
  };
  EXPECT_THAT(refusal(mha("", "2 2 2")), HasSubstr("truncated"));
  EXPECT_THAT(refusal(mha("", "2 2")), HasSubstr("does not have one number for each"));
  EXPECT_THAT(refusal(mha("", "2 2 1", "/etc/passwd")), HasSubstr("voxels in another file"));
  EXPECT_THAT(refusal(mha("ElementSpacing = 1 1 0\n")), HasSubstr("between 0.001 and 100 mm"));
  EXPECT_THAT(refusal(mha("Offset = 1 inf 2\n")), HasSubstr("not a number"));
  EXPECT_THAT(refusal(mha("TransformMatrix = 1 0 0 1\n")), HasSubstr("does not fit NDims"));
  EXPECT_THAT(refusal("NDims = 3\n"), HasSubstr("no ElementDataFile"));
}

}  // namespace
}  // namespace radfuse
