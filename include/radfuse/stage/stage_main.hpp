// SPDX-License-Identifier: Apache-2.0
// The one main of all stage programs.
#pragma once

#include <functional>

#include "radfuse/stage/run.hpp"

namespace radfuse {

/// Parses the options, reads and checks the whole study, takes the stage's lock, skips what is current, runs `work`,
/// writes provenance and the verdict, and turns exceptions into one printed chain and an exit code.
int stage_main(int argc, char** argv, StageId id, const std::function<void(StageRun&)>& work);

/// The text of --help about exit codes.
std::string exit_code_help();

}  // namespace radfuse
