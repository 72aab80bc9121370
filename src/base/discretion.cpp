// SPDX-License-Identifier: Apache-2.0
// What is for the terminal only stands between two control characters that terminals ignore.
#include "radfuse/base/discretion.hpp"

namespace radfuse {
namespace {

constexpr char kOpen = '\x02', kClose = '\x03';
constexpr std::string_view kInstead = "(shown on the terminal only)";

}  // namespace

std::string confidential(std::string_view text) {
  if (text.empty()) return {};
  std::string marked(1, kOpen);
  for (const char c : text)
    if (c != kOpen && c != kClose) marked += c;
  return marked + kClose;
}

std::string revealed(std::string_view message) {
  std::string plain;
  for (const char c : message)
    if (c != kOpen && c != kClose) plain += c;
  return plain;
}

std::string withheld(std::string_view message) {
  std::string kept;
  bool inside = false;
  for (const char c : message) {
    if (c == kOpen && !inside) kept += kInstead;
    if (c != kOpen && c != kClose && !inside) kept += c;
    inside = c == kOpen || (inside && c != kClose);
  }
  return kept;
}

}  // namespace radfuse
