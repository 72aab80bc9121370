// SPDX-License-Identifier: Apache-2.0
// The lasso where its solution is known, and what it does with useless columns; ComBat's promises.
#include "radfuse/stats/lasso.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "radfuse/base/error.hpp"
#include "radfuse/base/rng.hpp"
#include "radfuse/stats/combat.hpp"

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

// The conditions that only the minimum meets, for both families and the elastic net, with more columns than rows.
TEST(Lasso, exact_solutions_meet_the_optimality_conditions) {
  const Eigen::MatrixXd x = noise(40, 60, 21);
  const Eigen::VectorXd y = coin(40, 22);
  for (const LassoFamily family : {LassoFamily::binomial, LassoFamily::gaussian})
    for (const double alpha : {1.0, 0.5}) {
      const std::vector<double> lambda = {0.1, 0.05};
      const LassoPath path = fit_lasso(x, y, {.family = family, .alpha = alpha, .exact = true}, lambda);
      for (Eigen::Index k = 0; k < 2; ++k) {
        const double l = lambda[static_cast<std::size_t>(k)];
        Eigen::ArrayXd mu = (x * path.coefficients.col(k)).array() + path.intercept[k];
        if (family == LassoFamily::binomial) mu = 1 / (1 + (-mu).exp());
        const Eigen::VectorXd residual = y.array() - mu;
        EXPECT_NEAR(residual.sum() / 40, 0, 1e-10);
        for (Eigen::Index j = 0; j < 60; ++j) {
          const Eigen::VectorXd centred = x.col(j).array() - x.col(j).mean();
          const double sd = centred.norm() / std::sqrt(40.0), beta = path.coefficients(j, k) * sd;
          const double gradient = centred.dot(residual) / (40 * sd) - l * (1 - alpha) * beta;
          if (beta != 0) {
            EXPECT_NEAR(gradient, std::copysign(l * alpha, beta), 1e-9 * l);
          } else {
            EXPECT_LE(std::abs(gradient), l * alpha * (1 + 1e-9));
          }
        }
      }
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

struct Sites {
  Eigen::MatrixXd x = noise(40, 12, 9);
  std::vector<int> batch;
  Eigen::MatrixXd none{40, 0};
  Sites() {
    for (int i = 0; i < 40; ++i) batch.push_back(i % 2);
    for (Eigen::Index i = 1; i < 40; i += 2) x.row(i) = x.row(i).array() * 3 + 10;
  }
  Eigen::MatrixXd adjusted(const CombatModel& m) const {
    Eigen::MatrixXd out(x.rows(), x.cols());
    for (Eigen::Index i = 0; i < x.rows(); ++i) out.row(i) = apply_combat(m, batch_of(m, i % 2), x.row(i), none.row(i));
    return out;
  }
};

TEST(Combat, removes_shift_and_scale) {
  const Sites s;
  const Eigen::MatrixXd out = s.adjusted(fit_combat(s.x, s.batch, s.none, {}, {.prior = CombatPrior::none}));
  for (Eigen::Index j = 0; j < 12; ++j) {
    const Eigen::VectorXd a = out.col(j)(Eigen::seq(0, 39, 2)), b = out.col(j)(Eigen::seq(1, 39, 2));
    EXPECT_NEAR(a.mean(), b.mean(), 1e-10);
    EXPECT_NEAR((a.array() - a.mean()).matrix().norm(), (b.array() - b.mean()).matrix().norm(), 1e-10);
  }
}

TEST(Combat, a_new_site_is_estimated_like_one_of_the_fit) {
  const Sites s;
  const CombatModel m = fit_combat(s.x, s.batch, s.none, {});
  const Eigen::MatrixXd second = s.x(Eigen::seq(1, 39, 2), Eigen::all);
  const CombatBatch again = estimate_batch(m, second, Eigen::MatrixXd(20, 0));
  EXPECT_LT((again.gamma - batch_of(m, 1).gamma).cwiseAbs().maxCoeff(), 1e-12);
  EXPECT_LT((again.delta - batch_of(m, 1).delta).cwiseAbs().maxCoeff(), 1e-12);
}

TEST(Combat, features_constant_in_a_batch_stay_as_they_are) {
  Sites s;
  for (Eigen::Index i = 0; i < 40; i += 2) s.x(i, 3) = 5;
  const CombatModel m = fit_combat(s.x, s.batch, s.none, {});
  EXPECT_FALSE(m.adjusted[3]);
  EXPECT_EQ(s.adjusted(m).col(3), s.x.col(3));
  EXPECT_TRUE(s.adjusted(m).allFinite());
}

TEST(Combat, a_batch_of_one_row_removes_shifts_only) {
  const Sites s;
  std::vector<int> batch(40, 0);
  batch[7] = 1;
  const CombatModel m = fit_combat(s.x, batch, s.none, {});
  EXPECT_TRUE(m.mean_only);
  EXPECT_EQ(m.delta, Eigen::MatrixXd::Ones(2, 12));
  EXPECT_TRUE(m.gamma.allFinite());
}

TEST(Combat, a_single_feature_is_not_shrunk) {
  const Sites s;
  const CombatModel m = fit_combat(s.x.leftCols(1), s.batch, s.none, {});
  EXPECT_EQ(m.prior, CombatPrior::none);
  EXPECT_TRUE(m.gamma.allFinite());
}

TEST(Combat, names_the_confounded_covariate) {
  const Sites s;
  Eigen::MatrixXd covariates(40, 2);
  for (Eigen::Index i = 0; i < 40; ++i) covariates.row(i) << static_cast<double>(i), static_cast<double>(i % 2) * 4 + 1;
  const std::vector<std::string> names = {"age", "scanner"};
  try {
    fit_combat(s.x, s.batch, covariates, names);
    FAIL() << "a confounded covariate was accepted";
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("'scanner'"), std::string::npos);
  }
}

}  // namespace
}  // namespace radfuse::stats
