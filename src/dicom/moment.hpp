// SPDX-License-Identifier: Apache-2.0
// Points in time as DICOM writes them: a date (DA) and a time (TM), or both in one (DT). The date may be missing.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace radfuse::dicom {

struct Moment {
  std::optional<std::int64_t> day;  ///< since 1970-01-01; nothing when the file has no date
  double second = 0;                ///< of the day, 0 to 86400
};

/// DA: YYYYMMDD, or the old YYYY.MM.DD. Nothing for anything else.
std::optional<std::int64_t> parse_day(std::string_view date);
/// TM: HH, HHMM, HHMMSS or HHMMSS.FFFFFF, or with colons as before 1993. Nothing for anything else.
std::optional<double> parse_time(std::string_view time);
/// A time with its date; nothing without a time.
std::optional<Moment> parse_moment(std::string_view date, std::string_view time);
/// DT: YYYYMMDDHHMMSS.FFFFFF&ZZXX. The offset from UTC moves it to `offset` (as in TimezoneOffsetFromUTC) where both
/// are known; otherwise the local time is kept. Nothing when it is cut off before the hour.
std::optional<Moment> parse_date_time(std::string_view text, std::string_view offset = {});

struct Elapsed {
  double seconds = 0;
  bool over_midnight = false;  ///< one of the dates is missing, and the clock says that the end is before the start
};
/// From one moment to the other. Without both dates, the most recent `from` before `to` is meant: at most a day.
Elapsed elapsed(const Moment& from, const Moment& to);

Moment moved(const Moment& moment, double seconds);

}  // namespace radfuse::dicom
