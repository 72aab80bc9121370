// SPDX-License-Identifier: Apache-2.0
// t-SNE: its gradient, the share that far points have in it, and rows that are too few, alike or constant.
#include "radfuse/stats/tsne.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "radfuse/base/error.hpp"
#include "radfuse/base/rng.hpp"
#include "tsne_parts.hpp"

namespace radfuse::stats {
namespace {

// `groups` clouds of `size` rows in five dimensions, 20 standard deviations apart.
Eigen::MatrixXd clouds(int groups, int size) {
  Rng rng(7, "clouds", 0);
  Eigen::MatrixXd x(groups * size, 5);
  for (Eigen::Index i = 0; i < x.rows(); ++i)
    for (Eigen::Index j = 0; j < 5; ++j)
      x(i, j) = rng.uniform() + rng.uniform() + rng.uniform() + (j == i / size ? 20.0 : 0.0);
  return x;
}

Places places(std::size_t count, double width) {
  Rng rng(8, "places", 0);
  Places at;
  for (std::size_t i = 0; i < count; ++i) {
    at.x.push_back(width * rng.uniform());
    at.y.push_back(width * rng.uniform());
  }
  return at;
}

TEST(Tsne, neighbours_have_the_perplexity_and_sum_to_one) {
  const Eigen::MatrixXd x = clouds(3, 8);
  const NeighbourPairs pairs = neighbour_pairs(x, 5);
  double sum = 0;
  for (const double p : pairs.p) sum += 2 * p;
  EXPECT_NEAR(sum, 1, 1e-12);
  ASSERT_EQ(pairs.first.size(), 25u);
  for (std::size_t i = 0; i < 24; ++i)
    for (std::size_t k = pairs.first[i]; k < pairs.first[i + 1]; ++k) EXPECT_GT(pairs.other[k], static_cast<int>(i));
  // Four rows in a square, perplexity 1: all weight on one of the two nearest is impossible, so that they share it.
  const Eigen::MatrixXd square = (Eigen::MatrixXd(4, 2) << 0, 0, 0, 1, 1, 0, 1, 1).finished();
  const NeighbourPairs corners = neighbour_pairs(square, 1);
  ASSERT_EQ(corners.p.size(), 6u);
  const double shares[] = {1.0 / 8, 1.0 / 8, 0, 0, 1.0 / 8, 1.0 / 8};
  for (std::size_t k = 0; k < 6; ++k) EXPECT_NEAR(corners.p[k], shares[k], 1e-12) << k;
}

TEST(Tsne, gradient_is_that_of_the_divergence) {
  const NeighbourPairs pairs = neighbour_pairs(clouds(3, 4), 3);
  Places at = places(12, 3), gradient;
  divergence_gradient(pairs, at, 0, 1, gradient);
  for (std::size_t i = 0; i < 12; ++i)
    for (const bool along : {true, false}) {
      double& value = along ? at.x[i] : at.y[i];
      const double before = value, step = 1e-5;
      value = before + step;
      const double up = divergence(pairs, at);
      value = before - step;
      const double down = divergence(pairs, at);
      value = before;
      EXPECT_NEAR((along ? gradient.x : gradient.y)[i], (up - down) / (2 * step), 1e-8) << i;
    }
}

// Barnes and Hut's forces differ from the exact ones by what theta allows: less the smaller it is, nothing at all when
// no square is far enough to count as one.
TEST(Tsne, far_points_together_are_almost_the_points) {
  const Places at = places(500, 40);
  Places exact, tree;
  const double sum = push_apart(at, 0, exact);
  double before = 1;
  for (const double theta : {0.7, 0.5, 0.2, 0.05}) {
    const double close = push_apart(at, theta, tree);
    double wrong = 0, all = 0;
    for (std::size_t i = 0; i < 500; ++i) {
      wrong += std::pow(tree.x[i] - exact.x[i], 2) + std::pow(tree.y[i] - exact.y[i], 2);
      all += std::pow(exact.x[i], 2) + std::pow(exact.y[i], 2);
    }
    const double error = std::sqrt(wrong / all);
    EXPECT_LT(error, theta * theta / 10) << theta;
    EXPECT_LT(std::abs(close / sum - 1), theta * theta / 10) << theta;
    EXPECT_LT(error, before) << theta;
    before = error;
  }
  push_apart(at, 1e-9, tree);
  for (std::size_t i = 0; i < 500; ++i) EXPECT_NEAR(tree.x[i], exact.x[i], 1e-12) << i;
}

TEST(Tsne, clouds_stay_clouds) {
  const Eigen::MatrixXd x = clouds(3, 30);
  for (const double theta : {0.0, 0.5}) {
    const TsneMap map = fit_tsne(x, {.perplexity = 10, .theta = theta});
    EXPECT_EQ(map.perplexity, 10);
    EXPECT_NEAR(map.at.colwise().mean().norm(), 0, 1e-9);
    EXPECT_GT(trustworthiness(x, map.at), 0.9);
    for (Eigen::Index i = 0; i < 90; ++i)  // the nearest point on the map is of the same cloud
      for (Eigen::Index j = 0, best = -1; j < 90; ++j) {
        if (j != i && (best < 0 || (map.at.row(j) - map.at.row(i)).norm() < (map.at.row(best) - map.at.row(i)).norm()))
          best = j;
        if (j == 89) {
          EXPECT_EQ(best / 30, i / 30) << i;
        }
      }
  }
}

TEST(Tsne, same_rows_same_map) {
  const Eigen::MatrixXd x = clouds(2, 20);
  EXPECT_EQ(fit_tsne(x).at, fit_tsne(x).at);
}

TEST(Tsne, few_rows_have_a_smaller_perplexity) {
  const Eigen::MatrixXd x = clouds(2, 20);
  EXPECT_EQ(fit_tsne(x).perplexity, 13);  // (40 - 1) / 3
  EXPECT_EQ(fit_tsne(x, {.perplexity = 5}).perplexity, 5);
  const TsneMap four = fit_tsne(x.topRows(4));
  EXPECT_EQ(four.perplexity, 1);
  EXPECT_TRUE(four.at.allFinite());
  EXPECT_THROW(fit_tsne(x.topRows(3)), InputError);
}

TEST(Tsne, rows_that_are_alike) {
  Eigen::MatrixXd x = clouds(2, 20);
  x.row(7) = x.row(3);
  x.col(4).setConstant(0.1);
  const TsneMap map = fit_tsne(x);
  ASSERT_TRUE(map.at.allFinite());
  const double size = (map.at.rowwise() - map.at.colwise().mean()).rowwise().norm().maxCoeff();
  EXPECT_LT((map.at.row(3) - map.at.row(7)).norm(), 0.05 * size);
  const TsneMap all = fit_tsne(Eigen::MatrixXd::Constant(40, 3, 0.1));
  EXPECT_EQ(all.at, Eigen::MatrixXd::Zero(40, 2));
  const TsneMap line = fit_tsne(x.leftCols(1));
  EXPECT_TRUE(line.at.allFinite());
  EXPECT_EQ(line.at.col(1), Eigen::VectorXd::Zero(40)) << "one column has no second axis";
  // More rows that are alike than the perplexity has room for.
  Eigen::MatrixXd many = clouds(2, 40);
  for (Eigen::Index i = 0; i < 60; ++i) many.row(i) = many.row(0);
  EXPECT_TRUE(fit_tsne(many, {.perplexity = 5}).at.allFinite());
}

// Five rows on a line; the map swaps the second and the third.
TEST(Tsne, trustworthiness_by_hand) {
  const Eigen::MatrixXd rows = (Eigen::MatrixXd(5, 1) << 0, 1, 2.1, 3.3, 4.6).finished();
  EXPECT_EQ(trustworthiness(rows, rows, 1), 1);
  const Eigen::MatrixXd map = (Eigen::MatrixXd(5, 1) << 0, 2.1, 1, 3.3, 4.6).finished();
  // Too far by: row 1 one, row 2 (nearest 3: distances 1.0, 1.1, 2.3, 3.6) one, row 3 (nearest 1, third after 2 and 4)
  // two, row 4 (nearest 2, third after 3 and 5) two, row 5 none: 6 in all.
  EXPECT_NEAR(trustworthiness(rows, map, 1), 1 - 2.0 * 6 / (5 * 1 * (10 - 3 - 1)), 1e-12);
}

}  // namespace
}  // namespace radfuse::stats
