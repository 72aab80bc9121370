// SPDX-License-Identifier: Apache-2.0
// SIGTERM and SIGINT ask for a stop in order; a second SIGINT ends at once.
#pragma once

namespace radfuse {
void catch_stop_signals();
/// Another answer to both.
void on_stop_signals(void (*handler)(int));
}  // namespace radfuse
