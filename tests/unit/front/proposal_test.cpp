// SPDX-License-Identifier: Apache-2.0
// From series to a manifest: which image is the likely one, what must be chosen, and what the study file says of
// regions.
#include "proposal.hpp"

#include <gmock/gmock.h>

#include <map>

#include "radfuse/base/text.hpp"

namespace radfuse {
namespace {

using dicom::FoundSeries;
using dicom::ObjectKind;
using ::testing::HasSubstr;
using ::testing::Not;

FoundSeries image(const std::string& patient, const std::string& modality, const std::string& uid, std::size_t files,
                  const std::string& thickness = "1", const std::string& type = "ORIGINAL\\PRIMARY\\AXIAL") {
  FoundSeries series;
  series.patient_key = series.patient_id = patient;
  series.modality = modality;
  series.series_uid = uid;
  for (std::size_t i = 0; i < files; ++i) {
    series.files.emplace_back("/export/" + patient + "/" + uid + "/" + std::to_string(i));
    series.instances.push_back(uid + "." + std::to_string(i + 1));
  }
  series.acquisition = {{"image_type", type}, {"slice_thickness_mm", thickness}};
  return series;
}

FoundSeries regions(const std::string& patient, const std::string& uid, const std::vector<std::string>& references) {
  FoundSeries series = image(patient, "RTSTRUCT", uid, 1);
  series.kind = ObjectKind::structure_set;
  series.references = references;
  return series;
}

std::vector<std::string> lines(const std::string& csv) {
  return text::split(csv, '\n');
}

TEST(Proposal, OneCaseForEachPatientAndNoPatientIdInTheManifest) {
  dicom::Scan scan;
  scan.series = {image("Doe", "CT", "1.1.1", 30), image("Roe", "MR", "1.1.2", 20), regions("Doe", "1.1.3", {"1.1.1"}),
                 regions("Poe", "1.1.4", {})};
  const Proposal proposal = propose(scan);
  const auto manifest = lines(proposed_manifest(proposal));
  EXPECT_EQ(manifest[0], "case_id,patient_id,outcome,site,split,ct_path,ct_mask,mr_path,mr_mask");
  EXPECT_EQ(manifest[1], "C0001,P0001,,,,1.1.1,1.1.3.1,,");
  EXPECT_EQ(manifest[2], "C0002,P0002,,,,,,1.1.2,");
  EXPECT_EQ(proposal.patients_without_images, 1u);
  EXPECT_THAT(proposed_manifest(proposal), Not(HasSubstr("Doe")));
  EXPECT_THAT(linkage_csv(proposal), HasSubstr("C0002,P0002,Roe,mr_path,1,MR,1.1.2,20,/export/Roe/1.1.2,"));
  EXPECT_EQ(lines(choices_csv(proposal)).size(), 2u) << "nothing to choose: a header and the end";
}

TEST(Proposal, TheLikelyImageComesFirst) {
  dicom::Scan scan;
  scan.series = {image("A", "CT", "1.1.1", 2, "1", "ORIGINAL\\PRIMARY\\LOCALIZER"),
                 image("A", "CT", "1.1.2", 90, "1", "DERIVED\\PRIMARY\\MPR"),
                 image("A", "CT", "1.1.3", 60, "5"),
                 image("A", "CT", "1.1.4", 60, "2.5"),
                 image("A", "CT", "1.1.5", 20),
                 regions("A", "1.1.9", {"1.1.5"})};
  const Proposal proposal = propose(scan);
  std::vector<std::string> order;
  for (const Candidate& candidate : proposal.cases[0].images[0]) order.push_back(candidate.cell);
  EXPECT_THAT(order, testing::ElementsAre("1.1.5", "1.1.4", "1.1.3", "1.1.2", "1.1.1"));
  EXPECT_EQ(lines(choices_csv(proposal)).size(), 1u + 5u + 1u);
}

TEST(Proposal, EachPictureOfASeriesIsAnImage) {
  dicom::Scan scan;
  scan.series = {image("A", "US", "1.1.1", 3), image("B", "DX", "1.1.2", 1)};
  const Proposal proposal = propose(scan);
  EXPECT_EQ(proposal.images[0].name, "us");
  EXPECT_EQ(proposal.cases[0].images[0].size(), 3u);
  EXPECT_EQ(proposal.cases[0].images[0][0].cell, "1.1.1.1");
  EXPECT_EQ(proposal.cases[1].images[1][0].cell, "1.1.2") << "a single one is named by its series";
  EXPECT_EQ(proposal.images[1].dimension, Dimension::two);
}

TEST(Proposal, FreeTextIsNoFormula) {
  dicom::Scan scan;
  scan.series = {image("A", "CT", "1.1.1", 3), image("A", "CT", "1.1.2", 3)};
  scan.series[0].description = "=cmd()";
  EXPECT_THAT(choices_csv(propose(scan)), HasSubstr(",'=cmd()\n"));
}

std::string study_with(const std::vector<NumberedNames>& files) {
  dicom::Scan scan;
  std::map<std::string, NumberedNames> names;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::string patient = "P" + std::to_string(i), ct = "1.1." + std::to_string(i + 1);
    scan.series.push_back(image(patient, "CT", ct, 3));
    scan.series.push_back(regions(patient, "1.2." + std::to_string(i + 1), {ct}));
    names["1.2." + std::to_string(i + 1)] = files[i];
  }
  return proposed_study(
      propose(scan), [&](const FoundSeries& one) { return names.at(one.series_uid); }, "/data");
}

TEST(Proposal, TheRegionThatAllHaveIsFilledIn) {
  EXPECT_THAT(study_with({{{1, "GTV-1"}, {2, "lung"}}, {{1, "heart"}, {2, "gtv-1"}}}), HasSubstr("roi: \"gtv-1\""));
  EXPECT_THAT(study_with({{{1, "GTV \"x\""}, {2, "lung"}}, {{1, "GTV \"x\""}}}), HasSubstr("roi: \"GTV \\\"x\\\"\""));
  EXPECT_THAT(study_with({{{1, "GTV"}}, {{7, "tumour"}}}), Not(HasSubstr("roi:")));
  EXPECT_THAT(study_with({{{1, "GTV"}, {2, "lung"}}, {{1, "GTV"}, {2, "lung"}}}), HasSubstr("# roi: GTV-1"));
  EXPECT_THAT(study_with({{{1, "GTV"}, {2, "lung"}}, {{1, "tumour"}, {2, "heart"}}}), HasSubstr("# roi: GTV-1"));
}

}  // namespace
}  // namespace radfuse
