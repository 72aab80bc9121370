// SPDX-License-Identifier: Apache-2.0
// The files of the stage, made from the records of its cases.
#pragma once

#include "radfuse/select/encoders.hpp"
#include "sets.hpp"

namespace radfuse::deep {

/// Rows of encoders.csv for one table of a set and these cases, in their order.
void add_encoded(const Set& set, const SetTable& table, const std::vector<const CaseRow*>& rows,
                 std::vector<Encoded>& to);
/// networks.csv: every network of these sets whose file exists.
std::vector<FittedEncoder> fitted_encoders(const std::vector<Set>& sets);

/// features.deep.csv and its notes from the records' first rows, vectors.<set>.csv from their further rows (roi: the
/// network's name), similarity.csv. How many columns vary is told.
void write_tables(StageRun& run, const Cohort& cohort, const std::vector<Set>& sets,
                  const std::vector<std::vector<std::string>>& columns);

}  // namespace radfuse::deep
