// SPDX-License-Identifier: Apache-2.0
// What a program that uses networks does first.
#pragma once

#include <string>

namespace radfuse::network {

/// Settings of the whole process: one thread inside each operation (parallelism comes from cases and micro-batches, so
/// that numbers cannot depend on the thread count), denormals as 0, an allocator that keeps large blocks (up to 5 times
/// faster here, at the price of up to twice the peak memory), and, where OpenBLAS does not know the processor and would
/// use code of 2004 although it has AVX2 or AVX-512, the code for those. Call it before any other thread starts.
void prepare_process();
/// The same, first thing in main. With --help or --version nothing is done: they compute nothing.
void prepare_process(int argc, char** argv);

/// LibTorch's version, the instruction set in use and the BLAS with its core, for the provenance record: the last bits
/// depend on them. "1.13.1 (AVX2, OpenBLAS 0.3.21 Haswell)".
std::string library_version();

}  // namespace radfuse::network
