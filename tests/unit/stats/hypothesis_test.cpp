// SPDX-License-Identifier: Apache-2.0
// Tests of groups where there is nothing to test, and against each other where two must agree.
#include "radfuse/stats/hypothesis.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "radfuse/base/rng.hpp"

namespace radfuse::stats {
namespace {

void expect_undefined(const TestResult& test) {
  EXPECT_TRUE(std::isnan(test.p));
  EXPECT_FALSE(test.reason.empty());
}

TEST(Hypothesis, NothingToTestIsSaid) {
  const Eigen::VectorXd one{{1}}, same{{2, 2, 2}}, none;
  const std::vector<int> together(3, 0), apart{0, 1, 2}, two{0, 0, 1};
  expect_undefined(student_t(one, same));
  expect_undefined(student_t(same, same));
  expect_undefined(welch_t(same, same));
  expect_undefined(mann_whitney(none, same));
  expect_undefined(mann_whitney(same, same));
  expect_undefined(anova(Eigen::VectorXd{{1, 2, 3}}, together));
  expect_undefined(anova(Eigen::VectorXd{{1, 2, 3}}, apart));
  expect_undefined(anova(same, two));
  expect_undefined(kruskal_wallis(same, two));
  expect_undefined(chi_squared(Eigen::MatrixXd{{3, 4}, {0, 0}}));
  expect_undefined(fisher_exact(Eigen::MatrixXd{{3, 4, 1}, {0, 0, 1}}));
}

// Two groups: F = t^2 with the same p, and H is the square of the rank test's normal deviate.
TEST(Hypothesis, TwoGroupsAgreeWithSeveral) {
  Rng rng(3, "test");
  Eigen::VectorXd x(40);
  std::vector<int> group;
  for (Eigen::Index i = 0; i < 40; ++i) {
    x[i] = std::round(4 * rng.normal());  // with ties
    group.push_back(i < 17 ? 0 : 1);
  }
  const TestResult t = student_t(x.head(17), x.tail(23)), f = anova(x, group);
  EXPECT_NEAR(f.statistic, t.statistic * t.statistic, 1e-12);
  EXPECT_NEAR(f.p, t.p, 1e-12);
  EXPECT_NEAR(kruskal_wallis(x, group).p, mann_whitney(x.head(17), x.tail(23), RankP::normal, false).p, 1e-12);
}

// All 924 ways to choose 6 of 12 ranks, one by one.
TEST(Hypothesis, ExactProbabilitiesAreThoseOfAllOrders) {
  std::vector<double> count(37, 0.0);
  for (unsigned chosen = 0; chosen < 4096; ++chosen) {
    if (__builtin_popcount(chosen) != 6) continue;
    int sum = 0;
    for (int r = 0; r < 12; ++r)
      if ((chosen >> r & 1U) != 0) sum += r + 1;
    ++count[static_cast<std::size_t>(sum - 21)];
  }
  for (int u = 0; u <= 36; ++u) {
    // 6 values of x among those of y = 1..6, so that exactly u pairs lie above
    Eigen::VectorXd x(6), y(6);
    int left = u;
    for (int i = 0; i < 6; ++i) {
      const int below = std::min(6, left);
      x[i] = below + 0.5 + 0.01 * i;
      y[i] = i + 1;
      left -= below;
    }
    double tail = 0;
    for (int v = 0; v <= std::min(u, 36 - u); ++v) tail += count[static_cast<std::size_t>(v)];
    const TestResult test = mann_whitney(x, y);
    EXPECT_EQ(test.statistic, u);
    EXPECT_NEAR(test.p, std::min(1.0, 2 * tail / 924), 1e-14);
  }
}

}  // namespace
}  // namespace radfuse::stats
