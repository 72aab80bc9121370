// SPDX-License-Identifier: Apache-2.0
// Kernels that are compiled twice.
#pragma once

/// Before a function: it is compiled for any x86-64 and for processors with AVX2, and chosen when the program starts.
/// AVX2 alone has no fused multiply-add, so a kernel that fixes the order of its sums gives the same bytes on both.
#if defined(__x86_64__) && !defined(__SANITIZE_THREAD__)
#define RADFUSE_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define RADFUSE_CLONES
#endif
