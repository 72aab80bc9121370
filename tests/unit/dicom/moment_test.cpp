// SPDX-License-Identifier: Apache-2.0
// Dates and times as they stand in real headers.
#include "moment.hpp"

#include <gtest/gtest.h>

namespace radfuse::dicom {
namespace {

TEST(Moment, DaysCountFrom1970) {
  EXPECT_EQ(parse_day("19700101"), 0);
  EXPECT_EQ(parse_day("20000301"), 11017);  // 30 * 365 + 7 leap days + 31 + 29
  EXPECT_EQ(parse_day("2000.03.01"), 11017) << "as before 1993";
  EXPECT_EQ(parse_day(" 20000301 "), 11017);
  for (const char* wrong : {"", "2000301", "20000230", "20001301", "2000030a", "00000000"})
    EXPECT_FALSE(parse_day(wrong)) << wrong;
}

TEST(Moment, TimesMayBeCutOff) {
  EXPECT_EQ(parse_time("10"), 36000);
  EXPECT_EQ(parse_time("1030"), 37800);
  EXPECT_EQ(parse_time("103015"), 37815);
  EXPECT_EQ(parse_time("10:30:15"), 37815);
  EXPECT_EQ(parse_time("103015.25 "), 37815.25);
  EXPECT_EQ(parse_time("103015.000000"), 37815);
  for (const char* wrong :
       {"", "1", "103", "240000", "106000", "1030.5", "103015.", "103015.1234567", "10301a", "-10000"})
    EXPECT_FALSE(parse_time(wrong)) << wrong;
}

TEST(Moment, DateTimesMoveToTheOffsetOfTheHeader) {
  const auto plain = parse_date_time("20000301103015.5");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->day, 11017);
  EXPECT_EQ(plain->second, 37815.5);
  EXPECT_EQ(parse_date_time("20000301103015.5+0100")->second, 37815.5) << "the header's own offset is unknown";
  const auto moved_on = parse_date_time("20000301233000-0100", "+0100");
  EXPECT_EQ(moved_on->day, 11018);  // 23:30 at -1 h is 01:30 of the next day at +1 h
  EXPECT_EQ(moved_on->second, 5400);
  for (const char* wrong : {"", "20000301", "20000301T10", "20001301100000", "20000301103015+01"})
    EXPECT_FALSE(parse_date_time(wrong)) << wrong;
}

TEST(Moment, ElapsedKnowsMidnightOnlyWithoutDates) {
  const Moment evening{std::nullopt, 86000}, morning{std::nullopt, 400};
  EXPECT_EQ(elapsed(evening, morning).seconds, 800);
  EXPECT_TRUE(elapsed(evening, morning).over_midnight);
  EXPECT_EQ(elapsed(morning, evening).seconds, 85600);
  EXPECT_EQ(elapsed({10, 86000}, {11, 400}).seconds, 800);
  EXPECT_EQ(elapsed({10, 86000}, {12, 400}).seconds, 87200);
  EXPECT_EQ(elapsed({11, 400}, {11, 300}).seconds, -100) << "with dates, before is before";
  EXPECT_EQ(elapsed({10, 86000}, morning).seconds, 800) << "one date is no date";
}

TEST(Moment, MovesOverMidnight) {
  EXPECT_EQ(moved({5, 100}, -200).day, 4);
  EXPECT_EQ(moved({5, 100}, -200).second, 86300);
  EXPECT_FALSE(moved({std::nullopt, 100}, -200).day);
}

}  // namespace
}  // namespace radfuse::dicom
