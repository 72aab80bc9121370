// SPDX-License-Identifier: Apache-2.0
// The l2,1 norm on the wine table (178 x 13, standardised, one column for each class), by
// scripts/oracles/sparse_selection.py: Nie's equations in NumPy with the rules of scikit-feature (stop when the
// objective changes by less than 1e-3), run on to convergence, and scikit-learn 1.2.1's MultiTaskLasso.
#include "radfuse/stats/l21.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "numbers_csv.hpp"
#include "reference_data.hpp"

namespace radfuse::stats {
namespace {

struct Wine {
  Eigen::MatrixXd x, y;
};

Eigen::MatrixXd standardised(Eigen::MatrixXd x) {
  x.rowwise() -= x.colwise().mean().eval();
  for (Eigen::Index j = 0; j < x.cols(); ++j)
    x.col(j) /= std::sqrt(x.col(j).squaredNorm() / static_cast<double>(x.rows()));
  return x;
}

Wine read_wine(const std::filesystem::path& data) {
  const Eigen::MatrixXd all = test::csv_numbers(data / "oracles" / "wine.csv", 1);
  Wine wine{standardised(all.leftCols(13)), Eigen::MatrixXd::Zero(all.rows(), 3)};
  for (Eigen::Index i = 0; i < all.rows(); ++i) wine.y(i, static_cast<Eigen::Index>(all(i, 13))) = 1;
  return wine;
}

std::vector<int> ranked(const Eigen::VectorXd& weight) {
  std::vector<int> order(static_cast<std::size_t>(weight.size()));
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return weight[a] > weight[b]; });
  return order;
}

TEST(L21Oracle, robust_as_scikit_feature_stops) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  const Wine wine = read_wine(data);
  const L21Fit fit = fit_l21(wine.x, wine.y, {.gamma = 1, .tolerance = 1e-3 / 118.81});
  const double norms[] = {.17701, .07717, .14934, .14586, .03264, .03580, .25157,
                          .04706, .05545, .17875, .09567, .14407, .26796};
  for (Eigen::Index j = 0; j < 13; ++j) EXPECT_NEAR(fit.weights.row(j).norm(), norms[j], 6e-6) << j;
  EXPECT_EQ(fit.rounds, 17);
  EXPECT_EQ(ranked(fit.weights.rowwise().norm()), (std::vector<int>{12, 6, 9, 0, 2, 3, 11, 10, 1, 8, 7, 5, 4}));
  EXPECT_NEAR(fit.objective, 118.8129308148513, 1e-6) << "they add 1e-6 to a diagonal";
}

TEST(L21Oracle, robust_to_the_end) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  const Wine wine = read_wine(data);
  const L21Fit fit = fit_l21(wine.x, wine.y, {.gamma = 1, .tolerance = 1e-14, .most_rounds = 20000});
  EXPECT_NEAR(fit.objective, 118.8097712863232, 1e-9);
  const double norms[] = {.17521, .07705, .14828, .14618, .03871, .03585, .25124,
                          .04858, .05711, .18053, .09631, .14341, .26913};
  for (Eigen::Index j = 0; j < 13; ++j) EXPECT_NEAR(fit.weights.row(j).norm(), norms[j], 1e-5) << j;
}

// More columns than rows takes the equations in the size of rows; both forms have one minimum.
TEST(L21Oracle, both_sizes_of_the_equations_agree) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  const Wine wine = read_wine(data);
  std::vector<Eigen::Index> rows{0, 20, 40, 60, 70, 80, 100, 120, 135, 150, 160, 170};
  const Eigen::MatrixXd few = wine.x(rows, Eigen::all), y = wine.y(rows, Eigen::all);
  const L21Options options{.gamma = 2, .tolerance = 1e-14, .most_rounds = 20000};
  const L21Fit by_rows = fit_l21(few, y, options);
  Eigen::MatrixXd more_rows(24, 13), more_y = Eigen::MatrixXd::Zero(24, 3);
  more_rows << few, Eigen::MatrixXd::Zero(12, 13);  // rows of zeros change nothing but the size
  more_y.topRows(12) = y;
  const L21Fit by_columns = fit_l21(more_rows, more_y, options);
  EXPECT_NEAR(by_rows.objective, by_columns.objective, 1e-7);
}

TEST(L21Oracle, least_squares_is_the_multi_task_lasso) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  const Wine wine = read_wine(data);
  const Eigen::MatrixXd centred = wine.y.rowwise() - wine.y.colwise().mean();
  // scikit-learn: alpha 0.1 of the mean of squares, so that gamma is 178 * 0.1.
  const L21Fit fit = fit_l21(wine.x, centred, {.loss = L21Loss::least_squares, .gamma = 17.8, .tolerance = 1e-16});
  const double norms[] = {0.1670714531764771,
                          0.02585788959219427,
                          0.008737971201675618,
                          0.005370966720204015,
                          0,
                          0,
                          0.1696412083847433,
                          0,
                          0,
                          0.15444089426764473,
                          0.06680521095101528,
                          0.09569380103563366,
                          0.229461731778059};
  for (Eigen::Index j = 0; j < 13; ++j) EXPECT_NEAR(fit.weights.row(j).norm(), norms[j], 1e-9) << j;
}

TEST(L21Oracle, largest_gamma_leaves_nothing) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  const Wine wine = read_wine(data);
  const Eigen::MatrixXd y = wine.y.rowwise() - wine.y.colwise().mean();
  for (const L21Loss loss : {L21Loss::robust, L21Loss::least_squares}) {
    const double most = l21_gamma_max(wine.x, y, loss);
    const auto largest = [&](double gamma) {
      const L21Fit fit = fit_l21(wine.x, y, {.loss = loss, .gamma = gamma, .tolerance = 1e-15, .most_rounds = 20000});
      return fit.weights.rowwise().norm().maxCoeff();
    };
    EXPECT_LT(largest(1.02 * most), 1e-5);
    EXPECT_GT(largest(0.98 * most), 1e-3);
  }
}

}  // namespace
}  // namespace radfuse::stats
