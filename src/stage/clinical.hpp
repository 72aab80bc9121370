// SPDX-License-Identifier: Apache-2.0
// Clinical columns of the manifest as numbers.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "radfuse/table/csv.hpp"

namespace radfuse {

struct ClinicalColumns {
  std::vector<std::string> names;  ///< "age", or "sex=male" for a category's level (the first level is the reference)
  std::vector<std::vector<std::optional<double>>> values;  ///< for each row of the CSV
  std::vector<std::string> problems;                       ///< for each row; empty: none
};

/// A column is numeric when more than half of its filled cells are numbers: a word there is that row's problem.
/// Otherwise it is a category with one 0/1 column for each level but the first; more than 20 levels are refused.
ClinicalColumns read_clinical(const CsvTable& csv, const std::vector<std::size_t>& columns);

}  // namespace radfuse
