// SPDX-License-Identifier: Apache-2.0
// How a stage ended, as its files tell it: for status, for the verdict of a whole run, for a stage that was current.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "radfuse/base/error.hpp"
#include "radfuse/stage/stages.hpp"

namespace radfuse {

struct Outcome {
  std::size_t total = 0;                                      ///< units of work; 0 for a stage without cases
  std::vector<std::pair<std::string, std::string>> failures;  ///< unit and message
};

/// From the stage's status.csv; empty when there is none.
Outcome read_outcome(const StageInfo& info, const Study& study);
/// done, some_failed or none_succeeded.
ExitCode code_for(const Outcome& outcome);
/// "  P003: mask is empty" for the first five, and where the others stand.
std::string failures_text(const Outcome& outcome, const std::filesystem::path& status_file);

}  // namespace radfuse
