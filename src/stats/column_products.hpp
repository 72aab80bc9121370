// SPDX-License-Identifier: Apache-2.0
// Products of scaled columns, by which the squared loss knows what one coefficient does to all slopes without looking
// at rows ("covariance updates").
#pragma once

#include <Eigen/Core>
#include <span>
#include <vector>

namespace radfuse::stats {

/// Of some columns with each other, over the number of rows.
struct ColumnProducts {
  std::vector<Eigen::Index> place;  ///< of each column in `of`; -1: not there
  Eigen::MatrixXd of;
  bool complete = false;  ///< all columns are there
};

/// With no more columns than rows nearly all products are needed sooner or later; a square of more than 4,096 columns
/// would take more memory (128 MiB) than a case of the squared loss is worth.
bool products_of_all_pay(const Eigen::MatrixXd& x);
/// Of all columns of x.
ColumnProducts all_products(const Eigen::MatrixXd& x);

/// Of the same columns without the rows `held`, scaled anew to a mean of 0 and an SD (1/n) of 1 over the others: by
/// taking away the products of the rows that are held out, which are few. Columns of which hardly any variance is left
/// would lose their digits and are left out.
/// x: the columns with all rows, scaled, of which `all` are the products.
ColumnProducts products_without(const ColumnProducts& all, const Eigen::MatrixXd& x,
                                std::span<const Eigen::Index> held);

}  // namespace radfuse::stats
