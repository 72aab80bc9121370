// SPDX-License-Identifier: Apache-2.0
// DICOM dates and times (PS3.5, 6.2: DA, TM, DT).
#include "moment.hpp"

#include <chrono>
#include <cmath>
#include <string>

#include "radfuse/base/text.hpp"

namespace radfuse::dicom {
namespace {

constexpr double kDay = 86400;

/// `digits` must be decimal digits and nothing else.
std::optional<int> number(std::string_view digits) {
  int value = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return digits.empty() ? std::nullopt : std::optional(value);
}

std::string without(std::string_view text, char unwanted) {
  std::string kept;
  for (const char c : text::trim(text))
    if (c != unwanted) kept += c;
  return kept;
}

/// &ZZXX in seconds.
std::optional<double> offset_seconds(std::string_view text) {
  const std::string_view offset = text::trim(text);
  if (offset.size() != 5 || (offset[0] != '+' && offset[0] != '-')) return std::nullopt;
  const auto hours = number(offset.substr(1, 2)), minutes = number(offset.substr(3, 2));
  if (!hours || !minutes || *hours > 14 || *minutes > 59) return std::nullopt;
  return (offset[0] == '-' ? -60.0 : 60.0) * (*hours * 60 + *minutes);
}

}  // namespace

std::optional<std::int64_t> parse_day(std::string_view date) {
  const std::string digits = without(date, '.');
  if (digits.size() != 8) return std::nullopt;
  const auto y = number(std::string_view(digits).substr(0, 4)), m = number(std::string_view(digits).substr(4, 2)),
             d = number(std::string_view(digits).substr(6, 2));
  if (!y || !m || !d) return std::nullopt;
  const std::chrono::year_month_day day{std::chrono::year(*y), std::chrono::month(static_cast<unsigned>(*m)),
                                        std::chrono::day(static_cast<unsigned>(*d))};
  if (!day.ok()) return std::nullopt;
  return std::chrono::sys_days(day).time_since_epoch().count();
}

std::optional<double> parse_time(std::string_view time) {
  const std::string digits = without(time, ':');
  const std::string_view all = digits;
  const std::size_t point = std::min(all.find('.'), all.size());
  if (point != 2 && point != 4 && point != 6) return std::nullopt;
  if (point != 6 && point != all.size()) return std::nullopt;
  double seconds = 0;
  constexpr int kUnits[] = {3600, 60, 1};
  constexpr int kMost[] = {23, 59, 60};  // 60 is a leap second
  for (std::size_t i = 0; i < point / 2; ++i) {
    const auto part = number(all.substr(2 * i, 2));
    if (!part || *part > kMost[i]) return std::nullopt;
    seconds += *part * kUnits[i];
  }
  if (point == all.size()) return seconds;
  const auto fraction = all.size() - point > 7 ? std::nullopt : number(all.substr(point + 1));
  if (!fraction) return std::nullopt;
  return seconds + *fraction / std::pow(10, static_cast<double>(all.size() - point - 1));
}

std::optional<Moment> parse_moment(std::string_view date, std::string_view time) {
  const auto second = parse_time(time);
  if (!second) return std::nullopt;
  return Moment{parse_day(date), *second};
}

std::optional<Moment> parse_date_time(std::string_view text, std::string_view offset) {
  std::string_view all = text::trim(text);
  const std::size_t zone = all.find_first_of("+-");
  const auto own = zone == all.npos ? std::nullopt : offset_seconds(all.substr(zone));
  if (zone != all.npos) {
    if (!own) return std::nullopt;
    all = all.substr(0, zone);
  }
  if (all.size() < 10) return std::nullopt;
  const auto moment = parse_moment(all.substr(0, 8), all.substr(8));
  if (!moment || !moment->day) return std::nullopt;
  const auto wanted = offset_seconds(offset);
  return own && wanted ? moved(*moment, *wanted - *own) : *moment;
}

Elapsed elapsed(const Moment& from, const Moment& to) {
  const double clock = to.second - from.second;
  if (from.day && to.day) return {static_cast<double>(*to.day - *from.day) * kDay + clock, false};
  return clock < 0 ? Elapsed{clock + kDay, true} : Elapsed{clock, false};
}

Moment moved(const Moment& moment, double seconds) {
  const double place = moment.second + seconds;
  const double days = std::floor(place / kDay);
  Moment there{moment.day, place - days * kDay};
  if (there.day) *there.day += static_cast<std::int64_t>(days);
  return there;
}

}  // namespace radfuse::dicom
