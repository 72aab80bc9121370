// SPDX-License-Identifier: Apache-2.0
// Which cases train and which test.
#pragma once

#include <string>
#include <vector>

#include "radfuse/stage/manifest.hpp"

namespace radfuse {

/// Draws the split when the study asks for it (rows must be sorted), then checks it; returns what is wrong: a patient
/// on both sides, no training case of one class, sites that only ComBat's `unseen: error` would meet.
std::vector<std::string> assign_splits(const Study& study, Manifest& manifest);

}  // namespace radfuse
