// SPDX-License-Identifier: Apache-2.0
// Tests, correlations and components on tables that come with R 4.2.2 (iris, airquality, mtcars), by its functions:
// tables_r.csv, written by scripts/oracles/tables.R.
#include <gtest/gtest.h>

#include <cmath>

#include "numbers_csv.hpp"
#include "radfuse/stats/descriptive.hpp"
#include "radfuse/stats/hypothesis.hpp"
#include "radfuse/stats/logistic.hpp"
#include "radfuse/stats/pca.hpp"

namespace radfuse::stats {
namespace {

Eigen::MatrixXd iris() {
  return test::csv_numbers(std::filesystem::path(RADFUSE_SOURCE_DIR) / "tests/oracle/stats/iris.csv", 1);
}

double golden(const std::string& quantity) {
  static const auto rows =
      test::csv_cells(std::filesystem::path(RADFUSE_SOURCE_DIR) / "tests/oracle/stats/tables_r.csv");
  for (const auto& row : rows)
    if (row[0] == quantity) return test::number(row[1]);
  throw std::runtime_error(quantity + " is not in tables_r.csv");
}

// summary(aov(iris[, j] ~ Species)); scikit-learn's f_classif gives the same.
TEST(HypothesisTablesOracle, anova_of_iris) {
  const Eigen::MatrixXd table = iris();
  std::vector<int> species;
  for (const double s : table.col(4)) species.push_back(static_cast<int>(s));
  const double f[] = {119.26450218450456, 49.160040089612075, 1180.161182252981, 960.00714680180624};
  for (Eigen::Index j = 0; j < 4; ++j) EXPECT_NEAR(anova(table.col(j), species).statistic, f[j], 1e-11 * f[j]) << j;
}

// kruskal.test(Ozone ~ Month, airquality)
TEST(HypothesisTablesOracle, kruskal_wallis_of_airquality) {
  const std::vector<std::vector<double>> months{
      {41, 36, 12, 18, 28, 23, 19, 8, 7, 16, 11, 14, 18, 14, 34, 6, 30, 11, 1, 11, 4, 32, 23, 45, 115, 37},
      {29, 71, 39, 23, 21, 37, 20, 12, 13},
      {135, 49, 32, 64, 40, 77, 97, 97, 85, 10, 27, 7, 48, 35, 61, 79, 63, 16, 80, 108, 20, 52, 82, 50, 64, 59},
      {39, 9, 16, 78, 35, 66, 122, 89, 110, 44, 28, 65, 22, 59, 23, 31, 44, 21, 9, 45, 168, 73, 76, 118, 84, 85},
      {96, 78, 73, 91, 47, 32, 20, 23, 21, 24, 44, 21, 28, 9, 13,
       46, 18, 13, 24, 16, 13, 23, 36, 7,  14, 30, 14, 18, 20}};
  std::vector<double> ozone;
  std::vector<int> month;
  for (std::size_t m = 0; m < months.size(); ++m)
    for (const double value : months[m]) {
      ozone.push_back(value);
      month.push_back(static_cast<int>(m));
    }
  const TestResult test =
      kruskal_wallis(Eigen::Map<const Eigen::VectorXd>(ozone.data(), static_cast<Eigen::Index>(ozone.size())), month);
  EXPECT_NEAR(test.statistic, golden("kruskal_airquality_1"), 1e-12);
  EXPECT_EQ(test.df1, 4);
  EXPECT_NEAR(test.p / golden("kruskal_airquality_3"), 1, 1e-11);
}

// cor(mtcars$mpg, mtcars$wt), and with method = "spearman"
TEST(HypothesisTablesOracle, correlations_of_mtcars) {
  const Eigen::VectorXd mpg{{21,   21,   22.8, 21.4, 18.7, 18.1, 14.3, 24.4, 22.8, 19.2, 17.8,
                             16.4, 17.3, 15.2, 10.4, 10.4, 14.7, 32.4, 30.4, 33.9, 21.5, 15.5,
                             15.2, 13.3, 19.2, 27.3, 26,   30.4, 15.8, 19.7, 15,   21.4}};
  const Eigen::VectorXd wt{{2.62,  2.875, 2.32,  3.215, 3.44,  3.46,  3.57, 3.19,  3.15,  3.44,  3.44,
                            4.07,  3.73,  3.78,  5.25,  5.424, 5.345, 2.2,  1.615, 1.835, 2.465, 3.52,
                            3.435, 3.84,  3.845, 1.935, 2.14,  1.513, 3.17, 2.77,  3.57,  2.78}};
  EXPECT_NEAR(pearson(mpg, wt), golden("mtcars_1"), 1e-14);
  EXPECT_NEAR(spearman(mpg, wt), golden("mtcars_2"), 1e-14);
}

// prcomp(iris[, 1:4])
TEST(HypothesisTablesOracle, components_of_iris) {
  const Pca pca = fit_pca(iris().leftCols(4));
  ASSERT_EQ(pca.variance.size(), 4);
  for (Eigen::Index k = 0; k < 4; ++k) {
    EXPECT_NEAR(pca.variance[k], golden("pca_iris_" + std::to_string(k + 1)), 1e-13);
    EXPECT_NEAR(pca.loadings(k, 0), golden("pca_iris_" + std::to_string(k + 5)), 1e-12);
  }
}

// glm(y ~ extra, binomial) on sleep, y the drug
TEST(HypothesisTablesOracle, logistic_regression_of_sleep) {
  const Eigen::VectorXd extra{
      {.7, -1.6, -.2, -1.2, -.1, 3.4, 3.7, .8, 0, 2, 1.9, .8, 1.1, .1, -.1, 4.4, 5.5, 1.6, 4.6, 3.4}};
  Eigen::VectorXi drug(20);
  for (Eigen::Index i = 0; i < 20; ++i) drug[i] = i >= 10;
  const LogisticFit fit = fit_logistic(extra, drug);
  EXPECT_NEAR(fit.coefficients[0], golden("logistic_sleep_1"), 1e-10);
  EXPECT_NEAR(fit.standard_errors[0], golden("logistic_sleep_2"), 1e-8);
}

}  // namespace
}  // namespace radfuse::stats
