// SPDX-License-Identifier: Apache-2.0
// The lasso where its solution is known, and what it does with useless columns.
#include "radfuse/stats/lasso.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "lasso_path.hpp"
#include "radfuse/base/rng.hpp"

namespace radfuse::stats {
namespace {

Eigen::MatrixXd noise(Eigen::Index rows, Eigen::Index columns, std::uint64_t seed) {
  Rng rng(seed, "test.noise");
  Eigen::MatrixXd x(rows, columns);
  for (Eigen::Index i = 0; i < x.size(); ++i) x.data()[i] = rng.normal();
  return x;
}

Eigen::VectorXd coin(Eigen::Index rows, std::uint64_t seed) {
  Rng rng(seed, "test.coin");
  Eigen::VectorXd y(rows);
  for (Eigen::Index i = 0; i < rows; ++i) y[i] = static_cast<double>(rng.below(2));
  return y;
}

// Orthogonal columns with SD 1: each least-squares coefficient shrinks by lambda, on its own.
TEST(Lasso, soft_threshold_of_orthogonal_columns) {
  const Eigen::MatrixXd x{{1, 1}, {1, -1}, {-1, 1}, {-1, -1}};
  const Eigen::VectorXd y = 3 * x.col(0) - 0.5 * x.col(1) + Eigen::VectorXd::Constant(4, 7);
  const std::vector<double> lambda = {1.0, 0.25};
  const LassoPath path = fit_lasso(x, y, {.family = LassoFamily::gaussian, .threshold = 1e-14}, lambda);
  EXPECT_NEAR(path.coefficients(0, 0), 2, 1e-9);
  EXPECT_EQ(path.coefficients(1, 0), 0);
  EXPECT_NEAR(path.coefficients(0, 1), 2.75, 1e-9);
  EXPECT_NEAR(path.coefficients(1, 1), -0.25, 1e-9);
  EXPECT_NEAR(path.intercept[1], 7, 1e-9);
}

// The conditions that only the minimum meets, as a share of lambda.
double violation(const Eigen::MatrixXd& x, const Eigen::VectorXd& y, const LassoOptions& options, const LassoPath& path,
                 Eigen::Index k) {
  const auto n = static_cast<double>(x.rows());
  const double lambda = path.lambda[k];
  Eigen::ArrayXd mu = (x * path.coefficients.col(k)).array() + path.intercept[k];
  if (options.family == LassoFamily::binomial) mu = 1 / (1 + (-mu).exp());
  const Eigen::VectorXd residual = y.array() - mu;
  double worst = std::abs(residual.sum()) / n;
  for (Eigen::Index j = 0; j < x.cols(); ++j) {
    const Eigen::VectorXd centred = x.col(j).array() - x.col(j).mean();
    const double sd = centred.norm() / std::sqrt(n), beta = path.coefficients(j, k) * sd;
    const double gradient = centred.dot(residual) / (n * sd) - lambda * (1 - options.alpha) * beta;
    const double bound = lambda * options.alpha;
    worst = std::max(worst, beta != 0 ? std::abs(gradient - std::copysign(bound, beta)) : std::abs(gradient) - bound);
  }
  return worst / lambda;
}

// For both families and the elastic net, with more columns than rows.
TEST(Lasso, exact_solutions_meet_the_optimality_conditions) {
  const Eigen::MatrixXd x = noise(40, 60, 21);
  const Eigen::VectorXd y = coin(40, 22);
  for (const LassoFamily family : {LassoFamily::binomial, LassoFamily::gaussian})
    for (const double alpha : {1.0, 0.5}) {
      const LassoOptions options = {.family = family, .alpha = alpha, .exact = true};
      const LassoPath path = fit_lasso(x, y, options, std::vector<double>{0.1, 0.05});
      for (Eigen::Index k = 0; k < 2; ++k) EXPECT_LT(violation(x, y, options, path, k), 1e-9);
    }
}

// A path of the squared loss whose features are few enough for products of columns, and, nearly a ridge that begins at
// a small lambda, one with too many. Coordinate descent stops when no step changes the loss by more than 1e-16 of what
// it was at first, which leaves slopes of about the square root of that.
TEST(Lasso, the_squared_loss_is_least_with_and_without_products_of_columns) {
  const Eigen::MatrixXd x = noise(30, 1200, 31);
  const Eigen::VectorXd y = coin(30, 32);
  for (const bool many : {false, true}) {
    const LassoOptions options = {
        .family = LassoFamily::gaussian, .alpha = many ? 0.01 : 1.0, .lambda_count = 40, .threshold = 1e-16};
    const std::vector<double> given = {4.0, 1.0, 0.5};
    ColumnProducts found;
    const LassoPath path =
        fit_path(scale_columns(x), y, options, many ? given : std::vector<double>{}, nullptr, &found);
    ASSERT_TRUE(path.complete);
    EXPECT_EQ(found.of.size() == 0, many);
    EXPECT_GT(path.nonzero.back(), 20);
    for (Eigen::Index k = 1; k < path.lambda.size(); ++k) EXPECT_LT(violation(x, y, options, path, k), 1e-6) << k;
  }
}

TEST(Lasso, first_lambda_leaves_nothing_and_the_second_something) {
  const Eigen::MatrixXd x = noise(40, 10, 1);
  const LassoPath path = fit_lasso(x, coin(40, 2));
  EXPECT_EQ(path.nonzero[0], 0);
  EXPECT_GE(path.nonzero[1], 1);
  EXPECT_EQ(path.deviance_ratio[0], 0);
  EXPECT_TRUE(path.complete);
}

TEST(Lasso, constant_columns_and_scales) {
  Eigen::MatrixXd x = noise(50, 4, 3);
  x.col(2).setConstant(0.1);
  Eigen::MatrixXd scaled = x;
  scaled.col(0) *= 1e6;
  const Eigen::VectorXd y = coin(50, 4);
  const LassoPath a = fit_lasso(x, y, {.exact = true}), b = fit_lasso(scaled, y, {.exact = true});
  ASSERT_EQ(a.lambda.size(), b.lambda.size());
  EXPECT_EQ(a.coefficients.row(2).cwiseAbs().maxCoeff(), 0);
  EXPECT_LT((a.coefficients.row(0) - 1e6 * b.coefficients.row(0)).cwiseAbs().maxCoeff(), 1e-8);
}

TEST(Lasso, separable_classes_end_the_path) {
  Eigen::MatrixXd x = noise(30, 5, 5);
  const Eigen::VectorXd y = coin(30, 6);
  x.col(0) = y;
  const LassoPath path = fit_lasso(x, y);
  EXPECT_LT(path.lambda.size(), 100);
  EXPECT_TRUE(path.coefficients.allFinite());
}

TEST(Lasso, threads_do_not_change_cross_validation) {
  const Eigen::MatrixXd x = noise(60, 80, 7);
  const Eigen::VectorXd y = coin(60, 8);
  std::vector<int> fold;
  for (int i = 0; i < 60; ++i) fold.push_back(i % 5);
  const LassoCv one = cross_validate_lasso(x, y, fold, {}, 1), two = cross_validate_lasso(x, y, fold, {}, 2);
  EXPECT_EQ(one.mean, two.mean);
  EXPECT_EQ(one.sd, two.sd);
  EXPECT_EQ(one.path.coefficients, two.path.coefficients);
  EXPECT_LE(one.at_one_se, one.at_min);
}

}  // namespace
}  // namespace radfuse::stats
