// SPDX-License-Identifier: Apache-2.0
// A parallel loop whose results cannot depend on the number of threads: each index is done once, results go by index.
#pragma once

#include <cstddef>
#include <functional>

namespace radfuse {

/// Calls work(i) for i in [0, count) on at most `threads` threads. The first exception (lowest index) is rethrown
/// after all running calls have ended; no further index is started once one has thrown.
void parallel_for(std::size_t count, int threads, const std::function<void(std::size_t)>& work);

/// Cores that this process may use (affinity mask, SLURM_CPUS_PER_TASK).
int available_threads();

}  // namespace radfuse
