// SPDX-License-Identifier: Apache-2.0
// Rules that reach across the sections of a study.
#pragma once

#include "radfuse/config/study.hpp"

namespace radfuse::config {

/// Reports each broken rule through Fields::require, naming the key to change.
void check_rules(Fields& f, const Study& study);

}  // namespace radfuse::config
