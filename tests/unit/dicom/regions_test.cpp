// SPDX-License-Identifier: Apache-2.0
// What our writers write is read back voxel for voxel; foreign and damaged files are told apart.
#include "radfuse/dicom/regions.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <fstream>

#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/base/rng.hpp"
#include "radfuse/dicom/write_regions.hpp"
#include "temporary_folder.hpp"

namespace radfuse::dicom {
namespace {

using ::testing::ElementsAre;

/// An oblique image with instances and a frame of reference.
ReferenceFrame image() {
  ReferenceFrame frame;
  frame.grid.size = {13, 9, 7};
  frame.grid.spacing = {0.7, 0.9, 2.5};
  frame.grid.origin = {-120.5, 33.25, -400};
  const double c = std::cos(0.4), s = std::sin(0.4);
  frame.grid.direction = {c, -s, 0, c * s, c * c, -s, s * s, s * c, c};
  frame.frame_of_reference = derived_uid("test/frame");
  frame.series = derived_uid("test/series");
  for (int z = 0; z < 7; ++z) frame.instances.push_back(derived_uid("test/" + std::to_string(z)));
  return frame;
}

std::vector<NamedMask> regions(std::uint64_t seed) {
  std::vector<NamedMask> all;
  for (const char* name : {"Tumour", "Node", "Speck"}) {
    Rng rng(seed, name);
    NamedMask region{name, Mask(image().grid)};
    const double share = rng.uniform();
    for (auto& v : region.mask.values) v = rng.uniform() < share;
    region.mask.values[rng.below(region.mask.values.size())] = 1;
    all.push_back(std::move(region));
  }
  std::fill(all[2].mask.values.begin(), all[2].mask.values.end(), std::uint8_t{0});
  all[2].mask.at(0, 0, 0) = all[2].mask.at(12, 8, 6) = 1;  // at the corners, with empty slices between
  return all;
}

const SeriesText kText{.uid_name = "1/C005", .patient_id = "C005"};

TEST(Regions, StructureSetsComeBackVoxelForVoxel) {
  const radfuse::test::TemporaryFolder folder;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto written = regions(seed);
    write_structure_set(folder / "rs.dcm", written, image(), kText);
    for (const NamedMask& region : written) {
      // Slices between two that have the region may be empty here; they are noted, and left as they are.
      MaskParams params;
      const auto read = [&] { return read_regions(folder / "rs.dcm", region.name, image(), params); };
      EXPECT_EQ(read().mask.values, region.mask.values) << region.name << " " << seed;
    }
  }
}

TEST(Regions, SegmentationsComeBackVoxelForVoxel) {
  const radfuse::test::TemporaryFolder folder;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto written = regions(seed);
    write_segmentation(folder / "seg.dcm", written, image(), kText);
    for (const NamedMask& region : written) {
      const DicomMask found = read_regions(folder / "seg.dcm", region.name, image());
      EXPECT_EQ(found.mask.values, region.mask.values) << region.name << " " << seed;
      EXPECT_THAT(found.notes, ::testing::IsEmpty());
    }
  }
}

TEST(Regions, AnImageWithoutIdentifiersWillDo) {
  const radfuse::test::TemporaryFolder folder;
  ReferenceFrame bare;
  bare.grid = image().grid;
  const auto written = regions(3);
  write_structure_set(folder / "rs.dcm", written, bare, kText);
  write_segmentation(folder / "seg.dcm", written, bare, kText);
  for (const char* file : {"rs.dcm", "seg.dcm"})
    EXPECT_EQ(read_regions(folder / file, "node", bare).mask.values, written[1].mask.values) << file;
}

TEST(Regions, SameInputSameBytes) {
  const radfuse::test::TemporaryFolder folder;
  for (const char* name : {"a.dcm", "b.dcm"}) write_structure_set(folder / name, regions(1), image(), kText);
  EXPECT_EQ(read_file(folder / "a.dcm"), read_file(folder / "b.dcm"));
  for (const char* name : {"a.dcm", "b.dcm"}) write_segmentation(folder / name, regions(1), image(), kText);
  EXPECT_EQ(read_file(folder / "a.dcm"), read_file(folder / "b.dcm"));
}

TEST(Regions, TheListSaysWhatTheFileHolds) {
  const radfuse::test::TemporaryFolder folder;
  write_structure_set(folder / "rs.dcm", regions(1), image(), kText);
  write_segmentation(folder / "seg.dcm", regions(1), image(), kText);
  for (const char* name : {"rs.dcm", "seg.dcm"}) {
    EXPECT_TRUE(is_region_file(folder / name));
    const RegionFile file = read_region_file(folder / name);
    EXPECT_EQ(file.kind, name == std::string("rs.dcm") ? RegionKind::structure_set : RegionKind::segmentation);
    ASSERT_EQ(file.regions.size(), 3U);
    EXPECT_EQ(file.regions[1].number, 2);
    EXPECT_EQ(file.regions[1].name, "Node");
    EXPECT_EQ(file.frame_of_reference, image().frame_of_reference);
    EXPECT_THAT(file.referenced_series, ElementsAre(image().series));
  }
}

TEST(Regions, OtherFilesAreNone) {
  const radfuse::test::TemporaryFolder folder;
  EXPECT_FALSE(is_region_file(folder / "missing.dcm"));
  std::ofstream(folder / "text.dcm") << std::string(500, 'x');
  EXPECT_FALSE(is_region_file(folder / "text.dcm"));
  EXPECT_THROW(read_region_file(folder / "text.dcm"), InputError);
  write_ct_series(folder / "ct", Volume(image().grid), kText);
  EXPECT_FALSE(is_region_file(folder / "ct/slice_0001.dcm"));
  EXPECT_THROW(read_regions(folder / "ct/slice_0001.dcm", "", image()), InputError);
}

/// Cut anywhere, a file is refused, or (cut behind what counts) gives the same voxels.
TEST(Regions, TruncatedFilesAreRefusedOrRight) {
  const radfuse::test::TemporaryFolder folder;
  const auto written = regions(2);
  write_structure_set(folder / "rs.dcm", written, image(), kText);
  write_segmentation(folder / "seg.dcm", written, image(), kText);
  for (const char* name : {"rs.dcm", "seg.dcm"}) {
    const std::string bytes = read_file(folder / name);
    std::size_t refused = 0;
    for (std::size_t size = 0; size < bytes.size(); size += 1 + bytes.size() / 150) {
      write_file(folder / "cut.dcm", bytes.substr(0, size));
      try {
        EXPECT_EQ(read_regions(folder / "cut.dcm", "1", image()).mask.values, written[0].mask.values) << name << size;
      } catch (const InputError&) {
        ++refused;
      }
    }
    EXPECT_GT(refused, 50U) << name;
  }
}

TEST(Regions, OurOwnMistakesAreCalledSo) {
  const radfuse::test::TemporaryFolder folder;
  Grid other = image().grid;
  other.size[0] = 5;
  EXPECT_THROW(write_structure_set(folder / "x.dcm", {{"a", Mask(other, 1)}}, image(), kText), Error);
  EXPECT_THROW(write_segmentation(folder / "x.dcm", {{"a", Mask(image().grid)}}, image(), kText), Error);
  EXPECT_FALSE(std::filesystem::exists(folder / "x.dcm"));
}

}  // namespace
}  // namespace radfuse::dicom
