// SPDX-License-Identifier: Apache-2.0
// The last words of a run: what is done, what failed and why, where the log is, how to go on.
#pragma once

#include "radfuse/stage/run.hpp"

namespace radfuse {

void print_plan(const StageInfo& info, const Currency& currency, const Options& options);
/// For a stage that was current: repeats the failures it had, so that they are not forgotten.
ExitCode print_unchanged(const StageInfo& info, const Study& study);
ExitCode print_verdict(const StageRun& run);

}  // namespace radfuse
