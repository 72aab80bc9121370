// SPDX-License-Identifier: Apache-2.0
// Machines that can be worked out by hand.
#include "radfuse/stats/svm.hpp"

#include <gtest/gtest.h>

namespace radfuse::stats {
namespace {

// Two points at -1 and 1: the widest margin is w = 1; with c = 0.1 both multipliers stop at 0.1, w = 0.1 + 0.1.
TEST(Svm, two_points) {
  const Eigen::MatrixXd x{{-1.0}, {1.0}};
  const Eigen::VectorXi y{{0, 1}};
  const SvmFit wide = fit_linear_svm(x, y, 100), narrow = fit_linear_svm(x, y, 0.1);
  EXPECT_TRUE(wide.converged);
  EXPECT_NEAR(wide.coefficients[0], 1, 1e-9);
  EXPECT_NEAR(wide.intercept, 0, 1e-9);
  EXPECT_NEAR(narrow.coefficients[0], 0.2, 1e-9);
  EXPECT_NEAR(narrow.intercept, 0, 1e-9);
}

// Points at 0, 1 | 3, 10: those at 1 and 3 carry the margin, its middle is 2 and w = 1; the far point does not matter.
TEST(Svm, only_the_margin_matters) {
  const Eigen::MatrixXd x{{0.0, 5.0}, {1.0, 5.0}, {3.0, 5.0}, {10.0, 5.0}};
  const Eigen::VectorXi y{{0, 0, 1, 1}};
  const SvmFit fit = fit_linear_svm(x, y, 1000);
  EXPECT_NEAR(fit.coefficients[0], 1, 1e-6);
  EXPECT_NEAR(fit.coefficients[1], 0, 1e-9);
  EXPECT_NEAR(fit.intercept, -2, 1e-5);
  EXPECT_LT(fit.gap, 1e-6);
}

}  // namespace
}  // namespace radfuse::stats
