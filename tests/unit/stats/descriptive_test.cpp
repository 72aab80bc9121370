// SPDX-License-Identifier: Apache-2.0
// Quantiles, ranks and correlations on numbers small enough to check by hand.
#include "radfuse/stats/descriptive.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace radfuse::stats {
namespace {

TEST(Descriptive, moments) {
  const Eigen::VectorXd x{{1, 2, 3, 6}};
  EXPECT_DOUBLE_EQ(mean(x), 3);
  EXPECT_DOUBLE_EQ(variance(x), 14.0 / 3);
  EXPECT_TRUE(std::isnan(variance(Eigen::VectorXd{{1}})));
}

// R: quantile(c(1, 2, 4, 8), c(0, .25, .5, .9, 1))
TEST(Descriptive, quantiles_of_type_seven) {
  const Eigen::VectorXd x{{8, 1, 4, 2}};
  EXPECT_DOUBLE_EQ(quantile(x, 0), 1);
  EXPECT_DOUBLE_EQ(quantile(x, 0.25), 1.75);
  EXPECT_DOUBLE_EQ(median(x), 3);
  EXPECT_DOUBLE_EQ(quantile(x, 0.9), 6.8);
  EXPECT_DOUBLE_EQ(quantile(x, 1), 8);
}

TEST(Descriptive, ties_share_their_rank) {
  EXPECT_EQ(ranks(Eigen::VectorXd{{3, 1, 3, 7, 3}}), (Eigen::VectorXd{{3, 1, 3, 5, 3}}));
}

TEST(Descriptive, correlations) {
  const Eigen::VectorXd x{{1, 2, 3, 4}}, y{{1, 4, 9, 16}};
  EXPECT_NEAR(pearson(x, y), 25 / std::sqrt(5 * 129.0), 1e-15);
  EXPECT_NEAR(spearman(x, y), 1, 1e-15);
  EXPECT_NEAR(pearson(x, -x), -1, 1e-15);
  EXPECT_TRUE(std::isnan(pearson(x, Eigen::VectorXd::Ones(4))));
}

TEST(Descriptive, products_of_scores_are_correlations) {
  Eigen::MatrixXd x(4, 3);
  x << 1, 1, 1e200, 2, 4, 2e200, 3, 9, 3e200, 4, 16, 4e200;
  const Eigen::MatrixXd z = correlation_scores(x);
  EXPECT_NEAR(z.col(0).dot(z.col(1)), pearson(x.col(0), x.col(1)), 1e-15);
  EXPECT_NEAR(z.col(0).dot(z.col(2)), 1, 1e-15);  // no overflow
  EXPECT_TRUE(std::isnan(correlation_scores(Eigen::MatrixXd::Ones(4, 1))(0, 0)));
}

}  // namespace
}  // namespace radfuse::stats
