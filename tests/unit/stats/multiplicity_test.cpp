// SPDX-License-Identifier: Apache-2.0
// R 4.2.2: p.adjust(c(.01, .04, .03, .005, .20, .5), method)
#include "radfuse/stats/multiplicity.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace radfuse::stats {
namespace {

const Eigen::VectorXd kP{{.01, .04, .03, .005, .20, .5}};

void expect_adjusted(Correction correction, const Eigen::VectorXd& expected) {
  EXPECT_LT((adjust(kP, correction) - expected).cwiseAbs().maxCoeff(), 1e-15);
}

TEST(Multiplicity, IsPAdjust) {
  expect_adjusted(Correction::none, kP);
  expect_adjusted(Correction::benjamini_hochberg, Eigen::VectorXd{{.03, .06, .06, .03, .24, .5}});
  expect_adjusted(Correction::benjamini_yekutieli, Eigen::VectorXd{{.0735, .147, .147, .0735, .588, 1}});
  expect_adjusted(Correction::holm, Eigen::VectorXd{{.05, .12, .12, .03, .40, .50}});
}

TEST(Multiplicity, WhatIsUndefinedDoesNotCount) {
  const Eigen::VectorXd adjusted = adjust(Eigen::VectorXd{{.01, std::nan(""), .04}}, Correction::holm);
  EXPECT_DOUBLE_EQ(adjusted[0], .02);
  EXPECT_TRUE(std::isnan(adjusted[1]));
  EXPECT_DOUBLE_EQ(adjusted[2], .04);
  EXPECT_EQ(adjust(Eigen::VectorXd(), Correction::holm).size(), 0);
}

}  // namespace
}  // namespace radfuse::stats
