// SPDX-License-Identifier: Apache-2.0
// Regions by name, number or regular expression.
#include "region_selection.hpp"

#include <algorithm>
#include <optional>
#include <regex>

#include "radfuse/base/discretion.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"

namespace radfuse::dicom {
namespace {

constexpr std::size_t kMostListed = 40, kLongestExpression = 200, kLongestName = 256;

std::string listed(const std::vector<Region>& regions) {
  if (regions.empty()) return "the file has no regions";
  std::vector<std::string> parts;
  for (const Region& region : regions) {
    if (parts.size() == kMostListed) break;
    parts.push_back(std::to_string(region.number) + " '" + region.name + "'");
  }
  const std::size_t more = regions.size() - parts.size();
  return "it has " + confidential(text::join(parts, ", ")) + (more > 0 ? " and " + std::to_string(more) + " more" : "");
}

std::string folded(std::string_view name) {
  return text::lower(text::trim(name));
}

/// Names that go on over 256 characters are cut: DICOM allows 64.
std::vector<std::size_t> by_expression(const std::vector<Region>& regions, std::string_view expression) {
  const std::string shown = "/" + std::string(expression) + "/";
  if (expression.size() > kLongestExpression)
    throw InputError("a regular expression of more than " + std::to_string(kLongestExpression) +
                     " characters is not taken");
  // Counts make an expression grow beyond its own length.
  if (expression.find('{') != std::string_view::npos)
    throw InputError("counts in braces are not taken in a region's regular expression: " + shown);
  auto flags = std::regex_constants::ECMAScript | std::regex_constants::icase;
#ifdef __GLIBCXX__
  flags |= std::regex_constants::__polynomial;  // breadth first: no expression can take exponential time
#endif
  std::vector<std::size_t> found;
  try {
    const std::regex regex(expression.begin(), expression.end(), flags);
    for (std::size_t i = 0; i < regions.size(); ++i)
      if (std::regex_search(regions[i].name.substr(0, kLongestName), regex)) found.push_back(i);
  } catch (const std::regex_error&) {
    throw InputError("is no regular expression that can be used (back-references are not): " + shown);
  }
  return found;
}

std::vector<std::size_t> by_name_or_number(const std::vector<Region>& regions, std::string_view wanted) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < regions.size(); ++i)
    if (folded(regions[i].name) == folded(wanted)) found.push_back(i);
  if (found.size() > 1)
    throw InputError(std::to_string(found.size()) + " regions are called '" + text::printable(wanted) +
                     "'; say the number of the one that is meant: " + listed(regions));
  if (!found.empty()) return found;
  const auto number = text::to_int(text::trim(wanted));
  for (std::size_t i = 0; number && i < regions.size(); ++i)
    if (regions[i].number == *number) found.push_back(i);
  if (found.size() > 1)
    throw InputError(std::to_string(found.size()) + " regions have the number " + std::to_string(*number) +
                     "; say a name: " + listed(regions));
  return found;
}

/// Where a term may end: before " + " or " - ", or at the end.
std::vector<std::size_t> ends_of(std::string_view wanted, std::size_t from) {
  std::vector<std::size_t> ends;
  for (std::size_t i = from; i + 3 <= wanted.size(); ++i)
    if (wanted.substr(i, 3) == " + " || wanted.substr(i, 3) == " - ") ends.push_back(i);
  ends.push_back(wanted.size());
  return ends;
}

struct Found {
  std::vector<std::size_t> regions;
  std::size_t end;
};

Found term_at(const std::vector<Region>& regions, std::string_view wanted, std::size_t from) {
  const std::vector<std::size_t> ends = ends_of(wanted, from);
  if (wanted[from] == '/') {
    for (const std::size_t end : ends) {
      const std::string_view part = text::trim(wanted.substr(from, end - from));
      if (part.size() < 3 || part.back() != '/' || part[part.size() - 2] == '\\') continue;
      auto found = by_expression(regions, part.substr(1, part.size() - 2));
      if (found.empty()) throw InputError("no region matches " + text::printable(part) + "; " + listed(regions));
      return {std::move(found), end};
    }
    throw InputError("a regular expression ends with a slash: /.../");
  }
  for (auto end = ends.rbegin(); end != ends.rend(); ++end)
    if (auto found = by_name_or_number(regions, wanted.substr(from, *end - from)); !found.empty())
      return {std::move(found), *end};
  const std::string name(text::trim(wanted.substr(from, ends.front() - from)));
  std::vector<std::string> names;
  for (const Region& region : regions) names.push_back(region.name);
  throw InputError("there is no region '" + text::printable(name) + "'" +
                   confidential(text::did_you_mean(name, names)) + "; " + listed(regions));
}

}  // namespace

std::vector<Term> select(const std::vector<Region>& regions, const std::string& wanted) {
  const std::string_view all = text::trim(wanted);
  if (all.size() > 4096) throw InputError("the names of the regions are longer than 4096 characters");
  if (all.empty()) {
    if (regions.size() != 1) throw InputError("say which region is meant; " + listed(regions));
    return {{true, {0}}};
  }
  std::vector<Term> terms;
  bool adds = true;
  for (std::size_t at = 0;;) {
    while (at < all.size() && all[at] == ' ') ++at;
    if (at == all.size()) throw InputError("a region's name is missing at the end of '" + text::printable(all) + "'");
    Found found = term_at(regions, all, at);
    terms.push_back({adds, std::move(found.regions)});
    if (found.end == all.size()) return terms;
    adds = all[found.end + 1] == '+';
    at = found.end + 3;
  }
}

}  // namespace radfuse::dicom
