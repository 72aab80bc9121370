// SPDX-License-Identifier: Apache-2.0
// What is told of paths: on the terminal relative to the study, in files not at all.
#include "radfuse/stage/discretion.hpp"

#include <gtest/gtest.h>

#include "radfuse/base/discretion.hpp"
#include "radfuse/base/files.hpp"
#include "temporary_folder.hpp"

namespace radfuse {
namespace {

namespace fs = std::filesystem;

class Discreet : public ::testing::Test {
 protected:
  Discreet() {
    study.folder = folder / "study";
    study.output = study.folder / "out";
    study.cohort.manifest = "m.csv";
    patient = study.folder / "Doe^Jane";
    write_file(patient / "doe_1.dcm", "x");
    write_file(patient / "doe_2.dcm", "x");
    write_file(study.folder / "masks" / "jane.nii", "x");
    sources = {{patient, "ct_path"}, {study.folder / "masks" / "jane.nii", "ct_mask"}};
  }
  std::string kept(const std::string& message) const { return for_files(message, study, sources); }

  test::TemporaryFolder folder;
  Study study;
  fs::path patient;
  std::vector<Source> sources;
};

TEST_F(Discreet, TheTerminalShowsPathsFromTheStudy) {
  EXPECT_EQ(for_terminal(patient.string() + ": has " + confidential("'lung'"), study), "Doe^Jane: has 'lung'");
  EXPECT_EQ(for_terminal("see " + (study.output / "x.csv").string(), study), "see out/x.csv");
  EXPECT_EQ(for_terminal("/other" + (study.folder / "x").string(), study), "/other" + (study.folder / "x").string())
      << "a longer path that happens to end so";
}

TEST_F(Discreet, FilesNameTheColumn) {
  EXPECT_EQ(kept(patient.string() + ": the folder has no DICOM images"), "ct_path: the folder has no DICOM images");
  EXPECT_EQ(kept((study.folder / "masks" / "jane.nii").string() + ": truncated"), "ct_mask: truncated");
  EXPECT_EQ(kept((study.folder / "m.csv").string() + ":2:3: age: is no number"), "m.csv:2:3: age: is no number");
}

TEST_F(Discreet, AFileOfItsOwnIsTheColumnToo) {
  EXPECT_EQ(kept("image 'x', mask jane.nii: other grids"), "image 'x', mask ct_mask: other grids");
  const std::string file = (study.folder / "masks" / "jane.nii").string();
  EXPECT_EQ(kept(file + ": " + file + ": no such file"), "ct_mask: no such file");
}

TEST_F(Discreet, SlicesAreNumbered) {
  EXPECT_EQ(kept(patient.string() + ": slice 'doe_2.dcm': is damaged"), "ct_path: slice file 2 of 2: is damaged");
  EXPECT_EQ(kept("slices doe_1.dcm and 'doe_2.dcm' lie in one place"),
            "slices file 1 of 2 and file 2 of 2 lie in one place");
  EXPECT_EQ(kept(confidential("'GTV of Jane'") + " is not there"), "(shown on the terminal only) is not there");
}

TEST_F(Discreet, AManifestThatLiesOutsideIsNotNamed) {
  study.cohort.manifest = "../jane/m.csv";
  EXPECT_EQ(kept((study.folder / "../jane/m.csv").lexically_normal().string() + ":2:3: age"), "the manifest:2:3: age");
}

TEST_F(Discreet, OneSliceAndItsFolder) {
  sources = {{patient / "doe_1.dcm", "ct_path"}};
  EXPECT_EQ(kept((patient / "doe_1.dcm").string() + ": slice 'doe_2.dcm': bad"), "ct_path: slice file 2 of 2: bad");
  EXPECT_EQ(kept("slice 'doe_1.dcm': bad"), "slice ct_path: bad");
  EXPECT_EQ(kept(patient.string() + ": cannot be read"), "the folder of ct_path: cannot be read");
}

TEST_F(Discreet, TheReportHasNoSecretAndNoWayOut) {
  study.import.salt = "pepper";
  study.cohort.roots = {"/mnt/Doe", "data", "../Doe"};
  study.cohort.manifest = "../Doe/m.csv";
  study.study.output = "out";
  const Study told = for_report(study);
  EXPECT_EQ(told.import.salt, "(withheld)");
  EXPECT_EQ(told.cohort.roots, (std::vector<std::string>{"(withheld)", "data", "(withheld)"}));
  EXPECT_EQ(told.cohort.manifest, "(withheld)");
  EXPECT_EQ(told.study.output, "out");
}

}  // namespace
}  // namespace radfuse
