// SPDX-License-Identifier: Apache-2.0
// What of a path is told, and where.
#include "radfuse/stage/discretion.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include "radfuse/base/discretion.hpp"

namespace radfuse {
namespace fs = std::filesystem;
namespace {

constexpr const char* kWithheld = "(withheld)";

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  if (from.empty()) return;
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
}

// As it was given, and as the system knows it.
std::vector<std::string> spellings(const fs::path& path) {
  std::error_code ignored;
  std::vector<std::string> all = {path.string(), path.lexically_normal().string(),
                                  fs::absolute(path, ignored).lexically_normal().string(),
                                  fs::weakly_canonical(path, ignored).string()};
  std::ranges::sort(all, [](const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() > b.size() : a < b;  // the longest first: one may hold another
  });
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

void leave_away(std::string& text, fs::path folder) {
  if (!folder.has_filename()) folder = folder.parent_path();
  for (const std::string& name : spellings(folder)) {
    if (name.empty() || name == "." || name == "/") continue;
    for (std::size_t at = 0; (at = text.find(name + "/", at)) != std::string::npos;)
      // Not in the middle of another path.
      if (at == 0 || std::string_view(" '\"(\n:;").find(text[at - 1]) != std::string_view::npos)
        text.erase(at, name.size() + 1);
      else
        at += 1;
  }
}

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code problem;
  for (fs::directory_iterator it(folder, problem), end; !problem && it != end; it.increment(problem))
    names.push_back(it->path().filename().string());
  std::ranges::sort(names);
  return names;
}

bool may_be_a_word(const std::string& name) {
  return name.size() < 6 || std::ranges::all_of(name, [](char c) { return c >= 'a' && c <= 'z'; });
}

// Names of files within a source's folder, in quotes or such as no word of ours is.
void number_files(std::string& text, const fs::path& folder) {
  const std::vector<std::string> names = names_in(folder);
  std::vector<std::size_t> order(names.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return names[a].size() > names[b].size(); });
  for (const std::size_t i : order) {
    const std::string place = "file " + std::to_string(i + 1) + " of " + std::to_string(names.size());
    replace_all(text, "'" + names[i] + "'", place);
    replace_all(text, "\"" + names[i] + "\"", place);
    if (!may_be_a_word(names[i])) replace_all(text, names[i], place);
  }
}

std::map<fs::path, std::string> folders_of(std::span<const Source> sources) {
  std::map<fs::path, std::string> folders;
  for (const Source& source : sources) {
    if (source.path.empty()) continue;
    std::error_code ignored;
    folders.emplace(fs::is_directory(source.path, ignored) ? source.path : source.path.parent_path(), source.told);
  }
  return folders;
}

bool leads_out(const std::string& path) {
  const fs::path normal = fs::path(path).lexically_normal();
  return normal.is_absolute() || (normal.begin() != normal.end() && *normal.begin() == "..");
}

}  // namespace

std::string for_terminal(std::string_view message, const Study& study) {
  std::string text = revealed(message);
  leave_away(text, study.folder);
  return text;
}

std::string for_files(std::string_view message, const Study& study, std::span<const Source> sources) {
  std::string text = withheld(message);
  std::map<std::string, std::string, std::greater<>> told;  // longer paths come before those that they begin with
  for (const Source& source : sources)
    if (!source.path.empty())
      for (const std::string& name : spellings(source.path)) told.emplace(name, source.told);
  for (const auto& [name, instead] : told) replace_all(text, name, instead);
  std::map<std::string, std::size_t> files;
  for (const Source& source : sources) ++files[source.told];
  for (const Source& source : sources) {
    const std::string name = source.path.filename().string();
    if (files[source.told] > 1 || name.empty()) continue;  // one of a series' slices has a place instead
    replace_all(text, "'" + name + "'", source.told);
    if (!may_be_a_word(name)) replace_all(text, name, source.told);
    replace_all(text, source.told + ": " + source.told + ": ", source.told + ": ");
  }
  for (const auto& [where, source] : folders_of(sources)) {
    number_files(text, where);
    for (const std::string& name : spellings(where))
      if (name.size() > 1) replace_all(text, name, "the folder of " + source);
  }
  if (leads_out(study.cohort.manifest))
    for (const std::string& name : spellings(study.folder / study.cohort.manifest))
      replace_all(text, name, "the manifest");
  leave_away(text, study.output);
  leave_away(text, study.folder);
  return text;
}

Study for_report(const Study& study) {
  Study told = study;
  if (!told.import.salt.empty()) told.import.salt = kWithheld;
  for (std::string& root : told.cohort.roots)
    if (leads_out(root)) root = kWithheld;
  if (leads_out(told.cohort.manifest)) told.cohort.manifest = kWithheld;
  if (leads_out(told.study.output)) told.study.output = kWithheld;
  for (DeepParams& deep : told.deep)
    if (WeightsParams* weights = weights_of(deep.network); weights != nullptr && leads_out(weights->file))
      weights->file = kWithheld;
  return told;
}

}  // namespace radfuse
