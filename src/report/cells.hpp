// SPDX-License-Identifier: Apache-2.0
// Numbers from the tables of earlier stages.
#pragma once

#include <cstddef>

#include "radfuse/table/csv.hpp"

namespace radfuse {

/// NaN for an empty cell. Throws InputError that names file, line and column.
double cell_number(const CsvTable& csv, std::size_t row, std::size_t column);

}  // namespace radfuse
