// SPDX-License-Identifier: Apache-2.0
// All mistakes of a study file at once.
#include "radfuse/config/problems.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"

namespace radfuse::config {
namespace {
constexpr std::size_t kWidest = 100;  // longer lines are cut around the caret
}

Problems::Problems(std::string file, std::string_view text) : file_(std::move(file)), lines_(text::split(text, '\n')) {}

void Problems::add(Place place, std::string_view path, std::string_view message) {
  found_.push_back({place, std::string(path), std::string(message)});
}

std::string Problems::text() const {
  std::vector<Problem> ordered = found_;
  std::ranges::stable_sort(ordered, {}, [](const Problem& p) { return std::pair(p.place.line, p.place.column); });
  std::string all;
  for (const Problem& p : ordered) {
    all += file_;
    if (p.place.line != 0) all += fmt::format(":{}:{}", p.place.line, p.place.column);
    all += ": ";
    if (!p.path.empty()) all += p.path + ": ";
    all += p.message + '\n';
    if (p.place.line == 0 || p.place.line > lines_.size()) continue;
    std::string line = text::printable(text::trim(lines_[p.place.line - 1]).empty() ? "" : lines_[p.place.line - 1]);
    // yaml-cpp counts some characters twice: its column may lie behind the line's end.
    std::size_t caret = std::min(p.place.column - std::min<std::size_t>(p.place.column, 1), line.size());
    if (line.size() > kWidest) {
      const std::size_t from = caret > kWidest / 2 ? caret - kWidest / 2 : 0;
      line = line.substr(from, kWidest);
      caret -= from;
    }
    all += fmt::format("{:>5} | {}\n      | {}^\n", p.place.line, line, std::string(caret, ' '));
  }
  all += fmt::format("{} error{} in {}; nothing was run.", ordered.size(), ordered.size() == 1 ? "" : "s", file_);
  return all;
}

void Problems::throw_if_any() const {
  if (!empty()) throw StudyError(text());
}

}  // namespace radfuse::config
