// SPDX-License-Identifier: Apache-2.0
// The stage deep: crops of every case through every network of the study.
#pragma once

#include "radfuse/stage/run.hpp"

namespace radfuse::deep {

/// Trains what is to be trained, on training cases only, and writes features.deep.csv.
void extract_cohort(StageRun& run);

}  // namespace radfuse::deep
