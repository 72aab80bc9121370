// SPDX-License-Identifier: Apache-2.0
// Text and numbers.
#include "radfuse/base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <numeric>

namespace radfuse::text {

std::optional<double> to_double(std::string_view s) {
  if (s.starts_with('+') && !s.starts_with("+-")) s.remove_prefix(1);
  if (s.empty() || !(std::isdigit(static_cast<unsigned char>(s.front())) || s.front() == '-' || s.front() == '.'))
    return std::nullopt;
  double value = 0;
  const auto [end, problem] = std::from_chars(s.data(), s.data() + s.size(), value);
  if (problem != std::errc() || end != s.data() + s.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<std::int64_t> to_int(std::string_view s) {
  if (s.starts_with('+') && !s.starts_with("+-")) s.remove_prefix(1);
  std::int64_t value = 0;
  const auto [end, problem] = std::from_chars(s.data(), s.data() + s.size(), value);
  if (problem != std::errc() || s.empty() || end != s.data() + s.size()) return std::nullopt;
  return value;
}

template <class T>
static std::string shortest(T value) {
  std::array<char, 64> buffer;
  const auto [end, problem] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  (void)problem;  // 64 characters hold every double
  return std::string(buffer.data(), end);
}

std::string from_double(double value) {
  return shortest(value);
}
std::string from_float(float value) {
  return shortest(value);
}

std::string_view trim(std::string_view s) {
  const auto first = s.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return s.substr(first, s.find_last_not_of(" \t\r\n") - first + 1);
}

std::vector<std::string> split(std::string_view s, char separator) {
  std::vector<std::string> parts;
  for (std::size_t from = 0;;) {
    const std::size_t to = s.find(separator, from);
    parts.emplace_back(s.substr(from, to - from));
    if (to == std::string_view::npos) return parts;
    from = to + 1;
  }
}

std::string join(std::span<const std::string> parts, std::string_view separator) {
  std::string all;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i != 0) all += separator;
    all += parts[i];
  }
  return all;
}

std::string lower(std::string_view s) {
  std::string low(s);
  std::ranges::transform(low, low.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return low;
}

bool starts_with_any(std::string_view s, std::span<const std::string> prefixes) {
  return std::ranges::any_of(prefixes, [&](const std::string& p) { return s.starts_with(p); });
}

// Optimal string alignment: insertions, deletions, substitutions, and neighbours swapped, each counted once.
static std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), row(b.size() + 1), next(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    next[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      next[j] = std::min({row[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1), row[j] + 1, next[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        next[j] = std::min(next[j], before[j - 2] + 1);
    }
    before.swap(row);
    row.swap(next);
  }
  return row.back();
}

std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates) {
  const std::string low = lower(word);
  std::size_t best = std::max<std::size_t>(1, word.size() / 3) + 1;  // one slip in three letters is still a slip
  std::optional<std::string> found;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(low, lower(candidate));
    if (distance < best) {
      best = distance;
      found = candidate;
    }
  }
  return found;
}

std::string did_you_mean(std::string_view word, std::span<const std::string> candidates) {
  const auto found = nearest(word, candidates);
  return found ? "; did you mean '" + *found + "'?" : std::string();
}

namespace {

// Bytes of the UTF-8 character that `s` begins with, and its number; 0 when it begins with none (Unicode 15, table
// 3-7).
std::size_t utf8_at(std::string_view s, char32_t& number) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(s[i]); };
  const unsigned char first = byte(0);
  const std::size_t length = first < 0x80   ? 1
                             : first < 0xc2 ? 0
                             : first < 0xe0 ? 2
                             : first < 0xf0 ? 3
                             : first < 0xf5 ? 4
                                            : 0;
  if (length == 0 || s.size() < length) return 0;
  number = length == 1 ? first : first & (0x7fU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
    number = number << 6 | (byte(i) & 0x3fU);
  }
  const bool shortest = length < 3 || number >= (length == 3 ? 0x800U : 0x10000U);
  const bool surrogate = number >= 0xd800 && number < 0xe000;
  return shortest && !surrogate && number < 0x110000 ? length : 0;
}

// C0, DEL and C1 (terminals obey them), line separators, and the marks that turn the direction of writing, which make
// a text look like another one.
bool is_control(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x061c || c == 0x200e || c == 0x200f ||
         (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

void escape_bytes(std::string_view bytes, std::string& safe) {
  static constexpr char kDigits[] = "0123456789abcdef";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    safe += {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
  }
}

std::string escaped(std::string_view s, bool keep_lines) {
  std::string safe;
  while (!s.empty()) {
    char32_t number = 0;
    const std::size_t length = utf8_at(s, number);
    const std::string_view part = s.substr(0, std::max<std::size_t>(length, 1));
    if (length == 0 || (is_control(number) && !(keep_lines && number == '\n')))
      escape_bytes(part, safe);
    else
      safe += part;
    s.remove_prefix(part.size());
  }
  return safe;
}

}  // namespace

std::string printable(std::string_view s) {
  return escaped(s, false);
}

std::string printable_lines(std::string_view s) {
  return escaped(s, true);
}

bool is_identifier(std::string_view s) {
  if (s.empty() || s.size() > 64 || s.front() == '-' || s.front() == '.') return false;
  return std::ranges::all_of(s, [](unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == '_' ||
           c == '-';
  });
}

std::string escape_html(std::string_view s) {
  std::string safe;
  for (const char c : s) {
    switch (c) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      case '\'':
        safe += "&#39;";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

}  // namespace radfuse::text
