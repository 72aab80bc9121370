// SPDX-License-Identifier: Apache-2.0
// Images and masks on their way in: the volume that is meant, masks in any form, several masks, other grids.
#include "radfuse/imaging/source.hpp"

#include <gmock/gmock.h>

#include "radfuse/base/error.hpp"
#include "radfuse/dicom/write_regions.hpp"
#include "radfuse/dicom/write_series.hpp"
#include "radfuse/imaging/write.hpp"
#include "scratch.hpp"

namespace radfuse {
namespace {

using test::message_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Grid grid_of(std::int64_t x, std::int64_t y, std::int64_t z) {
  Grid grid;
  grid.size = {x, y, z};
  grid.spacing = {0.5, 0.5, 2};
  grid.origin = {-4, 3, 10};
  return grid;
}

ReadOptions volume(int number) {
  ReadOptions options;
  options.volume = number;
  return options;
}

class Source : public test::Scratch {
 protected:
  /// Volumes of 2 x 1 x 1 voxels: 0, 1 and 10, 11 and 20, 21.
  std::filesystem::path three_volumes() const {
    Volume image(grid_of(2, 1, 1));
    image.values = {0, 1};
    write_nifti(in("one.nii"), image);
    std::string bytes = read_file(in("one.nii"));
    bytes.replace(40, 2, test::bytes_of(std::int16_t{4}));
    bytes.replace(48, 2, test::bytes_of(std::int16_t{3}));
    for (const int v : {10, 11, 20, 21}) bytes += test::bytes_of(static_cast<std::int16_t>(v));
    return put("many.nii", bytes);
  }
  SourceImage image_of(const Grid& grid) const {
    write_nifti(in("image.nii"), Volume(grid, 7));
    return read_source(in("image.nii"), {});
  }
  SourceMask mask_of(const std::vector<std::filesystem::path>& files, const SourceImage& image,
                     const std::string& roi = "", const ReadOptions& options = {}) const {
    return read_source_mask(files, roi, std::nullopt, image, options, 0.01);
  }
};

TEST_F(Source, OneVolumeOfSeveralIsChosenOrAskedFor) {
  const auto file = three_volumes();
  EXPECT_THAT(read_source(file, volume(1)).volume.values, ElementsAre(0, 1));
  EXPECT_THAT(read_source(file, volume(3)).volume.values, ElementsAre(20, 21));
  EXPECT_THAT(message_of<InputError>([&] { read_source(file, {}); }), HasSubstr("has 3 volumes; say which"));
  EXPECT_THAT(message_of<InputError>([&] { read_source(file, volume(4)); }), HasSubstr("asks for number 4"));
  EXPECT_EQ(read_image_info(file, volume(1)).volumes, 3);
}

TEST_F(Source, OneChannelOfSeveralIsChosen) {
  const auto file = put("vector.nrrd",
                        "NRRD0004\ntype: uchar\ndimension: 3\nsizes: 5 2 1\nkinds: vector domain domain\n"
                        "spacings: nan 1 1\nendian: little\nencoding: raw\n\n\x01\x02\x03\x04\x05\x0b\x0c\x0d\x0e\x0f");
  EXPECT_THAT(message_of<InputError>([&] { read_source(file, {}); }), HasSubstr("has 5 numbers in each voxel"));
  EXPECT_THAT(read_source(file, volume(2)).volume.values, ElementsAre(2, 12));
}

TEST_F(Source, MasksOfOneImageAreUnited) {
  const SourceImage image = image_of(grid_of(3, 1, 1));
  Mask a(image.info.grid), b(image.info.grid);
  a.values = {1, 0, 0};
  b.values = {0, 0, 1};
  write_nifti(in("a.nii"), a);
  write_nifti(in("b.nii"), b);
  EXPECT_THAT(mask_of({in("a.nii"), in("b.nii")}, image).mask.values, ElementsAre(1, 0, 1));
}

TEST_F(Source, ANumberIsALabelAndANameIsNot) {
  const SourceImage image = image_of(grid_of(3, 1, 1));
  Volume labels(image.info.grid);
  labels.values = {1, 2, 2};
  write_nifti(in("labels.nii"), labels);
  EXPECT_THAT(mask_of({in("labels.nii")}, image, "2").mask.values, ElementsAre(0, 1, 1));
  EXPECT_THAT(message_of<InputError>([&] { mask_of({in("labels.nii")}, image, "tumour"); }),
              HasSubstr("holds numbers, not names"));
}

TEST_F(Source, AMaskOnAnotherGridIsRefusedOrResampledAsTheStudySays) {
  const SourceImage image = image_of(grid_of(4, 4, 2));
  Grid coarse = image.info.grid;
  coarse.size = {2, 2, 2};
  coarse.spacing = {1, 1, 2};
  coarse.origin = {-3.75, 3.25, 10};  // covers the same millimetres
  Mask mask(coarse);
  mask.at(1, 0, 1) = 1;
  write_nifti(in("coarse.nii"), mask);
  EXPECT_THAT(message_of<CaseError>([&] { mask_of({in("coarse.nii")}, image); }), HasSubstr("different sizes"));
  ReadOptions options;
  options.dicom.mask.grid = dicom::GridPolicy::resample;
  const SourceMask there = mask_of({in("coarse.nii")}, image, "", options);
  EXPECT_THAT(there.notes, ElementsAre(HasSubstr("nearest neighbour")));
  EXPECT_EQ(there.mask.count(), 4U);
  for (const auto& [x, y] : {std::pair{2, 0}, {3, 0}, {2, 1}, {3, 1}}) EXPECT_EQ(there.mask.at(x, y, 1), 1);
}

TEST_F(Source, APictureMaskTakesItsImagesPlace) {
  const SourceImage image = image_of(grid_of(2, 2, 1));
  const std::vector<std::uint8_t> pixels{0, 255, 255, 0};
  write_png8(in("mask.png"), 2, 2, pixels);
  const SourceMask mask = mask_of({in("mask.png")}, image);
  EXPECT_EQ(mask.mask.grid, image.info.grid);
  EXPECT_THAT(mask.mask.values, ElementsAre(0, 1, 1, 0));
  write_png8(in("small.png"), 2, 1, std::vector<std::uint8_t>{0, 255});
  EXPECT_THAT(message_of<CaseError>([&] { mask_of({in("small.png")}, image); }), HasSubstr("different sizes"));
}

TEST_F(Source, AMaskOfTheWholePictureIsCutAsItsImageWas) {
  SourceImage image = image_of(grid_of(2, 1, 1));
  image.crop = dicom::PictureCrop{{1, 1}, {4, 3}};
  const std::vector<std::uint8_t> pixels{255, 0, 0, 0, 0, 0, 255, 255, 0, 0, 0, 0};  // (0,0); (2,1) and (3,1)
  write_png8(in("whole.png"), 4, 3, pixels);
  const SourceMask mask = mask_of({in("whole.png")}, image);
  EXPECT_THAT(mask.mask.values, ElementsAre(0, 1)) << "columns 1 and 2 of row 1";
  EXPECT_EQ(mask.mask.grid, image.info.grid);
  EXPECT_THAT(mask.notes, ElementsAre(HasSubstr("2 pixels of the mask lie outside")));
}

TEST_F(Source, StructureSetsAndSegmentationsLieOnTheirSeries) {
  Volume volume(grid_of(12, 10, 4), 40);
  dicom::SeriesText text;
  text.uid_name = "source test";
  text.patient_id = "T";
  dicom::write_ct_series(in("series"), volume, text);
  const SourceImage image = read_source(in("series"), {});
  EXPECT_EQ(image.info.format, "DICOM");
  Mask lesion(image.info.grid), node(image.info.grid);
  for (std::int64_t z = 1; z < 3; ++z)
    for (std::int64_t y = 3; y < 7; ++y)
      for (std::int64_t x = 4; x < 9; ++x) lesion.at(x, y, z) = 1;
  node.at(1, 1, 1) = 1;
  const std::vector<dicom::NamedMask> regions{{"Lesion", lesion}, {"Node", node}};
  dicom::write_structure_set(in("rt.dcm"), regions, image.frame, text);
  dicom::write_segmentation(in("seg.dcm"), regions, image.frame, text);
  for (const char* name : {"rt.dcm", "seg.dcm"}) {
    EXPECT_EQ(mask_of({in(name)}, image, "lesion").mask.values, lesion.values) << name;
    EXPECT_EQ(mask_of({in(name)}, image, "2").mask.values, node.values) << name;
    EXPECT_THAT(message_of<InputError>([&] { mask_of({in(name)}, image); }), HasSubstr("Node")) << name;
  }
  const SourceImage header = read_source(in("series"), {}, false);
  EXPECT_THAT(header.volume.values, IsEmpty());
  EXPECT_EQ(header.info.grid, image.info.grid);
  EXPECT_EQ(mask_of({in("rt.dcm")}, header, "lesion").mask.values, lesion.values) << "headers are enough for a mask";
}

}  // namespace
}  // namespace radfuse
