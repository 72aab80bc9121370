// SPDX-License-Identifier: Apache-2.0
// The imaging protocol by site, from facts small enough to count.
#include "protocol.hpp"

#include <gmock/gmock.h>

#include "made_up.hpp"

namespace radfuse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

StudyResults four_cases() {
  StudyResults results;
  ImageParams ct;
  ct.modality = Modality::ct;
  results.images.emplace_back("ct", ct);
  const auto add = [&](const std::string& id, const std::string& site, const std::string& maker,
                       const std::string& thickness, const std::string& spacing, const std::string& intent) {
    CaseRow row;
    row.case_id = row.patient_id = id;
    row.site = site;
    row.images.resize(1);
    results.cohort.rows.push_back(row);
    results.acquisition.push_back({.case_id = id,
                                   .image = "ct",
                                   .facts = {{"size", "5 5 5"},
                                             {"manufacturer", maker},
                                             {"slice_thickness_mm", thickness},
                                             {"pixel_spacing_mm", spacing},
                                             {"presentation_intent", intent},
                                             {"kvp", ""}}});
  };
  results.cohort.image_names = {"ct"};
  add("a", "x", "M", "1.25", "0.5\\0.5", "");
  add("b", "x", "N", "5", "0.7\\0.7", "FOR PROCESSING");
  add("c", "x", "M", "2.5", "0.9\\0.9", "FOR PRESENTATION");
  add("d", "y", "N", "", "0.5\\0.5", "");
  return results;
}

TEST(Protocol, NumbersAreSpreadsAndWordsAreCounts) {
  const auto tables = protocol_tables(four_cases());
  ASSERT_EQ(tables.size(), 1u);
  EXPECT_THAT(tables[0].header, ElementsAre("What", "x (n = 3)", "y (n = 1)"));
  ASSERT_EQ(tables[0].rows.size(), 4u) << "size is told elsewhere, and nobody knows the voltage";
  EXPECT_THAT(tables[0].rows[0], ElementsAre("manufacturer", "M: 2; N: 1", "N"));
  EXPECT_THAT(tables[0].rows[1], ElementsAre("slice thickness (mm)", "2.5 [1.25, 5]", "–"));
  EXPECT_THAT(tables[0].rows[2], ElementsAre("pixel spacing (mm)", "0.7 [0.5, 0.9] × 0.7 [0.5, 0.9]", "0.5 × 0.5"));
  EXPECT_EQ(tables[0].rows[3][1], "FOR PRESENTATION: 1; FOR PROCESSING: 1, 1 missing");
}

TEST(Protocol, TheChecklistNamesWhatIsKnown) {
  EXPECT_THAT(protocol_facts(four_cases()),
              ElementsAre("manufacturer", "slice thickness (mm)", "pixel spacing (mm)", "presentation intent"));
  EXPECT_THAT(protocol_facts(StudyResults{}), IsEmpty());
}

TEST(Protocol, ColumnsThatAreNoWordsGetSomeAndKnownSpacingIsNoNews) {
  StudyResults results = four_cases();
  for (AcquisitionRow& row : results.acquisition) row.facts = {{"kvp", "120"}, {"spacing_known", "1"}};
  EXPECT_THAT(protocol_facts(results), ElementsAre("tube voltage (kV)"));
  EXPECT_EQ(protocol_tables(results)[0].rows.size(), 1u);
  results.acquisition[0].facts[1].second = "0";
  EXPECT_THAT(protocol_tables(results)[0].rows[1], ElementsAre("spacing known", "1 [0, 1]", "1"));
}

TEST(Protocol, MixedIntentsAreADoubt) {
  StudyResults results = four_cases();
  EXPECT_THAT(protocol_doubts(results), ElementsAre(HasSubstr("some for presentation")));
  results.acquisition[1].facts[4].second = "FOR PRESENTATION";
  EXPECT_THAT(protocol_doubts(results), IsEmpty());
}

}  // namespace
}  // namespace radfuse
