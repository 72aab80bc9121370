// SPDX-License-Identifier: Apache-2.0
// The corrected resampled t-interval by hand.
#include "radfuse/stats/resampled.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace radfuse::stats {
namespace {

TEST(Resampled, two_repeats_of_two_folds) {
  // Mean .75, variance 1/60; times 1/4 + 1/(2 - 1) = 5/4 is 1/48; t with 3 degrees of freedom reaches 3.182446.
  const std::vector<double> folds = {0.6, 0.7, 0.8, 0.9};
  const ResampledMean r = corrected_resampled_t(folds, 2, 0.95);
  EXPECT_NEAR(r.mean, 0.75, 1e-15);
  EXPECT_NEAR(r.upper - r.mean, 3.182446305284263 / std::sqrt(48.0), 1e-9);
  EXPECT_NEAR(r.mean - r.lower, r.upper - r.mean, 1e-12);
  EXPECT_NEAR(r.t, 0.75 * std::sqrt(48.0), 1e-9);
  EXPECT_GT(r.p, 0.01);
  EXPECT_LT(r.p, 0.02);  // t = 5.196 lies between the table's 4.541 (two-sided .02) and 5.841 (.01)
  EXPECT_EQ(r.reason, "");
}

TEST(Resampled, more_folds_train_on_more_cases) {
  const std::vector<double> folds = {0.6, 0.7, 0.8, 0.9};
  const ResampledMean two = corrected_resampled_t(folds, 2, 0.95), four = corrected_resampled_t(folds, 4, 0.95);
  EXPECT_NEAR((four.upper - four.mean) / (two.upper - two.mean), std::sqrt((0.25 + 1.0 / 3) / 1.25), 1e-12);
}

TEST(Resampled, says_why_there_is_no_interval) {
  EXPECT_TRUE(std::isnan(corrected_resampled_t({}, 5, 0.95).mean));
  EXPECT_NE(corrected_resampled_t({}, 5, 0.95).reason, "");
  const std::vector<double> one = {0.7}, same = {0.7, 0.7, 0.7};
  EXPECT_EQ(corrected_resampled_t(one, 5, 0.95).mean, 0.7);
  EXPECT_TRUE(std::isnan(corrected_resampled_t(one, 5, 0.95).lower));
  EXPECT_TRUE(std::isnan(corrected_resampled_t(same, 3, 0.95).upper));
  EXPECT_NE(corrected_resampled_t(same, 3, 0.95).reason, "");
}

}  // namespace
}  // namespace radfuse::stats
