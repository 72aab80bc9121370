// SPDX-License-Identifier: Apache-2.0
// One line of progress.
#include "radfuse/stage/line.hpp"

#include <unistd.h>

#include <cstdio>

namespace radfuse {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kFirst = std::chrono::seconds(2);
constexpr auto kOnTerminal = std::chrono::milliseconds(200);
constexpr auto kElsewhere = std::chrono::seconds(10);

}  // namespace

LineProgress::LineProgress(std::string what)
    : what_(std::move(what)),
      terminal_(isatty(STDERR_FILENO) == 1),
      last_(Clock::now() + kFirst - (terminal_ ? Clock::duration(kOnTerminal) : Clock::duration(kElsewhere))) {}

LineProgress::~LineProgress() {
  if (line_open_) std::fputs("\r\x1b[K", stderr);
}

void LineProgress::at(std::size_t done, std::size_t total) {
  const auto now = Clock::now();
  if (now - last_ < (terminal_ ? Clock::duration(kOnTerminal) : Clock::duration(kElsewhere))) return;
  last_ = now;
  const std::string text = what_ + " " + std::to_string(done) + "/" + std::to_string(total);
  std::fputs((terminal_ ? "\r\x1b[K" + text : text + "\n").c_str(), stderr);
  std::fflush(stderr);
  line_open_ = terminal_;
}

}  // namespace radfuse
