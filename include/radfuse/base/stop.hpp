// SPDX-License-Identifier: Apache-2.0
// The request to stop in order (SIGTERM, SIGINT): set by stage's signal handler, asked by long loops anywhere.
#pragma once

namespace radfuse {

/// Async-signal-safe.
void request_stop() noexcept;
bool stop_requested() noexcept;
/// Throws TryAgain("stopped in order; the same command goes on from here") when a stop was requested.
void throw_if_stopped();

}  // namespace radfuse
