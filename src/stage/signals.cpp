// SPDX-License-Identifier: Apache-2.0
// Signals.
#include "signals.hpp"

#include <signal.h>

#include "radfuse/base/stop.hpp"

namespace radfuse {
namespace {

extern "C" void on_stop_signal(int number) {
  request_stop();
  if (number == SIGINT) signal(SIGINT, SIG_DFL);
}

}  // namespace

void catch_stop_signals() {
  struct sigaction action {};
  action.sa_handler = on_stop_signal;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
  signal(SIGPIPE, SIG_IGN);
}

}  // namespace radfuse
