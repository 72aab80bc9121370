// SPDX-License-Identifier: Apache-2.0
// The lasso path and its cross-validation against glmnet 4.1-6 on the Wisconsin breast cancer table (569 x 30).
#include <gtest/gtest.h>

#include <Eigen/Cholesky>

#include "numbers_csv.hpp"
#include "radfuse/stats/lasso.hpp"
#include "reference_data.hpp"

namespace radfuse::stats {
namespace {

struct Wdbc {
  Eigen::MatrixXd x;
  Eigen::VectorXd y;
};

Wdbc read_wdbc(const std::filesystem::path& folder) {
  const Eigen::MatrixXd all = test::csv_numbers(folder / "wdbc.csv", 1);
  return {all.leftCols(30), all.col(30)};
}

// Standardised columns (SD with 1/n) of the features with a coefficient, ones first.
Eigen::MatrixXd active_design(const Eigen::MatrixXd& x, const std::vector<Eigen::Index>& active) {
  Eigen::MatrixXd design(x.rows(), static_cast<Eigen::Index>(active.size()) + 1);
  design.col(0).setOnes();
  for (std::size_t k = 0; k < active.size(); ++k) {
    const Eigen::VectorXd centred = x.col(active[k]).array() - x.col(active[k]).mean();
    design.col(static_cast<Eigen::Index>(k) + 1) =
        centred / (centred.norm() / std::sqrt(static_cast<double>(x.rows())));
  }
  return design;
}

// glmnet stops when no step changes the loss by more than 1e-12; features here are so collinear that its coefficients
// are then off by up to 1e-2 of themselves. So: the same lambdas and the same features at each of them; and one Newton
// step from glmnet's coefficients lands on ours, which shows that the rest of the way was glmnet's to go.
TEST(LassoOracle, path_of_glmnet) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  const std::filesystem::path folder = data / "oracles";
  const Wdbc wdbc = read_wdbc(folder);
  const LassoPath path = fit_lasso(wdbc.x, wdbc.y, {.exact = true});
  const Eigen::MatrixXd lambda = test::csv_numbers(folder / "glmnet_binomial_lambda.csv");
  const Eigen::MatrixXd expected = test::csv_numbers(folder / "glmnet_binomial_path_thresh1e-12.csv", 0, 1);
  ASSERT_EQ(path.lambda.size(), lambda.rows());
  ASSERT_EQ(expected.cols(), lambda.rows());
  const auto n = static_cast<double>(wdbc.y.size());
  for (Eigen::Index k = 0; k < lambda.rows(); ++k) {
    EXPECT_NEAR(path.lambda[k] / lambda(k, 0), 1, 1e-12);
    std::vector<Eigen::Index> active;
    for (Eigen::Index j = 0; j < 30; ++j) {
      EXPECT_EQ(path.coefficients(j, k) != 0, expected(j + 1, k) != 0) << j << " at " << k;
      if (expected(j + 1, k) != 0) active.push_back(j);
    }
    const Eigen::MatrixXd design = active_design(wdbc.x, active);
    const Eigen::VectorXd theirs = (wdbc.x * expected.col(k).tail(30)).array() + expected(0, k);
    const Eigen::VectorXd ours = (wdbc.x * path.coefficients.col(k)).array() + path.intercept[k];
    const Eigen::VectorXd mu = 1 / (1 + (-theirs.array()).exp());
    Eigen::VectorXd down = design.transpose() * (wdbc.y - mu) / n;
    for (std::size_t a = 0; a < active.size(); ++a)
      down[static_cast<Eigen::Index>(a) + 1] -= std::copysign(lambda(k, 0), expected(active[a] + 1, k));
    const Eigen::MatrixXd hessian =
        design.transpose() * (mu.array() * (1 - mu.array()) / n).matrix().asDiagonal() * design;
    const Eigen::VectorXd corrected = theirs + design * hessian.ldlt().solve(down);
    const double way = (ours - theirs).cwiseAbs().maxCoeff();
    EXPECT_LT(way, 2e-2) << k;
    EXPECT_LT((corrected - ours).cwiseAbs().maxCoeff(), 1e-8 + way * way) << k;
  }
}

// With one threshold both take the same steps: the first lambdas, where few features compete, agree to rounding.
TEST(LassoOracle, steps_of_glmnet) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  const std::filesystem::path folder = data / "oracles";
  const Wdbc wdbc = read_wdbc(folder);
  const Eigen::MatrixXd expected = test::csv_numbers(folder / "glmnet_binomial_path_thresh1e-12.csv", 0, 1);
  const LassoPath path = fit_lasso(wdbc.x, wdbc.y, {.threshold = 1e-12});
  for (Eigen::Index k = 0; k < 15; ++k)
    for (Eigen::Index j = 0; j < 30; ++j)
      EXPECT_NEAR(path.coefficients(j, k), expected(j + 1, k), 1e-10 * std::abs(expected(j + 1, k))) << j << " " << k;
}

TEST(LassoOracle, optimality_conditions_hold) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  const Wdbc wdbc = read_wdbc(data / "oracles");
  const LassoPath path = fit_lasso(wdbc.x, wdbc.y, {.exact = true});
  const auto n = static_cast<double>(wdbc.y.size());
  for (Eigen::Index k = 0; k < path.lambda.size(); ++k) {
    const Eigen::ArrayXd eta = (wdbc.x * path.coefficients.col(k)).array() + path.intercept[k];
    const Eigen::VectorXd residual = wdbc.y.array() - 1 / (1 + (-eta).exp());
    const double slack = 1e-8 * path.lambda[k];
    EXPECT_NEAR(residual.sum() / n, 0, slack);
    for (Eigen::Index j = 0; j < wdbc.x.cols(); ++j) {
      const Eigen::VectorXd centred = wdbc.x.col(j).array() - wdbc.x.col(j).mean();
      const double gradient = centred.dot(residual) / (centred.norm() * std::sqrt(n));
      const double beta = path.coefficients(j, k);
      if (beta != 0) {
        EXPECT_NEAR(gradient, std::copysign(path.lambda[k], beta), slack) << j << " at " << k;
      } else {
        EXPECT_LE(std::abs(gradient), path.lambda[k] + slack) << j << " at " << k;
      }
    }
  }
}

// cv.glmnet run for this test with threshold 1e-20 (scripts/oracles/cv_glmnet.R). With 1e-12 its means still differ
// from those by 1.1e-4, with 1e-16 by 9.5e-7; from these, two thresholds a factor of 1e4 apart, 1e-20 leaves about
// 1e-8.
TEST(LassoOracle, cross_validation_of_cv_glmnet) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  const std::filesystem::path folder = data / "oracles";
  const Wdbc wdbc = read_wdbc(folder);
  std::vector<int> fold;
  for (Eigen::Index i = 0; i < wdbc.y.size(); ++i) fold.push_back(static_cast<int>(i % 10));
  const LassoCv cv = cross_validate_lasso(wdbc.x, wdbc.y, fold, {.exact = true}, 2);
  const Eigen::MatrixXd expected = test::csv_numbers(std::filesystem::path(RADFUSE_SOURCE_DIR) /
                                                     "tests/oracle/stats/cvglmnet_binomial_deviance.csv");
  ASSERT_EQ(cv.mean.size(), expected.rows());
  for (Eigen::Index k = 0; k < expected.rows(); ++k) {
    constexpr double tolerance = 1e-7;
    EXPECT_NEAR(cv.path.lambda[k], expected(k, 0), 1e-12);
    EXPECT_NEAR(cv.mean[k], expected(k, 1), tolerance) << k;
    EXPECT_NEAR(cv.sd[k], expected(k, 2), tolerance) << k;
    EXPECT_EQ(cv.path.nonzero[static_cast<std::size_t>(k)], static_cast<int>(expected(k, 3))) << k;
  }
  EXPECT_NEAR(cv.path.lambda[cv.at_min], 0.00158538392389809, 1e-15);
  EXPECT_NEAR(cv.path.lambda[cv.at_one_se], 0.005313576962092664, 1e-15);
}

// glmnet with threshold 1e-24 (glmnet(x, y, lambda = 0.05, thresh = 1e-24, maxit = 1e9)); with 1e-20 its values differ
// by up to 1.5e-9 of themselves.
TEST(LassoOracle, single_lambdas) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  constexpr double kTolerance = 1e-8;
  const Wdbc wdbc = read_wdbc(data / "oracles");
  const LassoPath lasso = fit_lasso(wdbc.x, wdbc.y, {.exact = true}, std::vector<double>{0.05});
  EXPECT_EQ(lasso.nonzero[0], 4);
  EXPECT_NEAR(lasso.intercept[0] / 8.6820678303395216, 1, kTolerance);
  EXPECT_NEAR(lasso.coefficients(7, 0) / -7.4570114561830598, 1, kTolerance);    // mean concave points
  EXPECT_NEAR(lasso.coefficients(20, 0) / -0.2660544712006311, 1, kTolerance);   // worst radius
  EXPECT_NEAR(lasso.coefficients(21, 0) / -0.0524969087756629, 1, kTolerance);   // worst texture
  EXPECT_NEAR(lasso.coefficients(27, 0) / -16.8008721802635144, 1, kTolerance);  // worst concave points
  const LassoPath net = fit_lasso(wdbc.x, wdbc.y, {.alpha = 0.5, .exact = true}, std::vector<double>{0.05});
  EXPECT_EQ(net.nonzero[0], 16);
  EXPECT_NEAR(net.intercept[0] / 12.2786817293531065, 1, kTolerance);
  EXPECT_NEAR(net.coefficients(0, 0) / -0.0655044724110561, 1, kTolerance);
  const LassoPath line =
      fit_lasso(wdbc.x, wdbc.y, {.family = LassoFamily::gaussian, .exact = true}, std::vector<double>{0.05});
  EXPECT_EQ(line.nonzero[0], 6);
  EXPECT_NEAR(line.intercept[0] / 1.6977937873297748, 1, kTolerance);
  EXPECT_NEAR(line.coefficients(20, 0) / -0.0304566991775136, 1, kTolerance);
}

}  // namespace
}  // namespace radfuse::stats
