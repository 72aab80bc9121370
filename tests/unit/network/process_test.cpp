// SPDX-License-Identifier: Apache-2.0
// What the provenance record says about the machine's arithmetic.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "radfuse/network/prepare.hpp"

namespace radfuse::network {
namespace {

TEST(Process, NamesLibraryInstructionSetAndBlas) {
  EXPECT_THAT(library_version(), testing::MatchesRegex("[0-9]+\\.[0-9]+\\.[0-9]+.* \\((AVX2|AVX512|DEFAULT|NO AVX), "
                                                       "(OpenBLAS [0-9.]+ .+|MKL|reference BLAS)\\)"));
}

}  // namespace
}  // namespace radfuse::network
