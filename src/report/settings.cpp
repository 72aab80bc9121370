// SPDX-License-Identifier: Apache-2.0
// Looking up keys in the resolved study file.
#include "settings.hpp"

#include <algorithm>

#include "radfuse/base/text.hpp"

namespace radfuse {
namespace {

struct Line {
  std::size_t indent;
  std::string key, value;
};

std::string without_quotes(std::string text) {
  std::erase(text, '"');
  return text;
}

std::vector<Line> lines_of(std::string_view settings) {
  std::vector<Line> lines;
  for (const std::string& raw : text::split(settings, '\n')) {
    const std::size_t indent = raw.find_first_not_of(' ');
    if (indent == std::string::npos) continue;
    const std::string body = raw.substr(indent);
    const std::size_t colon = body.find(':');
    if (colon == std::string::npos)
      lines.push_back({indent, "", without_quotes(body)});  // "-" or "{}"
    else
      lines.push_back({indent, without_quotes(body.substr(0, colon)),
                       without_quotes(std::string(text::trim(std::string_view(body).substr(colon + 1))))});
  }
  return lines;
}

// Index of the line that `path` names; lines.size() when there is none.
std::size_t locate(const std::vector<Line>& lines, std::string_view path) {
  std::size_t from = 0, to = lines.size(), indent = 0;
  for (const std::string& key : text::split(path, '.')) {
    std::size_t at = from;
    while (at < to && !(lines[at].indent == indent && lines[at].key == key)) ++at;
    if (at == to) return lines.size();
    from = at + 1;
    to = from;
    while (to < lines.size() && lines[to].indent > lines[at].indent) ++to;
    indent = from < to ? lines[from].indent : indent;
  }
  return from - 1;
}

}  // namespace

std::string settings_block(std::string_view settings, std::string_view path) {
  const std::vector<Line> lines = lines_of(settings);
  const std::size_t at = locate(lines, path);
  if (at == lines.size()) return {};
  if (!lines[at].value.empty()) return lines[at].value;
  std::vector<std::string> parts;
  for (std::size_t i = at + 1; i < lines.size() && lines[i].indent > lines[at].indent; ++i)
    if (!lines[i].key.empty()) parts.push_back(lines[i].key + (lines[i].value.empty() ? ":" : " " + lines[i].value));
  return text::join(parts, "; ");
}

std::vector<std::string> settings_values(std::string_view settings, std::string_view list, std::string_view key) {
  const std::vector<Line> lines = lines_of(settings);
  std::vector<std::string> values;
  const std::size_t at = locate(lines, list);
  if (at == lines.size()) return values;
  for (std::size_t i = at + 1; i < lines.size() && lines[i].indent > lines[at].indent; ++i)
    if (lines[i].key == key) values.push_back(lines[i].value);
  return values;
}

}  // namespace radfuse
