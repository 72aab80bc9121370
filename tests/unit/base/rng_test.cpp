// SPDX-License-Identifier: Apache-2.0
// Named random streams: independence, moments, ranges.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "radfuse/base/rng.hpp"

namespace radfuse {
namespace {

TEST(Rng, StreamsDifferBySeedNameAndIndex) {
  Rng a(7, "x"), b(7, "x"), c(7, "y"), d(8, "x"), e(7, "x", 1);
  const auto first = a.next();
  EXPECT_EQ(first, b.next());
  EXPECT_NE(first, c.next());
  EXPECT_NE(first, d.next());
  EXPECT_NE(first, e.next());
}

TEST(Rng, MomentsAndRanges) {
  Rng rng(3, "moments");
  double sum = 0, squares = 0, fourth = 0;
  const int n = 200000;
  for (int i = 0; i < n; ++i) {
    const double x = rng.normal();
    sum += x;
    squares += x * x;
    fourth += x * x * x * x;
  }
  // Standard errors: mean 1/sqrt(n), variance sqrt(2/n), fourth moment sqrt(96/n); five of them.
  EXPECT_NEAR(sum / n, 0, 5 * std::sqrt(1.0 / n));
  EXPECT_NEAR(squares / n, 1, 5 * std::sqrt(2.0 / n));
  EXPECT_NEAR(fourth / n, 3, 5 * std::sqrt(96.0 / n));
  std::vector<int> counts(7);
  for (int i = 0; i < 70000; ++i) ++counts[rng.below(7)];
  for (const int c : counts) EXPECT_NEAR(c, 10000, 5 * std::sqrt(10000.0 * 6 / 7));
  auto order = rng.permutation(100);
  std::sort(order.begin(), order.end());
  for (std::size_t i = 0; i < 100; ++i) EXPECT_EQ(order[i], i);
}

}  // namespace
}  // namespace radfuse
