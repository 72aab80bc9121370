// SPDX-License-Identifier: Apache-2.0
// Cross-validation by other measures, and single lambdas, against glmnet 4.1-6 run to convergence for this file by
// scripts/oracles/lasso.R. With its default threshold (1e-7) cv.glmnet's curves are off by up to 3e-4, and the AUC's
// and the squared error's lambda.min lies one or two lambdas away.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "numbers_csv.hpp"
#include "radfuse/stats/lasso.hpp"
#include "radfuse/stats/multinomial_lasso.hpp"
#include "reference_data.hpp"

namespace radfuse::stats {
namespace {

const std::filesystem::path kHere = std::filesystem::path(RADFUSE_SOURCE_DIR) / "tests/oracle/stats";

struct Table {
  Eigen::MatrixXd x;
  Eigen::VectorXd y;
  std::vector<int> label, fold;
};

Table read_table(const std::filesystem::path& file) {
  const Eigen::MatrixXd all = test::csv_numbers(file, 1);
  Table table{all.leftCols(all.cols() - 1), all.col(all.cols() - 1), {}, {}};
  for (Eigen::Index i = 0; i < all.rows(); ++i) {
    table.label.push_back(static_cast<int>(table.y[i]));
    table.fold.push_back(static_cast<int>(i % 10));
  }
  return table;
}

// Columns of the goldens: lambda, mean, standard error, coefficients, chosen (2 lambda.min, 1 lambda.1se).
struct Expected {
  Eigen::MatrixXd rows;
  explicit Expected(const char* name) : rows(test::csv_numbers(kHere / name, 1)) {}
  Eigen::Index chosen(int bit) const {
    for (Eigen::Index k = 0; k < rows.rows(); ++k)
      if (static_cast<int>(rows(k, 4)) & bit) return k;
    return -1;
  }
};

void expect_curve(const CvCurve& curve, const Eigen::VectorXd& lambda, const Expected& expected, double tolerance,
                  Eigen::Index count = 1000) {
  ASSERT_EQ(lambda.size(), expected.rows.rows());
  for (Eigen::Index k = 0; k < std::min(count, lambda.size()); ++k) {
    EXPECT_NEAR(lambda[k] / expected.rows(k, 0), 1, 1e-12);
    EXPECT_NEAR(curve.mean[k], expected.rows(k, 1), tolerance) << k;
    EXPECT_NEAR(curve.sd[k], expected.rows(k, 2), tolerance) << k;
  }
  EXPECT_EQ(curve.at_min, expected.chosen(2));
  EXPECT_EQ(curve.at_one_se, expected.chosen(1));
}

TEST(LassoCvOracle, auc) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  const Table wdbc = read_table(data / "oracles" / "wdbc.csv");
  const LassoCv cv = cross_validate_lasso(wdbc.x, wdbc.y, wdbc.fold, {.exact = true}, 2, LassoMeasure::auc);
  EXPECT_EQ(cv.measure, LassoMeasure::auc);
  // Below lambda 1e-4 probabilities of held-out rows round to 1, and cv.glmnet draws lots among rows that are then
  // tied; ours are told apart by their linear predictors.
  const Expected expected("cvglmnet_binomial_auc.csv");
  expect_curve(cv, cv.path.lambda, expected, 1e-12, 90);
  for (Eigen::Index k = 0; k < cv.path.lambda.size(); ++k)
    EXPECT_EQ(cv.path.nonzero[static_cast<std::size_t>(k)], static_cast<int>(expected.rows(k, 3))) << k;
}

TEST(LassoCvOracle, error) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  const Table wdbc = read_table(data / "oracles" / "wdbc.csv");
  const LassoCv cv = cross_validate_lasso(wdbc.x, wdbc.y, wdbc.fold, {.exact = true}, 1, LassoMeasure::error);
  expect_curve(cv, cv.path.lambda, Expected("cvglmnet_binomial_error.csv"), 1e-12);
  EXPECT_NEAR(cv.path.lambda[cv.at_min], 0.0019096005490046, 1e-15);
  EXPECT_NEAR(cv.path.lambda[cv.at_one_se], 0.00401952610996223, 1e-15);
  EXPECT_NEAR(cv.mean[cv.at_min], 0.0228471001757469, 1e-15);
}

TEST(LassoCvOracle, squared_error) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  const Table wdbc = read_table(data / "oracles" / "wdbc.csv");
  const LassoCv cv =
      cross_validate_lasso(wdbc.x, wdbc.y, wdbc.fold, {.family = LassoFamily::gaussian, .exact = true}, 2);
  expect_curve(cv, cv.path.lambda, Expected("cvglmnet_gaussian.csv"), 1e-8);
  EXPECT_EQ(cv.path.nonzero[static_cast<std::size_t>(cv.at_min)], 23);
  EXPECT_EQ(cv.path.nonzero[static_cast<std::size_t>(cv.at_one_se)], 19);
}

// cv.glmnet: fewer than ten rows a fold, so that it "uses type.measure='deviance' instead for cv.glmnet".
TEST(LassoCvOracle, small_folds_have_no_auc) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  Table wdbc = read_table(data / "oracles" / "wdbc.csv");
  std::vector<int> fold;
  for (int i = 0; i < 90; ++i) fold.push_back(i % 10);
  const Eigen::MatrixXd x = wdbc.x.topRows(90);
  const Eigen::VectorXd y = wdbc.y.head(90);
  const LassoCv area = cross_validate_lasso(x, y, fold, {}, 1, LassoMeasure::auc);
  const LassoCv deviance = cross_validate_lasso(x, y, fold);
  EXPECT_EQ(area.measure, LassoMeasure::deviance);
  EXPECT_EQ(area.mean, deviance.mean);
  EXPECT_EQ(area.at_min, deviance.at_min);
}

TEST(LassoCvOracle, multinomial) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  const Table wine = read_table(data / "oracles" / "wine.csv");
  const MultinomialCv cv = cross_validate_multinomial_lasso(wine.x, wine.label, wine.fold, {.exact = true}, 2);
  expect_curve(cv, cv.path.lambda, Expected("cvglmnet_multinomial.csv"), 1e-6);
  EXPECT_NEAR(cv.path.lambda[0], 0.389300741258556, 1e-14);
  EXPECT_NEAR(cv.path.lambda[cv.at_min], 0.00212646856980424, 1e-15);
  EXPECT_NEAR(cv.path.lambda[cv.at_one_se], 0.0103401694274894, 1e-15);
  const MultinomialCv error =
      cross_validate_multinomial_lasso(wine.x, wine.label, wine.fold, {.exact = true}, 1, LassoMeasure::error);
  expect_curve(error, error.path.lambda, Expected("cvglmnet_multinomial_error.csv"), 1e-12);
}

// glmnet bounds the curvature and creeps: from threshold 1e-10 to 1e-12 its own means still move by up to 4.1e-4, ten
// times less with each further factor of 100, so that these are good to about 5e-5. That ours are the minimum is for
// optimality_conditions_of_the_multinomial to show.
TEST(LassoCvOracle, grouped_multinomial) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  const Table wine = read_table(data / "oracles" / "wine.csv");
  const MultinomialCv cv =
      cross_validate_multinomial_lasso(wine.x, wine.label, wine.fold, {.grouped = true, .exact = true}, 2);
  EXPECT_NEAR(cv.path.lambda[0], 0.495047827269382, 1e-14);
  expect_curve(cv, cv.path.lambda, Expected("cvglmnet_multinomial_grouped.csv"), 5e-5);
}

constexpr double kTolerance = 1e-6;  // relative, of a coefficient

void expect_single(const Eigen::MatrixXd& ours, const Eigen::MatrixXd& theirs, double setting, double lambda) {
  for (Eigen::Index k = 0; k < ours.cols(); ++k)
    for (Eigen::Index j = 0; j < ours.rows(); ++j) {
      EXPECT_EQ(ours(j, k) != 0, theirs(j, k) != 0) << setting << " " << lambda << " class " << k << " feature " << j;
      EXPECT_NEAR(ours(j, k), theirs(j, k), kTolerance * std::abs(theirs(j, k)))
          << setting << " " << lambda << " class " << k << " feature " << j;
    }
}

// Rows of the golden: setting, lambda, class, feature (0: the intercept), coefficient.
TEST(LassoCvOracle, single_lambdas) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  const Table wdbc = read_table(data / "oracles" / "wdbc.csv"), wine = read_table(data / "oracles" / "wine.csv");
  std::map<std::pair<int, double>, Eigen::MatrixXd> expected;
  const Eigen::MatrixXd rows = test::csv_numbers(kHere / "glmnet_single_lambdas.csv", 1);
  for (Eigen::Index r = 0; r < rows.rows(); ++r) {
    const int setting = static_cast<int>(rows(r, 0));
    Eigen::MatrixXd& b = expected[{setting, rows(r, 1)}];
    if (b.size() == 0) b = Eigen::MatrixXd::Zero(setting < 3 ? 31 : 14, setting < 3 ? 1 : 3);
    b(static_cast<Eigen::Index>(rows(r, 3)), static_cast<Eigen::Index>(rows(r, 2))) = rows(r, 4);
  }
  ASSERT_EQ(expected.size(), 12U);
  for (const auto& [key, theirs] : expected) {
    const auto [setting, lambda] = key;
    const std::vector<double> at{lambda};
    const double alpha = setting == 1 || setting == 5 ? 0.5 : 1;
    Eigen::MatrixXd ours(theirs.rows(), theirs.cols());
    if (setting < 3) {
      const LassoPath path = fit_lasso(
          wdbc.x, wdbc.y,
          {.family = setting == 2 ? LassoFamily::gaussian : LassoFamily::binomial, .alpha = alpha, .exact = true}, at);
      ours.col(0) << path.intercept[0], path.coefficients.col(0);
    } else {
      const MultinomialPath path =
          fit_multinomial_lasso(wine.x, wine.label, {.grouped = setting == 4, .alpha = alpha, .exact = true}, at);
      for (Eigen::Index k = 0; k < 3; ++k)
        ours.col(k) << path.intercept(k, 0), path.coefficients[static_cast<std::size_t>(k)].col(0);
    }
    expect_single(ours, theirs, setting, lambda);
  }
}

// The conditions that only the minimum meets, at every lambda of three paths.
TEST(LassoCvOracle, optimality_conditions_of_the_multinomial) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  const Table wine = read_table(data / "oracles" / "wine.csv");
  const auto n = static_cast<double>(wine.x.rows());
  Eigen::MatrixXd z = wine.x.rowwise() - wine.x.colwise().mean(), target = Eigen::MatrixXd::Zero(z.rows(), 3);
  const Eigen::VectorXd sd = (z.colwise().squaredNorm() / n).cwiseSqrt().transpose();
  z = z * sd.cwiseInverse().asDiagonal();
  for (Eigen::Index i = 0; i < z.rows(); ++i) target(i, wine.label[static_cast<std::size_t>(i)]) = 1;
  const MultinomialOptions settings[] = {
      {.exact = true}, {.grouped = true, .exact = true}, {.alpha = 0.5, .exact = true}};
  for (const MultinomialOptions& options : settings) {
    const MultinomialPath path = fit_multinomial_lasso(wine.x, wine.label, options);
    ASSERT_GT(path.lambda.size(), 50);
    for (Eigen::Index at = 0; at < path.lambda.size(); ++at) {
      const double l1 = path.lambda[at] * options.alpha, l2 = path.lambda[at] * (1 - options.alpha);
      const Eigen::MatrixXd residual = target - predict_multinomial(path, at, wine.x);
      EXPECT_LE(residual.colwise().mean().cwiseAbs().maxCoeff(), 1e-8 * path.lambda[at]);
      const Eigen::MatrixXd slopes = z.transpose() * residual / n;
      for (Eigen::Index j = 0; j < z.cols(); ++j) {
        Eigen::RowVectorXd b(3);
        for (Eigen::Index k = 0; k < 3; ++k) b[k] = path.coefficients[static_cast<std::size_t>(k)](j, at) * sd[j];
        const Eigen::RowVectorXd gradient = slopes.row(j) - l2 * b;
        if (options.grouped && (b.array() == 0).all()) {
          EXPECT_LE(gradient.norm(), l1 * (1 + 1e-8));
          continue;
        }
        for (Eigen::Index k = 0; k < 3; ++k) {
          const double wanted = options.grouped ? l1 * b[k] / b.norm() : std::copysign(l1, b[k]);
          if (!options.grouped && b[k] == 0) {
            EXPECT_LE(std::abs(gradient[k]), l1 * (1 + 1e-8)) << j << " at " << at;
          } else {
            EXPECT_NEAR(gradient[k], wanted, 1e-8 * path.lambda[at]) << j << " at " << at;
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace radfuse::stats
