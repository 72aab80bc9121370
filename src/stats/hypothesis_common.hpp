// SPDX-License-Identifier: Apache-2.0
// What the files of tests share.
#pragma once

#include "radfuse/stats/hypothesis.hpp"

namespace radfuse::stats {

/// All NaN, and why.
TestResult undefined(std::string reason);

}  // namespace radfuse::stats
