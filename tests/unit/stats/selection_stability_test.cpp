// SPDX-License-Identifier: Apache-2.0
// Stability of selection: by hand, and against NumPy (scripts/oracles/selection_stability.py).
#include "radfuse/stats/selection_stability.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace radfuse::stats {
namespace {

// Shares 1, 2/3, 1/3, 0; their variances (over M - 1) 0, 1/3, 1/3, 0, so 1/6 on average; two of four are selected, so
// chance gives 1/4: 1 - (1/6) / (1/4) = 1/3. The samples' terms are 4 (5/12 - 1/4 + 1/12) = 1, 4 (4/12 - 1/4 + 1/12) =
// 2/3 and 1, whose squared distances from their mean 8/9 sum to 6/81: the variance is 4/9 * 6/81 = 8/243.
TEST(SelectionStability, ByHand) {
  Eigen::MatrixXd z(3, 4);
  z << 1, 1, 0, 0, 1, 0, 1, 0, 1, 1, 0, 0;
  const SelectionStability s = selection_stability(z);
  EXPECT_NEAR(s.value, 1.0 / 3, 1e-15);
  EXPECT_NEAR(s.lower, 1.0 / 3 - 1.959963984540054 * std::sqrt(8.0 / 243), 1e-14);
  EXPECT_NEAR(s.upper, 1.0 / 3 + 1.959963984540054 * std::sqrt(8.0 / 243), 1e-14);
  EXPECT_EQ(s.mean_selected, 2);
  EXPECT_EQ(s.reason, "");
}

TEST(SelectionStability, SameAsNumPy) {
  Eigen::MatrixXd z(40, 25);
  for (int i = 0; i < 40; ++i)
    for (int f = 0; f < 25; ++f) z(i, f) = (i * 7919 + f * 104729 + i * f * 31) % 97 < 12 + (f < 6 ? 60 : 0) ? 1 : 0;
  ASSERT_EQ(z.sum(), 270);
  const SelectionStability s = selection_stability(z);
  EXPECT_NEAR(s.value, 0.3805044946597459, 1e-13);
  EXPECT_NEAR(s.lower, 0.30558773478844625, 1e-13);
  EXPECT_NEAR(s.upper, 0.45542125453104554, 1e-13);
  EXPECT_NEAR(s.mean_selected, 6.75, 1e-14);
}

// Kuncheva (2007): the mean over pairs of (shared - k^2 / d) / (k - k^2 / d), for samples of k features each.
TEST(SelectionStability, EqualCountsGiveKunchevasIndex) {
  Eigen::MatrixXd z = Eigen::MatrixXd::Zero(10, 12);
  for (int i = 0; i < 10; ++i) {
    const int third = (i * i + 2) % 12;
    z(i, 0) = z(i, 1) = z(i, third > 1 ? third : 7) = 1;
  }
  double sum = 0;
  for (int a = 0; a < 10; ++a)
    for (int b = 0; b < a; ++b) sum += (z.row(a).dot(z.row(b)) - 9.0 / 12) / (3 - 9.0 / 12);
  EXPECT_NEAR(selection_stability(z).value, sum / 45, 1e-13);
  EXPECT_NEAR(selection_stability(z).value, 0.634567901234568, 1e-13);
}

TEST(SelectionStability, SamplesThatAgreeAreOne) {
  Eigen::MatrixXd z = Eigen::MatrixXd::Zero(5, 6);
  z.col(1).setOnes();
  z.col(4).setOnes();
  const SelectionStability s = selection_stability(z);
  EXPECT_NEAR(s.value, 1, 1e-15);
  EXPECT_NEAR(s.upper - s.lower, 0, 1e-15);
}

TEST(SelectionStability, TellsWhyItDoesNotExist) {
  EXPECT_EQ(selection_stability(Eigen::MatrixXd::Zero(4, 3)).reason, "no sample selects any feature");
  EXPECT_EQ(selection_stability(Eigen::MatrixXd::Zero(4, 3)).mean_selected, 0);
  EXPECT_EQ(selection_stability(Eigen::MatrixXd::Ones(4, 3)).reason, "every sample selects every feature");
  Eigen::MatrixXd one(1, 2);
  one << 1, 0;
  EXPECT_EQ(selection_stability(one).reason, "one sample cannot be compared with another");
  EXPECT_EQ(selection_stability(Eigen::MatrixXd(0, 3)).reason, "there is no sample");
  EXPECT_EQ(selection_stability(Eigen::MatrixXd(3, 0)).reason, "there is no feature to select");
  EXPECT_TRUE(std::isnan(selection_stability(one).value));
}

}  // namespace
}  // namespace radfuse::stats
