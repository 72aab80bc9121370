// SPDX-License-Identifier: Apache-2.0
// The first components by the short way are those of the long one.
#include <gtest/gtest.h>

#include <cmath>

#include "radfuse/base/rng.hpp"
#include "radfuse/stats/pca.hpp"

namespace radfuse::stats {
namespace {

// Directions of falling variance, turned about by random mixing.
Eigen::MatrixXd table(Eigen::Index rows, Eigen::Index columns) {
  Rng rng(3, "table");
  const auto noise = [&](Eigen::Index r, Eigen::Index c) {
    Eigen::MatrixXd values(r, c);
    for (Eigen::Index j = 0; j < c; ++j)
      for (Eigen::Index i = 0; i < r; ++i) values(i, j) = rng.normal();
    return values;
  };
  const Eigen::Index rank = std::min(rows, columns);
  Eigen::MatrixXd left = noise(rows, rank);
  for (Eigen::Index k = 0; k < rank; ++k) left.col(k) *= std::pow(0.9, static_cast<double>(k));
  return left * noise(rank, columns) + Eigen::MatrixXd::Constant(rows, columns, 5);
}

TEST(LeadingScores, are_those_of_all_components) {
  for (const auto& [rows, columns] : {std::pair{12, 5}, {5, 12}, {150, 90}, {90, 150}}) {
    const Eigen::MatrixXd x = table(rows, columns);
    const Pca all = fit_pca(x);
    const Eigen::MatrixXd scores = (x.rowwise() - all.mean.transpose()) * all.loadings;
    const PcaScores leading = leading_scores(x, 20);
    const Eigen::Index count = leading.scores.cols();
    ASSERT_EQ(count, std::min<Eigen::Index>(20, all.variance.size()));
    const double scale = scores.col(0).norm();
    for (Eigen::Index k = 0; k < count; ++k)
      EXPECT_LT((leading.scores.col(k) - scores.col(k)).norm(), 1e-6 * scale) << rows << " x " << columns << ", " << k;
    EXPECT_NEAR(leading.share, all.variance.head(count).sum() / all.total, 1e-9);
  }
}

TEST(LeadingScores, of_what_does_not_vary_there_are_none) {
  const PcaScores none = leading_scores(Eigen::MatrixXd::Constant(6, 3, 0.5), 50);
  EXPECT_EQ(none.scores.cols(), 0);
  EXPECT_EQ(none.share, 0);
  EXPECT_EQ(none.scores.rows(), 6);
}

}  // namespace
}  // namespace radfuse::stats
