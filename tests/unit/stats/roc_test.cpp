// SPDX-License-Identifier: Apache-2.0
// Discrimination on ten cases that can be checked by hand; intervals as pROC 1.18 gives them.
#include "radfuse/stats/roc.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "radfuse/stats/descriptive.hpp"

namespace radfuse::stats {
namespace {

struct Tiny {
  Eigen::VectorXi y{{0, 0, 0, 0, 0, 1, 1, 1, 1, 1}};
  Eigen::VectorXd first{{.1, .4, .35, .8, .2, .9, .65, .35, .7, .95}};
  Eigen::VectorXd second{{.2, .3, .6, .5, .1, .6, .4, .7, .5, .9}};
};

TEST(Roc, auc_counts_ties_one_half) {
  const Tiny t;
  EXPECT_NEAR(auc(t.y, t.first), 0.82, 1e-15);
  EXPECT_NEAR(auc(t.y, t.second), 0.84, 1e-15);
  EXPECT_NEAR(auc(t.y, -t.first), 0.18, 1e-15);  // never turned round
  EXPECT_NEAR(auc(t.y, Eigen::VectorXd::Ones(10)), 0.5, 1e-15);
  EXPECT_TRUE(std::isnan(auc(Eigen::VectorXi::Ones(10), t.first)));
}

TEST(Roc, delong_interval) {
  const Tiny t;
  const AucInterval first = delong_auc(t.y, t.first), second = delong_auc(t.y, t.second);
  EXPECT_NEAR(first.variance, 0.0208, 1e-15);
  EXPECT_NEAR(first.lower, 0.537329974227125, 1e-13);
  EXPECT_EQ(first.upper, 1);
  EXPECT_NEAR(second.variance, 0.0172, 1e-15);
  EXPECT_NEAR(second.lower, 0.582953133230652, 1e-13);
}

TEST(Roc, delong_test_of_two_scores) {
  const Tiny t;
  const AucTest test = delong_test(t.y, t.first, t.second);
  EXPECT_NEAR(test.difference, -0.02, 1e-15);
  EXPECT_NEAR(test.z, -0.115856889272699, 1e-13);
  EXPECT_NEAR(test.p, 0.907765962913248, 1e-13);
  EXPECT_NEAR(test.lower, -0.358342242199648, 1e-13);
  EXPECT_NEAR(test.upper, 0.318342242199647, 1e-13);
}

TEST(Roc, what_delong_cannot_say_is_nan_with_a_reason) {
  const Tiny t;
  const AucTest same = delong_test(t.y, t.first, 2 * t.first);
  EXPECT_TRUE(std::isnan(same.p));
  EXPECT_FALSE(same.reason.empty());
  const AucInterval perfect = delong_auc(t.y, t.y.cast<double>());
  EXPECT_EQ(perfect.auc, 1);
  EXPECT_EQ(perfect.lower, 1);
  EXPECT_FALSE(perfect.reason.empty());
  const AucInterval few = delong_auc(Eigen::VectorXi{{0, 0, 1}}, Eigen::VectorXd{{1, 2, 3}});
  EXPECT_EQ(few.auc, 1);
  EXPECT_TRUE(std::isnan(few.lower));
  EXPECT_FALSE(few.reason.empty());
}

TEST(Roc, points_go_from_none_to_all) {
  const auto points = roc_points(Eigen::VectorXi{{0, 1, 0, 1}}, Eigen::VectorXd{{1, 2, 2, 4}});
  ASSERT_EQ(points.size(), 4u);
  EXPECT_TRUE(std::isinf(points[0].threshold));
  EXPECT_EQ(points[0].sensitivity, 0);
  EXPECT_EQ(points[0].specificity, 1);
  EXPECT_EQ(points[1].threshold, 3);
  EXPECT_EQ(points[1].sensitivity, 0.5);
  EXPECT_EQ(points[2].threshold, 1.5);
  EXPECT_EQ(points[2].sensitivity, 1);
  EXPECT_EQ(points[2].specificity, 0.5);
  EXPECT_EQ(points[3].sensitivity, 1);
  EXPECT_EQ(points[3].specificity, 0);
}

TEST(Roc, youden_threshold_lies_between_two_scores) {
  const Tiny t;
  EXPECT_NEAR(youden_threshold(t.y, t.first), 0.525, 1e-15);  // J = 0.6
  EXPECT_EQ(youden_threshold(t.y, Eigen::VectorXd::Ones(10)), 1);
  EXPECT_TRUE(std::isnan(youden_threshold(Eigen::VectorXi::Zero(10), t.first)));
  // Neighbouring doubles: the threshold still separates them.
  const double low = 0.1, high = std::nextafter(low, 1.0);
  const double threshold = youden_threshold(Eigen::VectorXi{{0, 1}}, Eigen::VectorXd{{low, high}});
  EXPECT_GT(threshold, low);
  EXPECT_LE(threshold, high);
}

TEST(Roc, operating_point) {
  const Tiny t;
  const OperatingPoint point = at_threshold(t.y, t.first, 0.525);
  EXPECT_EQ(point.true_positive, 4);
  EXPECT_EQ(point.false_negative, 1);
  EXPECT_EQ(point.true_negative, 4);
  EXPECT_EQ(point.false_positive, 1);
  EXPECT_DOUBLE_EQ(point.sensitivity.value, 0.8);
  EXPECT_DOUBLE_EQ(point.accuracy.value, 0.8);
  EXPECT_EQ(at_threshold(t.y, t.first, 0.9).true_positive, 2);  // at the threshold is positive
}

TEST(Roc, wilson_interval) {
  const Proportion p = wilson(81, 263);  // R: binom::binom.confint, prop.test(correct = FALSE)
  EXPECT_NEAR(p.lower, 0.255288519878274, 1e-13);
  EXPECT_NEAR(p.upper, 0.366209576982800, 1e-13);
  EXPECT_EQ(wilson(0, 10).lower, 0);
  EXPECT_EQ(wilson(10, 10).upper, 1);
  EXPECT_TRUE(std::isnan(wilson(0, 0).value));
}

}  // namespace
}  // namespace radfuse::stats
