// SPDX-License-Identifier: Apache-2.0
// Agreement between raters on numbers that can be checked by hand.
#include "radfuse/stats/agreement.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace radfuse::stats {
namespace {

TEST(Agreement, two_raters_by_hand) {
  Eigen::MatrixXd x(3, 2);
  x << 1, 2, 2, 3, 3, 4;
  const Agreement found = agreement_of(x);
  EXPECT_EQ(found.subjects, 3);
  EXPECT_NEAR(found.cosine, 0.992583333970930, 1e-15);  // 20 / sqrt(14 * 29)
  EXPECT_DOUBLE_EQ(found.cosine_centred, 1);
  // 2 cov / (var + var + difference^2), over n: 2 * 2/3 / (4/3 + 1)
  EXPECT_NEAR(found.concordance, 4.0 / 7, 1e-15);
  EXPECT_NEAR(found.within_sd, std::sqrt(0.5), 1e-15);
  EXPECT_NEAR(found.within_cv, std::sqrt((0.5 / 2.25 + 0.5 / 6.25 + 0.5 / 12.25) / 3), 1e-15);
}

TEST(Agreement, perfect_and_reversed) {
  Eigen::MatrixXd same(3, 3), reversed(3, 2);
  same << 1, 1, 1, 2, 2, 2, 5, 5, 5;
  reversed << 1, 3, 2, 2, 3, 1;
  EXPECT_DOUBLE_EQ(agreement_of(same).concordance, 1);
  EXPECT_EQ(agreement_of(same).within_cv, 0);
  EXPECT_DOUBLE_EQ(agreement_of(reversed).concordance, -1);
  EXPECT_DOUBLE_EQ(agreement_of(reversed).cosine_centred, -1);
  EXPECT_GT(agreement_of(reversed).cosine, 0.7);
}

TEST(Agreement, what_is_undefined_says_why) {
  Eigen::MatrixXd gap(3, 2), zero(3, 2), signs(3, 2), constant(3, 2);
  gap << 1, std::nan(""), 2, std::nan(""), 3, 3;
  zero << 0, 1, 0, 2, 0, 3;
  signs << -1, -1, 2, 2, 3, 4;
  constant << 4, 4, 4, 4, 4, 4;
  EXPECT_NE(agreement_of(gap).reason.find("fewer than two subjects"), std::string::npos);
  EXPECT_TRUE(std::isnan(agreement_of(gap).concordance));
  EXPECT_TRUE(std::isnan(agreement_of(zero).cosine));
  EXPECT_NE(agreement_of(zero).reason.find("all values of a rater are 0"), std::string::npos);
  EXPECT_TRUE(std::isnan(agreement_of(signs).within_cv));
  EXPECT_NEAR(agreement_of(signs).within_sd, std::sqrt(0.5 / 3), 1e-15);
  EXPECT_NE(agreement_of(signs).reason.find("both signs"), std::string::npos);
  EXPECT_TRUE(std::isnan(agreement_of(constant).concordance));
  EXPECT_TRUE(std::isnan(agreement_of(constant).cosine_centred));
  EXPECT_NE(agreement_of(constant).reason.find("the same"), std::string::npos);
}

}  // namespace
}  // namespace radfuse::stats
