// SPDX-License-Identifier: Apache-2.0
// The helper process: one thread, no open files, nothing of its own to lose; it forks a child for each request.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <string>

#include "radfuse/stage/isolation.hpp"

namespace radfuse::isolation {

struct Task {
  Limits limits;
  std::function<std::string(const std::string& request)> answer;
  std::filesystem::path folder;  ///< where children leave temporary files; may be empty
};

/// Serves requests that come in on `socket` until its other end is closed, then ends the process. Call it in a process
/// that was just forked from `parent`.
[[noreturn]] void serve(int socket, pid_t parent, const Task& task);

/// Sent to a busy helper: its child is asked to end in order.
inline constexpr char kStop = 's';

}  // namespace radfuse::isolation
