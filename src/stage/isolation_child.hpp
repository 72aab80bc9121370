// SPDX-License-Identifier: Apache-2.0
// The child process: answers one request under the limits that the system enforces.
#pragma once

#include "isolation_helper.hpp"

namespace radfuse::isolation {

/// Answers `request` into `pipe` and ends the process. Call it in a process that was just forked from `helper`.
[[noreturn]] void answer_one(int pipe, pid_t helper, const Task& task, const std::string& request);

/// What a limit's message says; the helper and the child both meet them.
std::string too_much_memory(const Limits& limits);

/// False where the sanitizers' own address space makes a limit of it impossible.
bool can_limit_memory();

}  // namespace radfuse::isolation
