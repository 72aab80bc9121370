// SPDX-License-Identifier: Apache-2.0
// The parallel loop.
#include "radfuse/base/parallel.hpp"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "radfuse/base/text.hpp"

namespace radfuse {

void parallel_for(std::size_t count, int threads, const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> next{0};
  std::atomic<bool> failed{false};
  std::mutex guard;
  std::size_t failed_at = count;
  std::exception_ptr failure;

  const auto run = [&] {
    while (!failed.load(std::memory_order_relaxed)) {
      const std::size_t i = next.fetch_add(1);
      if (i >= count) return;
      try {
        work(i);
      } catch (...) {
        const std::lock_guard lock(guard);
        failed = true;
        if (i < failed_at) {
          failed_at = i;
          failure = std::current_exception();
        }
      }
    }
  };

  const std::size_t helpers = std::min<std::size_t>(count, static_cast<std::size_t>(std::max(threads, 1)));
  std::vector<std::jthread> pool;
  for (std::size_t t = 1; t < helpers; ++t) pool.emplace_back(run);
  run();
  pool.clear();  // joins
  if (failure) std::rethrow_exception(failure);
}

int available_threads() {
  if (const char* slurm = std::getenv("SLURM_CPUS_PER_TASK"))
    if (const auto n = text::to_int(slurm); n && *n > 0) return static_cast<int>(std::min<std::int64_t>(*n, 1024));
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0) return std::max(1, CPU_COUNT(&set));
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

}  // namespace radfuse
