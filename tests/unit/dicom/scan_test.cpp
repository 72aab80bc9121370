// SPDX-License-Identifier: Apache-2.0
// Trees of DICOM files: what is found, how it is grouped, and which regions belong to which images.
#include "radfuse/dicom/scan.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <map>

#include "dcmtk.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/dicom/find.hpp"
#include "radfuse/dicom/identity.hpp"
#include "radfuse/dicom/write_series.hpp"

namespace radfuse::dicom {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Tree : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::temp_directory_path() / ("radfuse-scan-" + std::to_string(getpid()));
    fs::remove_all(root_);
    fs::create_directories(root_);
  }
  void TearDown() override { fs::remove_all(root_); }

  void ct(const std::string& folder, const std::string& name, const std::string& patient, int slices) {
    Volume image;
    image.grid.size = {2, 2, slices};
    image.values.assign(image.grid.count(), 7);
    write_ct_series(root_ / folder, image, {.uid_name = name, .patient_id = patient});
  }
  static std::string series(const std::string& name) { return derived_uid(name + "/series"); }
  static std::string frame(const std::string& name) { return derived_uid(name + "/frame"); }
  static std::string slice(const std::string& name, int z) { return derived_uid(name + "/slice/" + std::to_string(z)); }

  template <class Fill>
  void object(const std::string& file, const char* sop_class, const std::string& patient, Fill&& fill) {
    start_dcmtk();
    DcmFileFormat format;
    DcmDataset& data = *format.getDataset();
    data.putAndInsertString(DCM_SOPClassUID, sop_class);
    data.putAndInsertString(DCM_SOPInstanceUID, derived_uid(file).c_str());
    data.putAndInsertString(DCM_StudyInstanceUID, derived_uid(patient + " study").c_str());
    data.putAndInsertString(DCM_SeriesInstanceUID, derived_uid(file + " series").c_str());
    data.putAndInsertString(DCM_PatientID, patient.c_str());
    fill(data);
    fs::create_directories((root_ / file).parent_path());
    ASSERT_TRUE(format.saveFile((root_ / file).c_str(), EXS_LittleEndianExplicit).good());
  }
  void structure_set(const std::string& file, const std::string& patient, const std::string& frame_uid,
                     const std::string& series_uid, const std::string& instance_uid) {
    object(file, UID_RTStructureSetStorage, patient, [&](DcmDataset& data) {
      data.putAndInsertString(DCM_Modality, "RTSTRUCT");
      DcmItem *frame_item = nullptr, *study = nullptr, *one = nullptr, *image = nullptr;
      data.findOrCreateSequenceItem(DCM_ReferencedFrameOfReferenceSequence, frame_item);
      frame_item->putAndInsertString(DCM_FrameOfReferenceUID, frame_uid.c_str());
      frame_item->findOrCreateSequenceItem(DCM_RTReferencedStudySequence, study);
      study->findOrCreateSequenceItem(DCM_RTReferencedSeriesSequence, one);
      one->putAndInsertString(DCM_SeriesInstanceUID, series_uid.c_str());
      one->findOrCreateSequenceItem(DCM_ContourImageSequence, image);
      image->putAndInsertString(DCM_ReferencedSOPInstanceUID, instance_uid.c_str());
    });
  }
  const FoundSeries& only(const Scan& scan, ObjectKind kind) {
    for (const FoundSeries& found : scan.series)
      if (found.kind == kind) return found;
    throw Error(ExitCode::bug, "the scan has no such object");
  }
  fs::path root_;
};

TEST_F(Tree, SeriesAreGroupedWhereverTheirFilesLie) {
  ct("b/deep/er", "two", "B", 3);
  ct("a", "one", "A", 2);
  ct("flat", "three", "A", 1);
  fs::rename(root_ / "flat" / "slice_0001.dcm", root_ / "a" / "another_series");
  const Scan scan = scan_tree(root_, 2);
  ASSERT_EQ(scan.series.size(), 3u);
  std::map<std::string, std::size_t> files;
  for (const FoundSeries& found : scan.series) files[found.series_uid] = found.files.size();
  EXPECT_EQ(files, (std::map<std::string, std::size_t>{{series("one"), 2}, {series("two"), 3}, {series("three"), 1}}));
  EXPECT_EQ(scan.series[0].patient_id, "A");
  EXPECT_EQ(scan.series[1].patient_id, "A");
  EXPECT_EQ(scan.series[0].patient_key, scan.series[1].patient_key);
  EXPECT_NE(scan.series[0].patient_key, scan.series[2].patient_key);
  EXPECT_EQ(scan.series[2].modality, "CT");
  EXPECT_EQ(scan.series[2].instances[1], slice("two", 2));
  EXPECT_EQ(scan.series[2].frame_of_reference, frame("two"));
  EXPECT_TRUE(std::ranges::is_sorted(scan.series[2].files));
}

TEST_F(Tree, OtherFilesAreCountedAndDamagedOnesNamed) {
  ct("a", "one", "A", 2);
  write_file(root_ / "a" / "notes.txt", "hello");
  write_file(root_ / "a" / "DICOMDIR", "whatever");
  write_file(root_ / "a" / ".hidden.dcm", "whatever");
  write_file(root_ / "a" / "x.dcm", "whatever");
  write_file(root_ / "a" / "y.dcm", "");
  const std::string whole = read_file(root_ / "a" / "slice_0001.dcm");
  write_file(root_ / "a" / "z.dcm", whole.substr(0, 400));
  fs::create_directory_symlink(root_, root_ / "a" / "round_and_round");
  const Scan scan = scan_tree(root_, 1);
  EXPECT_EQ(scan.series.size(), 1u);
  EXPECT_EQ(scan.other_files, 2u);
  ASSERT_EQ(scan.damaged.size(), 3u);
  EXPECT_THAT(scan.damaged[0].second, HasSubstr("is not a DICOM file"));
  EXPECT_THAT(scan.damaged[1].second, HasSubstr("is empty"));
  EXPECT_THAT(scan.damaged[2].second, HasSubstr("is damaged"));
  EXPECT_EQ(scan.files, 7u);
  EXPECT_THROW(scan_tree(root_ / "a" / "notes.txt", 1), InputError);
}

TEST_F(Tree, ACopyOfAFolderIsNotASecondSeries) {
  ct("a", "one", "A", 3);
  fs::copy(root_ / "a", root_ / "b");
  const Scan scan = scan_tree(root_, 1);
  ASSERT_EQ(scan.series.size(), 1u);
  EXPECT_EQ(scan.series[0].files.size(), 3u);
  EXPECT_EQ(scan.copies, 3u);
  EXPECT_EQ(scan.series[0].files[0].parent_path().filename(), "a");
}

TEST_F(Tree, StructureSetsBelongToTheSeriesThatTheyName) {
  ct("a", "one", "A", 2);
  ct("b", "two", "A", 2);
  structure_set("s.dcm", "A", frame("one"), series("two"), slice("one", 1));
  const Scan scan = scan_tree(root_, 1);
  const FoundSeries& found = only(scan, ObjectKind::structure_set);
  EXPECT_THAT(found.references, ElementsAre(series("two")));
  EXPECT_EQ(found.tie, Tie::series);
}

TEST_F(Tree, OrElseToThatOfTheSlicesOrOfTheFrameOfReference) {
  ct("a", "one", "A", 2);
  ct("b", "two", "A", 2);
  structure_set("by_slice.dcm", "A", frame("two"), "1.2.3", slice("one", 2));
  Scan scan = scan_tree(root_, 1);
  EXPECT_THAT(only(scan, ObjectKind::structure_set).references, ElementsAre(series("one")));
  EXPECT_EQ(only(scan, ObjectKind::structure_set).tie, Tie::instance);
  fs::remove(root_ / "by_slice.dcm");
  structure_set("by_frame.dcm", "A", frame("two"), "1.2.3", "1.2.4");
  scan = scan_tree(root_, 1);
  EXPECT_THAT(only(scan, ObjectKind::structure_set).references, ElementsAre(series("two")));
  EXPECT_EQ(only(scan, ObjectKind::structure_set).tie, Tie::frame);
  fs::remove(root_ / "by_frame.dcm");
  structure_set("of_nobody.dcm", "B", frame("two"), "1.2.3", "1.2.4");
  scan = scan_tree(root_, 1);
  EXPECT_THAT(only(scan, ObjectKind::structure_set).references, IsEmpty());
  EXPECT_EQ(only(scan, ObjectKind::structure_set).tie, Tie::none);
}

TEST_F(Tree, SegmentationsNameTheirSeriesOrTheSlicesThatEachFrameCameFrom) {
  ct("a", "one", "A", 2);
  ct("b", "two", "A", 2);
  object("named.dcm", UID_SegmentationStorage, "A", [&](DcmDataset& data) {
    DcmItem* item = nullptr;
    data.findOrCreateSequenceItem(DCM_ReferencedSeriesSequence, item);
    item->putAndInsertString(DCM_SeriesInstanceUID, series("one").c_str());
  });
  object("unnamed.dcm", UID_SegmentationStorage, "A", [&](DcmDataset& data) {
    DcmItem *group = nullptr, *derivation = nullptr, *source = nullptr;
    data.findOrCreateSequenceItem(DCM_PerFrameFunctionalGroupsSequence, group);
    group->findOrCreateSequenceItem(DCM_DerivationImageSequence, derivation);
    derivation->findOrCreateSequenceItem(DCM_SourceImageSequence, source);
    source->putAndInsertString(DCM_ReferencedSOPInstanceUID, slice("two", 1).c_str());
  });
  const Scan scan = scan_tree(root_, 1);
  std::map<std::string, std::vector<std::string>> references;
  for (const FoundSeries& found : scan.series)
    if (found.kind == ObjectKind::segmentation) references[found.files[0].filename()] = found.references;
  EXPECT_THAT(references["named.dcm"], ElementsAre(series("one")));
  EXPECT_THAT(references["unnamed.dcm"], ElementsAre(series("two")));
}

TEST_F(Tree, ObjectsAreFoundByTheirUid) {
  ct("a", "one", "A", 3);
  ct("b", "two", "B", 1);
  UidIndex index(1);
  EXPECT_EQ(index.find(series("one"), {root_ / "b", root_ / "a"}).size(), 3u);
  EXPECT_THAT(index.find(slice("one", 2), {root_}), ElementsAre(root_ / "a" / "slice_0002.dcm"));
  EXPECT_THAT(index.find("1.2.3", {root_}), IsEmpty());
  EXPECT_THROW(index.find("1.2.3", {root_ / "nowhere"}), InputError);
}

TEST(Identity, UidsAndTheirCodes) {
  for (const char* good : {"1.2.840.10008.1.1", "0.1.2", "2.25.329800735698586629295641978511506172918"})
    EXPECT_TRUE(is_uid(good)) << good;
  for (const char* bad : {"", "1.2", "1.02.3", "1..2.3", ".1.2.3", "1.2.3.", "1.2.a", "scan.1.2"})
    EXPECT_FALSE(is_uid(bad)) << bad;
  EXPECT_FALSE(is_uid("1.2." + std::string(61, '1')));
  EXPECT_EQ(series_code("1.2.3", ""), "");
  EXPECT_EQ(series_code("1.2.3", "s").size(), 16u);
  EXPECT_EQ(series_code("1.2.3", "s"), series_code("1.2.3", "s"));
  EXPECT_NE(series_code("1.2.3", "s"), series_code("1.2.3", "t"));
  EXPECT_NE(series_code("1.2.3", "s"), series_code("1.2.4", "s"));
}

}  // namespace
}  // namespace radfuse::dicom
