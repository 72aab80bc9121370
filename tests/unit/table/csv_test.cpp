// SPDX-License-Identifier: Apache-2.0
// RFC 4180, strictly: each refusal says where.
#include "radfuse/table/csv.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "radfuse/base/error.hpp"

namespace radfuse {
namespace {

std::string refusal(const std::string& text) {
  try {
    parse_csv(text, "t.csv");
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Csv, ReadsQuotesCrlfBomAndLines) {
  const CsvTable t = parse_csv(
      "\xef\xbb\xbf"
      "a,b\r\n1,\"x, \"\"y\"\"\nz\"\r\n\r\n,\n",
      "t.csv");
  EXPECT_THAT(t.header, testing::ElementsAre("a", "b"));
  ASSERT_EQ(t.rows.size(), 2u);
  EXPECT_THAT(t.rows[0], testing::ElementsAre("1", "x, \"y\"\nz"));
  EXPECT_THAT(t.rows[1], testing::ElementsAre("", ""));
  EXPECT_THAT(t.lines, testing::ElementsAre(2u, 5u));
}

TEST(Csv, LastLineNeedsNoEnd) {
  EXPECT_EQ(parse_csv("a\n1", "t.csv").rows.size(), 1u);
}

TEST(Csv, EveryRefusalSaysWhere) {
  EXPECT_EQ(refusal(""), "t.csv: is empty; a header line is needed");
  EXPECT_EQ(refusal("a,b\n1\n"), "t.csv:2:1: has 1 cells, the header has 2; the separator must be a comma");
  EXPECT_EQ(refusal("a,b\n1,2\n1,2,3\n"), "t.csv:3:1: has 3 cells, the header has 2");
  EXPECT_EQ(refusal("a,a\n"), "t.csv:1:1: two columns are called 'a'");
  EXPECT_EQ(refusal("a,\n"), "t.csv:1:1: column 2 has no name");
  EXPECT_EQ(refusal("a\n\"x\n"), "t.csv:2:1: opens a quote that is never closed");
  EXPECT_EQ(refusal("a\n\"x\"y\n"), "t.csv:2:4: text after a closing quote");
  EXPECT_EQ(refusal("a,b\n1,x\"y\n"),
            "t.csv:2:4: a quote inside an unquoted cell; put the whole cell in quotes and double the inner ones");
  EXPECT_EQ(refusal(std::string("a\n1\0\n", 5)), "t.csv:2:2: a NUL byte; this is not a text file");
  EXPECT_EQ(refusal("a\r1\r"),
            "t.csv:1:2: a carriage return without a line feed; save the file with LF or CRLF line ends");
  EXPECT_EQ(refusal("\xff\xfe"
                    "a"),
            "t.csv: is UTF-16; save it as UTF-8 (in a spreadsheet: \"CSV UTF-8\")");
}

TEST(Csv, MissingColumnsAreGuessed) {
  const CsvTable t = parse_csv("case_id,age\nP1,3\n", "t.csv");
  try {
    t.require_column("aeg", "cohort.clinical");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(),
                 "t.csv:1: no column 'aeg' (cohort.clinical); did you mean 'age'?; columns: case_id, age");
  }
}

TEST(Csv, WritesWhatItReads) {
  const std::string text = "a,\"b\"\"c\"\n\"x,y\",\"l1\nl2\"\n";
  EXPECT_EQ(to_csv(parse_csv(text, "t.csv")), text);
}

TEST(Csv, SeveralByteOrderMarksAreNoPartOfTheFirstName) {
  const CsvTable t = parse_csv(
      "\xef\xbb\xbf\xef\xbb\xbf"
      "a,b\n1,2\n",
      "t.csv");
  EXPECT_EQ(t.header, (std::vector<std::string>{"a", "b"}));
}

TEST(Csv, AMarkWithinACellIsKept) {
  const std::string name = "\xef\xbb\xbf";
  const CsvTable t = parse_csv("\"" + name + "\",b\n1,2\n", "t.csv");
  EXPECT_EQ(t.header[0], name);
  EXPECT_EQ(parse_csv(to_csv(t), "t.csv").header, t.header);
}

TEST(Csv, TextsForPeopleAreNoFormulas) {
  EXPECT_EQ(csv_shown("=HYPERLINK(1)"), "'=HYPERLINK(1)");
  EXPECT_EQ(csv_shown("@SUM(A1)"), "'@SUM(A1)");
  EXPECT_EQ(csv_shown("+1+cmd"), "'+1+cmd");
  EXPECT_EQ(csv_shown("-2+3"), "'-2+3");
  EXPECT_EQ(csv_shown("\t=1"), "'\\x09=1");
  EXPECT_EQ(csv_shown("\r=1"), "'\\x0d=1");
  for (const char* plain : {"-2.5", "-1e3", "B30f", "", "a=b"}) EXPECT_EQ(csv_shown(plain), plain);
}

}  // namespace
}  // namespace radfuse
