// SPDX-License-Identifier: Apache-2.0
// What the provenance record says about the machine's arithmetic.
#include "process.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "radfuse/network/prepare.hpp"

namespace radfuse::network {
namespace {

TEST(Process, NamesLibraryInstructionSetAndBlas) {
  EXPECT_THAT(library_version(), testing::MatchesRegex("[0-9]+\\.[0-9]+\\.[0-9]+.* \\((AVX2|AVX512|DEFAULT|NO AVX), "
                                                       "(OpenBLAS [0-9.]+ .+|MKL|reference BLAS)\\)"));
}

TEST(Process, KeepsACoreThatOpenBlasChoseWellAndReplacesTheOldest) {
  for (const char* good : {"Haswell", "Zen", "SkylakeX", "Cooperlake", "SapphireRapids", ""})
    EXPECT_EQ(better_core(good), "") << good;
  const bool has_avx2 = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
  for (const char* old : {"Prescott", "Generic"})
    EXPECT_THAT(better_core(old), has_avx2 ? testing::AnyOf("Haswell", "SkylakeX") : testing::AnyOf("", "")) << old;
}

}  // namespace
}  // namespace radfuse::network
