// SPDX-License-Identifier: Apache-2.0
// Numbers from the tables of earlier stages.
#include "cells.hpp"

#include <limits>

#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"

namespace radfuse {

double cell_number(const CsvTable& csv, std::size_t row, std::size_t column) {
  const std::string& cell = csv.rows[row][column];
  if (cell.empty()) return std::numeric_limits<double>::quiet_NaN();
  const auto value = text::to_double(cell);
  if (!value)
    throw InputError(csv.file.string() + ":" + std::to_string(csv.lines[row]) + ", column " + csv.header[column] +
                     ": '" + text::printable(cell) + "' is not a number");
  return *value;
}

}  // namespace radfuse
