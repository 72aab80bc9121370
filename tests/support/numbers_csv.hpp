// SPDX-License-Identifier: Apache-2.0
// Plain tables of reference numbers for oracle tests: comma-separated, blanks around numbers allowed, optional header.
#pragma once

#include <Eigen/Core>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace radfuse::test {

inline std::vector<std::vector<std::string>> csv_cells(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) throw std::runtime_error("cannot read " + file.string());
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(in, line);) {
    std::vector<std::string> cells;
    std::stringstream parts(line);
    for (std::string cell; std::getline(parts, cell, ',');) {
      const auto first = cell.find_first_not_of(" \r\"");
      const auto last = cell.find_last_not_of(" \r\"");
      cells.push_back(first == std::string::npos ? "" : cell.substr(first, last - first + 1));
    }
    if (!cells.empty()) rows.push_back(cells);
  }
  return rows;
}

inline double number(const std::string& cell) {
  double value = 0;
  const auto end = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (end.ec != std::errc() || end.ptr != cell.data() + cell.size())
    throw std::runtime_error("not a number: '" + cell + "'");
  return value;
}

/// Rows and columns of numbers, after `skip_rows` header lines and `skip_columns` columns of names.
inline Eigen::MatrixXd csv_numbers(const std::filesystem::path& file, std::size_t skip_rows = 0,
                                   std::size_t skip_columns = 0) {
  const auto cells = csv_cells(file);
  if (cells.size() <= skip_rows) throw std::runtime_error("no rows in " + file.string());
  Eigen::MatrixXd values(static_cast<Eigen::Index>(cells.size() - skip_rows),
                         static_cast<Eigen::Index>(cells[skip_rows].size() - skip_columns));
  for (std::size_t r = skip_rows; r < cells.size(); ++r)
    for (std::size_t c = skip_columns; c < cells[r].size(); ++c)
      values(static_cast<Eigen::Index>(r - skip_rows), static_cast<Eigen::Index>(c - skip_columns)) =
          number(cells[r].at(c));
  return values;
}

}  // namespace radfuse::test
