// SPDX-License-Identifier: Apache-2.0
// What is marked as confidential reaches the terminal and no file.
#include "radfuse/base/discretion.hpp"

#include <gtest/gtest.h>

namespace radfuse {
namespace {

TEST(Discretion, MarkedPartsAreForTheTerminalOnly) {
  const std::string message = "no region 'x'; it has " + confidential("'GTV of A', 'lung'") + ", choose one";
  EXPECT_EQ(revealed(message), "no region 'x'; it has 'GTV of A', 'lung', choose one");
  EXPECT_EQ(withheld(message), "no region 'x'; it has (shown on the terminal only), choose one");
}

TEST(Discretion, MarksWithinATextCannotEndItEarly) {
  const std::string message = "a" + confidential(std::string("b\x03") + "c" + confidential("d")) + "e";
  EXPECT_EQ(withheld(message), "a(shown on the terminal only)e");
  EXPECT_EQ(revealed(message), "abcde");
}

TEST(Discretion, WhatWasCutOffIsNotToldEither) {
  const std::string message = "x" + confidential("name");
  EXPECT_EQ(withheld(message.substr(0, message.size() - 2)), "x(shown on the terminal only)");
  EXPECT_EQ(withheld("plain"), "plain");
}

}  // namespace
}  // namespace radfuse
