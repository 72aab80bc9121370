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

void on_stop_signals(void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
}

void catch_stop_signals() {
  on_stop_signals(on_stop_signal);
  signal(SIGPIPE, SIG_IGN);
}

}  // namespace radfuse
