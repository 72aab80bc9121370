// SPDX-License-Identifier: Apache-2.0
// Cells of the manifest: files, folders, series by UID, several masks, and what lies outside.
#include "sources.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "radfuse/base/files.hpp"
#include "temporary_folder.hpp"

namespace radfuse {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kUid = "1.2.840.1.77";

class Sources : public ::testing::Test {
 protected:
  Sources() {
    write_file(folder / "study" / "image.nii", "x");
    write_file(folder / "elsewhere" / "image.nii", "x");
    write_file(folder / "elsewhere" / "more" / "image.nii", "x");
    study.folder = folder / "study";
    find_uids_with([this](const std::string& uid, const std::vector<fs::path>& roots) {
      searched = roots;
      return uid == kUid ? found : std::vector<fs::path>{};
    });
  }
  ~Sources() override { find_uids_with({}); }
  Place find(const std::string& cell) const { return Places(study, study.folder).find(cell); }

  test::TemporaryFolder folder;
  Study study;
  std::vector<fs::path> found, searched;
};

TEST_F(Sources, FilesBesideTheManifestAreTaken) {
  const Place place = find("image.nii");
  EXPECT_EQ(place.problem, "");
  EXPECT_THAT(place.files, ElementsAre(study.folder / "image.nii"));
  EXPECT_FALSE(place.by_uid);
  EXPECT_EQ(find("not_there.nii").problem, "") << "reading it says that it is not there";
}

TEST_F(Sources, WhatLiesOutsideIsRefusedUnlessAllowed) {
  for (const std::string& cell :
       {std::string("../elsewhere/image.nii"), (folder / "elsewhere" / "image.nii").string(),
        std::string("../study_of_another/x.nii"), std::string("a/../../elsewhere/image.nii")}) {
    EXPECT_THAT(find(cell).problem, HasSubstr("set cohort.allow_outside: true")) << cell;
    EXPECT_THAT(find(cell).files, IsEmpty());
  }
  study.cohort.roots = {"../elsewhere/more"};
  EXPECT_NE(find("../elsewhere/image.nii").problem, "");
  EXPECT_EQ(find("../elsewhere/more/image.nii").problem, "");
  study.cohort.roots = {"../elsewhere/"};
  EXPECT_EQ(find("../elsewhere/image.nii").problem, "");
  study.cohort.roots.clear();
  study.cohort.allow_outside = true;
  EXPECT_EQ(find("../elsewhere/image.nii").problem, "");
}

TEST_F(Sources, ALinkThatLeadsOutsideIsOutside) {
  fs::create_symlink(folder / "elsewhere" / "image.nii", study.folder / "link.nii");
  EXPECT_NE(find("link.nii").problem, "");
  study.cohort.roots = {"../elsewhere"};
  EXPECT_EQ(find("link.nii").problem, "");
}

TEST_F(Sources, SeriesAreFoundByTheirUid) {
  found = {study.folder / "d" / "a", study.folder / "d" / "b"};
  const Place place = find(kUid);
  EXPECT_EQ(place.problem, "");
  EXPECT_TRUE(place.by_uid);
  EXPECT_EQ(place.files, found);
  EXPECT_THAT(searched, ElementsAre(study.folder));
  EXPECT_THAT(find("1.2.3.4").problem, HasSubstr("name the folders to search in cohort.roots"));
  study.cohort.roots = {"../elsewhere"};
  EXPECT_THAT(find("1.2.3.4").problem, HasSubstr("below the folders of cohort.roots"));
  EXPECT_THAT(searched, ElementsAre(folder / "elsewhere"));
}

TEST_F(Sources, AFileOfThatNameComesFirst) {
  write_file(study.folder / kUid, "x");
  EXPECT_FALSE(find(kUid).by_uid);
}

TEST_F(Sources, ASeriesOverSeveralFoldersIsRefused) {
  found = {study.folder / "d" / "a", study.folder / "e" / "b"};
  EXPECT_THAT(find(kUid).problem, HasSubstr("several folders"));
  EXPECT_THAT(find(kUid).files, IsEmpty());
}

TEST_F(Sources, SeveralMasksStandInOneCell) {
  write_file(study.folder / "s.yaml",
             "study: {name: t}\ncohort: {manifest: m.csv, outcome: {column: y}, split: {column: s}}\n"
             "images: {ct: {image: img, mask: msk}}\n");
  write_file(study.folder / "m.csv", "case_id,y,s,img,msk\nA,0,train,image.nii,a.nii; b.nii\nB,1,test," +
                                         std::string(kUid) + ",a.nii;;b.nii\nC,1,test,image.nii," + kUid + "\n");
  found = {study.folder / "d" / "a", study.folder / "d" / "b"};
  const Manifest manifest = read_manifest(read_study(study.folder / "s.yaml"));
  const ManifestImage& a = manifest.rows[0].images[0];
  EXPECT_THAT(a.masks, ElementsAre(study.folder / "a.nii", study.folder / "b.nii"));
  EXPECT_THAT(a.files, IsEmpty());
  EXPECT_THAT(manifest.rows[1].problem, HasSubstr("m.csv:3:5: msk: has an empty name between two semicolons"));
  EXPECT_THAT(manifest.rows[1].images[0].files, ElementsAre(found[0], found[1]));
  EXPECT_EQ(manifest.rows[1].images[0].image, found[0]);
  EXPECT_THAT(manifest.rows[2].problem, HasSubstr("the series has 2 objects"));
  const auto sources = sources_of(a);
  ASSERT_EQ(sources.size(), 3u);
  EXPECT_EQ(sources[0].told, "img");
  EXPECT_EQ(sources[2].told, "msk");
}

}  // namespace
}  // namespace radfuse
