// SPDX-License-Identifier: Apache-2.0
// The request to stop.
#include "radfuse/base/stop.hpp"

#include <atomic>

#include "radfuse/base/error.hpp"

namespace radfuse {
namespace {
std::atomic<bool> stop{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler sets it");
}  // namespace

void request_stop() noexcept {
  stop.store(true, std::memory_order_relaxed);
}
bool stop_requested() noexcept {
  return stop.load(std::memory_order_relaxed);
}
void throw_if_stopped() {
  if (stop_requested()) throw TryAgain("stopped in order; the same command goes on from here");
}

}  // namespace radfuse
