// SPDX-License-Identifier: Apache-2.0
// Products of scaled columns.
#include "column_products.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace radfuse::stats {
namespace {

// Of a column's sum of squares: with less left, more than two digits would be lost.
constexpr double kLeastLeft = 0.01;

constexpr Eigen::Index kMostColumns = 4096;

}  // namespace

bool products_of_all_pay(const Eigen::MatrixXd& x) {
  return x.cols() <= std::min(x.rows(), kMostColumns);
}

ColumnProducts all_products(const Eigen::MatrixXd& x) {
  ColumnProducts products;
  products.place.resize(static_cast<std::size_t>(x.cols()));
  std::iota(products.place.begin(), products.place.end(), Eigen::Index{0});
  products.complete = true;
  products.of = Eigen::MatrixXd::Zero(x.cols(), x.cols());
  products.of.selfadjointView<Eigen::Lower>().rankUpdate(x.transpose(), 1 / static_cast<double>(x.rows()));
  products.of.triangularView<Eigen::StrictlyUpper>() = products.of.transpose();
  return products;
}

ColumnProducts products_without(const ColumnProducts& all, const Eigen::MatrixXd& x,
                                std::span<const Eigen::Index> held) {
  std::vector<Eigen::Index> columns(static_cast<std::size_t>(all.of.cols()));
  for (std::size_t j = 0; j < all.place.size(); ++j)
    if (all.place[j] >= 0) columns[static_cast<std::size_t>(all.place[j])] = static_cast<Eigen::Index>(j);
  const Eigen::MatrixXd gone = x(held, columns);
  const auto rows = static_cast<double>(x.rows()), left = static_cast<double>(x.rows() - gone.rows());
  Eigen::MatrixXd sums = rows * all.of;
  sums.selfadjointView<Eigen::Lower>().rankUpdate(gone.transpose(), -1);
  const Eigen::VectorXd total = gone.colwise().sum();  // with all rows it is 0: that of the others is its opposite
  sums.selfadjointView<Eigen::Lower>().rankUpdate(total, -1 / left);

  ColumnProducts products{all.place, {}, all.complete};
  Eigen::VectorXd scale = Eigen::VectorXd::Zero(sums.cols());
  for (Eigen::Index k = 0; k < sums.cols(); ++k) {
    if (all.of(k, k) == 0) continue;  // a constant column
    if (sums(k, k) >= kLeastLeft * rows) {
      scale[k] = 1 / std::sqrt(sums(k, k));
    } else {
      products.place[static_cast<std::size_t>(columns[static_cast<std::size_t>(k)])] = -1;
      products.complete = false;
    }
  }
  products.of = scale.asDiagonal() * sums * scale.asDiagonal();
  products.of.triangularView<Eigen::StrictlyUpper>() = products.of.transpose();
  return products;
}

}  // namespace radfuse::stats
