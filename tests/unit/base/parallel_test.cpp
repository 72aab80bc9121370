// SPDX-License-Identifier: Apache-2.0
// The parallel loop: each index once, the first exception.
#include <gtest/gtest.h>

#include <atomic>
#include <vector>

#include "radfuse/base/error.hpp"
#include "radfuse/base/parallel.hpp"

namespace radfuse {
namespace {

TEST(Parallel, EachIndexOnceForAnyThreadCount) {
  for (const int threads : {1, 2, 7}) {
    std::vector<std::atomic<int>> hits(1000);
    parallel_for(hits.size(), threads, [&](std::size_t i) { ++hits[i]; });
    for (const auto& h : hits) ASSERT_EQ(h, 1);
  }
}

TEST(Parallel, TheFirstExceptionIsRethrown) {
  std::atomic<int> calls{0};
  try {
    parallel_for(1000, 2, [&](std::size_t i) {
      ++calls;
      if (i >= 5) throw CaseError("at " + std::to_string(i));
    });
    FAIL();
  } catch (const CaseError& error) {
    EXPECT_STREQ(error.what(), "at 5");
  }
  EXPECT_LT(calls, 1000);
}

}  // namespace
}  // namespace radfuse
