// SPDX-License-Identifier: Apache-2.0
// The tables that scripts/oracles/harmonisation.py writes, as a dataset.
#pragma once

#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include "numbers_csv.hpp"
#include "radfuse/select/chain.hpp"

namespace radfuse::test {

/// An empty cell is NaN, also at the end of a line.
inline Eigen::MatrixXd gappy_numbers(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::vector<std::vector<double>> rows;
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    std::vector<double> row;
    std::string cell;
    for (const char c : line + ",") {
      if (c != ',') {
        cell += c;
        continue;
      }
      row.push_back(cell.empty() ? std::numeric_limits<double>::quiet_NaN() : number(cell));
      cell.clear();
    }
    rows.push_back(row);
  }
  if (rows.empty()) throw std::runtime_error("no rows in " + file.string());
  Eigen::MatrixXd values(static_cast<Eigen::Index>(rows.size()), static_cast<Eigen::Index>(rows[0].size()));
  for (std::size_t r = 0; r < rows.size(); ++r)
    for (std::size_t c = 0; c < rows[r].size(); ++c)
      values(static_cast<Eigen::Index>(r), static_cast<Eigen::Index>(c)) = rows[r].at(c);
  return values;
}

inline std::filesystem::path harmonise_table(const std::string& name) {
  return std::filesystem::path(RADFUSE_SOURCE_DIR) / "tests" / "oracle" / "select" / ("harmonise_" + name + ".csv");
}

struct HarmoniseTables {
  Dataset data;  ///< sites A to C for training, D only among new (test) rows; outcomes by turns
  std::vector<int> site;
};

/// `values`: eight features of each row; NaN: those of harmonise_input.csv.
inline HarmoniseTables harmonise_tables(const Eigen::MatrixXd& values = {}) {
  const Eigen::MatrixXd input = gappy_numbers(harmonise_table("input"));
  HarmoniseTables made;
  std::vector<std::string> columns;
  for (int j = 0; j < 8; ++j) columns.push_back("rad.f" + std::to_string(j));
  std::vector<RowKey> keys;
  for (Eigen::Index i = 0; i < input.rows(); ++i) {
    made.site.push_back(static_cast<int>(input(i, 0)));
    keys.push_back({"P" + std::to_string(100 + i), "", ""});
    made.data.patient.push_back(keys.back().case_id);
    made.data.site.push_back(std::string(1, static_cast<char>('A' + made.site.back())));
    made.data.split.push_back(input(i, 1) == 1 ? Split::test : Split::train);
    made.data.outcome.push_back(static_cast<int>(i % 2));
  }
  made.data.table = FeatureTable(columns, keys, values.size() > 0 ? values : Eigen::MatrixXd(input.rightCols(8)));
  made.data.readings = made.data.table;
  return made;
}

}  // namespace radfuse::test
