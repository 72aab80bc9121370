// SPDX-License-Identifier: Apache-2.0
// Trains the networks of a set that are not there yet.
#pragma once

#include "sets.hpp"

namespace radfuse::deep {

/// Every network of the set has its file below model/ afterwards, its learning curve beside it, and its sha256 here.
/// With `own_table_only`, those of outer folds are left for later. What stands there already, made from the same cases
/// and settings, is kept; a training that was broken off goes on. Throws StudyError (longer than the budget), TryAgain.
void fit_networks(StageRun& run, Set& set, bool own_table_only);

/// "about 40 seconds", "about 12 minutes", "about 3.5 hours".
std::string duration_text(double seconds);

}  // namespace radfuse::deep
