// SPDX-License-Identifier: Apache-2.0
// The stages deep and attribution: crops of every case through every network of the study, and, once models are
// trained, where the networks' features point in the images.
#pragma once

#include "radfuse/stage/run.hpp"

namespace radfuse::deep {

/// Trains what is to be trained, on training cases only, and writes features.deep.csv.
void extract_cohort(StageRun& run);

/// The stage attribution: Grad-CAM of a trained model through its deep features, for cases that it did not learn from.
void attribute_cohort(StageRun& run);

}  // namespace radfuse::deep
