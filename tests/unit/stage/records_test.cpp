// SPDX-License-Identifier: Apache-2.0
// Records as text: every number comes back as it was, and text that is not UTF-8 does not stop a run.
#include "radfuse/stage/records.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "radfuse/base/error.hpp"

namespace radfuse {
namespace {

CaseRecord full_record() {
  CaseRecord record;
  const RowKey key{"P1", "tumour", "r"};
  record.rows = {{key, {0.1, std::numeric_limits<double>::quiet_NaN(), -1e-300}}};
  record.notes = {{key, "rad.x", "one voxel"}};
  record.diagnostics = {{key, "ct", {3.0}}};
  record.facts = {{"ct|size", "4 4 4"}, {"a \"b\"\n", "\x1b[31m"}};
  record.files = {{"images/P1.ct.nii.gz", ""}};
  return record;
}

TEST(Records, TextComesBackAsItWas) {
  const CaseRecord record = full_record();
  const CaseRecord back = case_record_from_text(to_text(record));
  ASSERT_EQ(back.rows.size(), 1u);
  EXPECT_EQ(back.rows[0].first.case_id, "P1");
  EXPECT_EQ(back.rows[0].second[0], 0.1);
  EXPECT_TRUE(std::isnan(back.rows[0].second[1]));
  EXPECT_EQ(back.rows[0].second[2], -1e-300);
  EXPECT_EQ(back.notes[0].reason, "one voxel");
  EXPECT_EQ(back.diagnostics[0].image, "ct");
  EXPECT_EQ(back.facts, record.facts);
  EXPECT_EQ(back.files, record.files);
  EXPECT_EQ(to_text(back), to_text(record));
}

TEST(Records, TextThatIsNotUtf8IsWrittenWithReplacementCharacters) {
  CaseRecord record;
  record.facts = {{"kernel", "a\xe9z"}};
  EXPECT_EQ(case_record_from_text(to_text(record)).facts[0].second, "a\xef\xbf\xbdz");
  EXPECT_NO_THROW(to_json({"P1", "key", false, "\xff: unreadable", {}}));
}

TEST(Records, NonsenseIsAnErrorOfTheCase) {
  EXPECT_THROW(case_record_from_text(""), CaseError);
  EXPECT_THROW(case_record_from_text("{}"), CaseError);
  EXPECT_THROW(case_record_from_text(R"({"rows":[{"values":["x"]}]})"), CaseError);
}

}  // namespace
}  // namespace radfuse
