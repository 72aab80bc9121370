// SPDX-License-Identifier: Apache-2.0
// Intraclass correlations: the six targets and four judges of Shrout and Fleiss (1979), and what has no answer.
#include "radfuse/stats/reliability.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace radfuse::stats {
namespace {

Eigen::MatrixXd shrout_fleiss() {
  Eigen::MatrixXd x(6, 4);
  x << 9, 2, 5, 8, 6, 1, 3, 2, 8, 4, 6, 8, 7, 1, 2, 6, 10, 5, 6, 9, 6, 2, 4, 7;
  return x;
}

void expect_value(const IccValue& found, double icc, double lower, double upper, double f, const char* form) {
  EXPECT_NEAR(found.icc, icc, 1e-13) << form;
  EXPECT_NEAR(found.lower, lower, 1e-10) << form;
  EXPECT_NEAR(found.upper, upper, 1e-10) << form;
  EXPECT_NEAR(found.f, f, 1e-11) << form;
}

// Values of psych 2.2.9 (R) on the published example; published to two digits: .17 .29 .71 .44 .62 .91.
TEST(Reliability, six_forms) {
  const Icc icc = intraclass_correlation(shrout_fleiss());
  EXPECT_EQ(icc.subjects, 6);
  EXPECT_EQ(icc.raters, 4);
  EXPECT_EQ(icc.reason, "");
  expect_value(icc.one_way, 0.165741768405475, -0.132932324874751, 0.722560062328121, 1.79467849223947, "1,1");
  expect_value(icc.agreement, 0.289763779527559, 0.0187865133747120, 0.761084369648953, 11.0272479564033, "2,1");
  expect_value(icc.consistency, 0.714840714840715, 0.342464765033925, 0.945858259955359, 11.0272479564033, "3,1");
  expect_value(icc.one_way_average, 0.442797133679269, -0.884442155238121, 0.912415420340775, 1.79467849223947, "1,k");
  expect_value(icc.agreement_average, 0.620050547598989, 0.0711368153025032, 0.927232040167722, 11.0272479564033,
               "2,k");
  expect_value(icc.consistency_average, 0.909315542377069, 0.675674713816305, 0.985891678169062, 11.0272479564033,
               "3,k");
  EXPECT_NEAR(icc.one_way.p, 0.164768808344640, 1e-12);
  EXPECT_NEAR(icc.agreement.p, 0.000134566516484337, 1e-14);
}

// Affine changes of all values change nothing, even where the offset dwarfs the spread.
TEST(Reliability, does_not_depend_on_units) {
  const Icc plain = intraclass_correlation(shrout_fleiss());
  const Icc moved = intraclass_correlation((shrout_fleiss().array() * 1e-3 + 1e6).matrix());
  EXPECT_NEAR(moved.agreement.icc, plain.agreement.icc, 1e-6);
  EXPECT_NEAR(moved.consistency.lower, plain.consistency.lower, 1e-6);
}

TEST(Reliability, subjects_with_a_gap_are_left_out) {
  Eigen::MatrixXd x(7, 4);
  x << shrout_fleiss(), 5, std::nan(""), 5, 5;
  const Icc icc = intraclass_correlation(x);
  EXPECT_EQ(icc.subjects, 6);
  EXPECT_NEAR(icc.agreement.icc, 0.289763779527559, 1e-13);
}

TEST(Reliability, perfect_agreement_is_one) {
  Eigen::MatrixXd x(4, 2);
  x << 1, 1, 2, 2, 4, 4, 7, 7;
  const Icc icc = intraclass_correlation(x);
  for (const IccValue& value : {icc.one_way, icc.agreement, icc.consistency}) {
    EXPECT_DOUBLE_EQ(value.icc, 1);
    EXPECT_DOUBLE_EQ(value.lower, 1);
    EXPECT_DOUBLE_EQ(value.upper, 1);
    EXPECT_EQ(value.p, 0);
  }
}

// A reader who always reads one more: consistent, but not in agreement.
TEST(Reliability, a_constant_shift_between_readers) {
  Eigen::MatrixXd x(4, 2);
  x << 1, 2, 2, 3, 4, 5, 7, 8;
  const Icc icc = intraclass_correlation(x);
  EXPECT_DOUBLE_EQ(icc.consistency.icc, 1);
  // MSB = 14, MSJ = 2, MSE = 0: 14 / (14 + 2 * 2 / 4)
  EXPECT_NEAR(icc.agreement.icc, 14.0 / 15, 1e-14);
  EXPECT_GE(icc.agreement.icc, icc.agreement.lower);
  EXPECT_LE(icc.agreement.icc, icc.agreement.upper);
}

TEST(Reliability, contradicting_readers_are_not_clamped) {
  Eigen::MatrixXd x(3, 2);
  x << 1, 3, 2, 2, 3, 1;
  EXPECT_LT(intraclass_correlation(x).consistency.icc, 0);
}

TEST(Reliability, no_answer_has_a_reason) {
  const Icc constant = intraclass_correlation(Eigen::MatrixXd::Constant(5, 3, 0.1));
  EXPECT_TRUE(std::isnan(constant.agreement.icc));
  EXPECT_NE(constant.reason.find("constant"), std::string::npos);
  Eigen::MatrixXd readers_only(3, 2);
  readers_only << 1, 2, 1, 2, 1, 2;
  EXPECT_TRUE(std::isnan(intraclass_correlation(readers_only).agreement.icc));
  EXPECT_TRUE(std::isnan(intraclass_correlation(Eigen::MatrixXd::Identity(5, 1)).one_way.icc));
  EXPECT_EQ(intraclass_correlation(Eigen::MatrixXd::Constant(2, 2, std::nan(""))).subjects, 0);
}

}  // namespace
}  // namespace radfuse::stats
