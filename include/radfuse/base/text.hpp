// SPDX-License-Identifier: Apache-2.0
// Text and numbers, the same in every locale: YAML, CSV and JSON agree here on what a number is.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace radfuse::text {

/// The whole of `s` as a finite decimal number ("1", "-2.5e3"); nothing else ("25HU", "nan", "0x1", " 1") is one.
std::optional<double> to_double(std::string_view s);
/// The whole of `s` as a decimal integer; a leading + or zeros are accepted, a fraction is not.
std::optional<std::int64_t> to_int(std::string_view s);
/// Shortest text that reads back to the same double (std::to_chars); never called with NaN or infinity.
std::string from_double(double value);
/// Shortest text that reads back to the same float.
std::string from_float(float value);

std::string_view trim(std::string_view s);
std::vector<std::string> split(std::string_view s, char separator);
std::string join(std::span<const std::string> parts, std::string_view separator);
std::string lower(std::string_view s);
bool starts_with_any(std::string_view s, std::span<const std::string> prefixes);

/// The candidate nearest to `word` by edit distance, when near enough to be a typing error.
std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates);
/// "; did you mean 'x'?" or nothing.
std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);

/// Text safe inside one terminal or log line, and always UTF-8: control characters, marks that turn the direction of
/// writing, and bytes that are not UTF-8 become \xNN.
std::string printable(std::string_view s);
/// The same for a text of several lines.
std::string printable_lines(std::string_view s);
/// True for what may name a case, a reader or a region and so become part of a file name: [A-Za-z0-9._-]{1,64}, not
/// starting with '-' or '.'.
bool is_identifier(std::string_view s);
/// &, <, >, quotes as entities.
std::string escape_html(std::string_view s);

}  // namespace radfuse::text
