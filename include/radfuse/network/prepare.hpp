// SPDX-License-Identifier: Apache-2.0
// What a program that uses networks does first.
#pragma once

#include <string>

namespace radfuse::network {

/// Settings of the whole process: one thread inside each operation (parallelism comes from cases and micro-batches, so
/// that numbers cannot depend on the thread count), denormals as 0, and an allocator that keeps large blocks (up to 5
/// times faster here, at the price of up to twice the peak memory). Call it before any other thread starts.
void prepare_process();

/// LibTorch's version and the instruction sets in use, for the provenance record: the last bits depend on them.
std::string library_version();

}  // namespace radfuse::network
