// SPDX-License-Identifier: Apache-2.0
// What the provenance record says about the machine's arithmetic.
#include "process.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <string>

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

TEST(Process, LeavesTheOldestCoreWhereTheProcessorCanDoBetter) {
  if (getenv("OPENBLAS_CORETYPE") != nullptr)
    GTEST_SKIP() << "OPENBLAS_CORETYPE chooses for this process; unset it to run this test";
  prepare_process();
  const std::string said = library_version();
  const std::string core = said.substr(said.rfind(' ') + 1, said.size() - said.rfind(' ') - 2);
  EXPECT_EQ(better_core(core), "") << said;
}

}  // namespace
}  // namespace radfuse::network
