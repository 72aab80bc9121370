// SPDX-License-Identifier: Apache-2.0
// Products of columns without some rows, and paths that are given products.
#include "column_products.hpp"

#include <gtest/gtest.h>

#include "lasso_path.hpp"
#include "radfuse/base/rng.hpp"

namespace radfuse::stats {
namespace {

constexpr Eigen::Index kRows = 60;

// Six folds. Column 4 is constant; nearly all of column 1's variance is that of row 7, which is held out with fold 1.
struct Table {
  Eigen::MatrixXd x;
  Eigen::VectorXd y{kRows};
  std::vector<Eigen::Index> held, rest;

  Table(Eigen::Index columns, Eigen::Index fold) : x(kRows, columns) {
    Rng rng(41, "test.products");
    for (Eigen::Index i = 0; i < x.size(); ++i) x.data()[i] = rng.normal();
    for (Eigen::Index i = 0; i < kRows; ++i) y[i] = x(i, 0) + 0.5 * x(i, 2) + rng.normal();
    x.col(4).setConstant(3);
    x(7, 1) = 1e7;
    for (Eigen::Index i = 0; i < kRows; ++i) (i % 6 == fold ? held : rest).push_back(i);
  }
  Scaled scaled() const { return scale_columns(x); }
  Scaled scaled_rest() const { return scale_columns(x(rest, Eigen::all)); }
};

TEST(ColumnProducts, without_some_rows_are_those_of_the_others) {
  for (const Eigen::Index fold : {0, 1}) {
    const Table t(9, fold);
    const ColumnProducts all = all_products(t.scaled().x), ours = products_without(all, t.scaled().x, t.held),
                         direct = all_products(t.scaled_rest().x);
    EXPECT_TRUE(all.complete);
    EXPECT_EQ(ours.complete, fold == 0);
    for (Eigen::Index j = 0; j < 9; ++j) {
      EXPECT_EQ(ours.place[static_cast<std::size_t>(j)], fold == 1 && j == 1 ? -1 : j);
      for (Eigen::Index k = 0; k < 9; ++k)
        if (fold == 0 || (j != 1 && k != 1)) {
          EXPECT_NEAR(ours.of(j, k), direct.of(j, k), 1e-14) << j << " " << k;
        }
    }
    EXPECT_EQ(ours.of.col(4).cwiseAbs().maxCoeff(), 0);
  }
}

// With more rows than columns and with fewer; all products known, some, none.
TEST(ColumnProducts, a_path_that_is_given_them_is_the_same) {
  const LassoOptions options = {.family = LassoFamily::gaussian, .threshold = 1e-20};
  for (const Eigen::Index columns : {12, 90})
    for (const Eigen::Index fold : {0, 1}) {
      const Table t(columns, fold);
      ColumnProducts found;
      const LassoPath whole = fit_path(t.scaled(), t.y, options, {}, nullptr, &found);
      EXPECT_GE(found.of.cols(), whole.nonzero.back());
      EXPECT_FALSE(found.complete);  // the constant column is never looked at
      const Eigen::VectorXd y = t.y(t.rest);
      const LassoPath alone = fit_path(t.scaled_rest(), y, options);
      for (const bool complete : {false, true}) {
        const ColumnProducts all = complete ? all_products(t.scaled().x) : found;
        const ColumnProducts known = products_without(all, t.scaled().x, t.held);
        const LassoPath path = fit_path(t.scaled_rest(), y, options, {}, &known);
        ASSERT_EQ(path.lambda.size(), alone.lambda.size());
        EXPECT_EQ(path.nonzero, alone.nonzero);
        EXPECT_LT((path.coefficients - alone.coefficients).cwiseAbs().maxCoeff(), 1e-8);
        EXPECT_LT((path.deviance_ratio - alone.deviance_ratio).cwiseAbs().maxCoeff(), 1e-9);
      }
    }
}

}  // namespace
}  // namespace radfuse::stats
