// SPDX-License-Identifier: Apache-2.0
// refit: each_fold: the tables of outer folds.
#pragma once

#include "sets.hpp"

namespace radfuse::deep {

/// features.deep.fold-<repeat>-<fold>.csv for each outer fold: the columns of the sets that are fitted anew in it, for
/// the same rows as features.deep.csv. Networks of one fold at a time are in memory.
void write_fold_tables(StageRun& run, const std::vector<Set>& sets,
                       const std::vector<std::vector<std::string>>& columns, const std::vector<const CaseRow*>& rows);

}  // namespace radfuse::deep
