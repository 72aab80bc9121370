// SPDX-License-Identifier: Apache-2.0
// Clinical columns of the manifest as numbers.
#include "clinical.hpp"

#include <set>

#include "radfuse/base/discretion.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"

namespace radfuse {
namespace {

constexpr std::size_t kMostLevels = 20;

void read_numbers(const CsvTable& csv, std::size_t c, ClinicalColumns& out) {
  out.names.push_back(csv.header[c]);
  for (std::size_t r = 0; r < csv.rows.size(); ++r) {
    const std::string& cell = csv.rows[r][c];
    out.values[r].push_back(text::to_double(cell));
    if (!cell.empty() && !out.values[r].back())
      out.problems[r] = csv.file.string() + ":" + std::to_string(csv.lines[r]) + ":" + std::to_string(c + 1) + ": " +
                        csv.header[c] + ": " + confidential("'" + text::printable(cell) + "'") +
                        " is not a number (leave the cell empty when unknown)";
  }
}

void read_category(const CsvTable& csv, std::size_t c, const std::set<std::string>& levels, ClinicalColumns& out) {
  if (levels.size() > kMostLevels)
    throw InputError(csv.file.string() + ": " + csv.header[c] + ": has " + std::to_string(levels.size()) +
                     " different words; a category may have 20, and numbers must be plain numbers");
  for (auto level = levels.begin(); level != levels.end(); ++level) {
    if (level == levels.begin()) continue;
    out.names.push_back(csv.header[c] + "=" + *level);
    for (std::size_t r = 0; r < csv.rows.size(); ++r) {
      const std::string& cell = csv.rows[r][c];
      out.values[r].push_back(cell.empty() ? std::nullopt : std::optional<double>(cell == *level ? 1.0 : 0.0));
    }
  }
}

}  // namespace

ClinicalColumns read_clinical(const CsvTable& csv, const std::vector<std::size_t>& columns) {
  ClinicalColumns out;
  out.values.resize(csv.rows.size());
  out.problems.resize(csv.rows.size());
  for (const std::size_t c : columns) {
    std::set<std::string> levels;
    std::size_t filled = 0, numbers = 0;
    for (const auto& cells : csv.rows) {
      if (cells[c].empty()) continue;
      ++filled;
      numbers += text::to_double(cells[c]) ? 1 : 0;
      levels.insert(cells[c]);
    }
    if (2 * numbers > filled || filled == 0)
      read_numbers(csv, c, out);
    else
      read_category(csv, c, levels, out);
  }
  return out;
}

}  // namespace radfuse
