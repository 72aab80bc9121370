// SPDX-License-Identifier: Apache-2.0
// Context is added from the inside out.
#include <gtest/gtest.h>

#include "radfuse/base/error.hpp"

namespace radfuse {
namespace {

TEST(Error, ContextIsAddedOutside) {
  try {
    with_context("case P012", [] { with_context("mask m.nii", []() -> int { throw InputError("no such file"); }); });
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "case P012: mask m.nii: no such file");
    EXPECT_EQ(error.code(), ExitCode::input);
  }
}

}  // namespace
}  // namespace radfuse
