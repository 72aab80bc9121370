// SPDX-License-Identifier: Apache-2.0
// Words for types and ranges.
#include "words.hpp"

#include <fmt/format.h>

#include <cmath>

namespace radfuse::config {
namespace {

std::string between(bool low, const std::string& low_text, bool high, const std::string& high_text) {
  if (low && high) return ", " + low_text + " to " + high_text;
  if (low) return ", at least " + low_text;
  if (high) return ", at most " + high_text;
  return "";
}

}  // namespace

std::string words(IntRange range) {
  return "integer" + between(range.low != IntRange().low, std::to_string(range.low), range.high != IntRange().high,
                             std::to_string(range.high));
}

std::string words(Range range) {
  return "number" + between(std::isfinite(range.low), number(range.low), std::isfinite(range.high), number(range.high));
}

std::string words(const ListRange& range) {
  std::string text = "list of ";
  if (range.least == range.most)
    text += std::to_string(range.least) + " ";
  else if (range.most != ListRange().most)
    text += fmt::format("{} to {} ", range.least, range.most);
  else if (range.least > 0)
    text += fmt::format("{} or more ", range.least);
  text += "numbers";
  const std::string each = words(range.each).substr(6);
  return each.empty() ? text : text + ", each" + each.substr(1);
}

std::vector<std::string> names(std::span<const Choice> choices) {
  std::vector<std::string> all;
  for (const Choice& choice : choices) all.emplace_back(choice.name);
  return all;
}

std::string words(std::span<const Choice> choices) {
  return "one of: " + text::join(names(choices), ", ");
}

std::string quoted(std::string_view text) {
  std::string safe = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      safe += '\\';
      safe += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      safe += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      safe += c;
    }
  }
  return safe + '"';
}

std::string number(double value) {
  return text::from_double(value);
}

}  // namespace radfuse::config
