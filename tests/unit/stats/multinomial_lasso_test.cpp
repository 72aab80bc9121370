// SPDX-License-Identifier: Apache-2.0
// The multinomial lasso of two classes is the binomial one, and its path begins with nothing.
#include "radfuse/stats/multinomial_lasso.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "radfuse/base/rng.hpp"

namespace radfuse::stats {
namespace {

struct Cases {
  Eigen::MatrixXd x{60, 8};
  Eigen::VectorXd y{60};
  std::vector<int> label, fold;
  explicit Cases(int classes) {
    Rng rng(4, "test.multinomial");
    for (Eigen::Index i = 0; i < 60; ++i) {
      label.push_back(static_cast<int>(i) % classes);
      fold.push_back(static_cast<int>(i / classes) % 5);
      y[i] = label.back();
      for (Eigen::Index j = 0; j < 8; ++j) x(i, j) = rng.normal() + (j < classes && j == label.back() ? 1 : 0);
    }
  }
};

// |b_0| + |b_1| for a given difference is least at |difference|; its root sum of squares at |difference| / sqrt(2).
TEST(MultinomialLasso, two_classes_are_binomial) {
  const Cases cases(2);
  for (const bool grouped : {false, true}) {
    const double lambda = 0.05, same = grouped ? lambda / std::sqrt(2.0) : lambda;
    const MultinomialPath path =
        fit_multinomial_lasso(cases.x, cases.label, {.grouped = grouped, .exact = true}, std::vector<double>{lambda});
    const LassoPath binomial = fit_lasso(cases.x, cases.y, {.exact = true}, std::vector<double>{same});
    const Eigen::VectorXd slope = path.coefficients[1].col(0) - path.coefficients[0].col(0);
    EXPECT_LT((slope - binomial.coefficients.col(0)).cwiseAbs().maxCoeff(), 1e-8);
    EXPECT_NEAR(path.intercept(1, 0) - path.intercept(0, 0), binomial.intercept[0], 1e-8);
    EXPECT_EQ(path.nonzero[0], binomial.nonzero[0]);
    EXPECT_GT(path.nonzero[0], 0);
  }
}

TEST(MultinomialLasso, first_lambda_leaves_nothing_and_groups_come_whole) {
  const Cases cases(3);
  for (const bool grouped : {false, true}) {
    const MultinomialPath path = fit_multinomial_lasso(cases.x, cases.label, {.grouped = grouped});
    EXPECT_EQ(path.nonzero[0], 0);
    EXPECT_GE(path.nonzero[1], 1);
    EXPECT_TRUE(path.complete);
    EXPECT_NEAR(path.deviance_ratio[0], 0, 1e-12);
    for (Eigen::Index at = 0; at < path.lambda.size(); ++at) {
      EXPECT_NEAR(path.intercept.col(at).sum(), 0, 1e-9);
      for (Eigen::Index j = 0; j < 8 && grouped; ++j) {
        int coefficients = 0;
        for (const Eigen::MatrixXd& b : path.coefficients) coefficients += b(j, at) != 0;
        EXPECT_TRUE(coefficients == 0 || coefficients == 3) << j << " at " << at;
      }
    }
    const Eigen::MatrixXd p = predict_multinomial(path, path.lambda.size() - 1, cases.x);
    EXPECT_LT((p.rowwise().sum().array() - 1).abs().maxCoeff(), 1e-12);
  }
}

TEST(MultinomialLasso, threads_do_not_change_cross_validation) {
  const Cases cases(3);
  const MultinomialCv one = cross_validate_multinomial_lasso(cases.x, cases.label, cases.fold, {}, 1);
  const MultinomialCv two = cross_validate_multinomial_lasso(cases.x, cases.label, cases.fold, {}, 2);
  EXPECT_EQ(one.mean, two.mean);
  EXPECT_EQ(one.sd, two.sd);
  EXPECT_LE(one.at_one_se, one.at_min);
}

}  // namespace
}  // namespace radfuse::stats
