// SPDX-License-Identifier: Apache-2.0
// Means, quantiles, ranks and correlations. Inputs are finite and not empty unless a function says otherwise.
#pragma once

#include <Eigen/Core>

namespace radfuse::stats {

double mean(const Eigen::Ref<const Eigen::VectorXd>& x);
/// Divided by n - 1; NaN for fewer than two values.
double variance(const Eigen::Ref<const Eigen::VectorXd>& x);
/// Quantile at `probability` in [0, 1], type 7 of Hyndman and Fan (1996): the default of R and NumPy.
double quantile(Eigen::VectorXd x, double probability);
double median(const Eigen::Ref<const Eigen::VectorXd>& x);
/// The values that are there: x without NaN, which may leave none.
Eigen::VectorXd present(const Eigen::Ref<const Eigen::VectorXd>& x);
/// True when all values are equal.
bool is_constant(const Eigen::Ref<const Eigen::VectorXd>& x);

/// Ranks from 1; ties share their mean rank.
Eigen::VectorXd ranks(const Eigen::Ref<const Eigen::VectorXd>& x);
/// NaN when one of them is constant.
double pearson(const Eigen::Ref<const Eigen::VectorXd>& x, const Eigen::Ref<const Eigen::VectorXd>& y);
/// Pearson's r of the ranks.
double spearman(const Eigen::Ref<const Eigen::VectorXd>& x, const Eigen::Ref<const Eigen::VectorXd>& y);
/// Each column minus its mean, divided by its length: the product of two such columns is their correlation. Constant
/// columns become NaN.
Eigen::MatrixXd correlation_scores(const Eigen::Ref<const Eigen::MatrixXd>& x);

/// The share of positive-negative pairs that `score` orders rightly, ties counting one half, from ranks. Labels are
/// 0 and 1; NaN when a class is missing.
double auc(const Eigen::Ref<const Eigen::VectorXi>& label, const Eigen::Ref<const Eigen::VectorXd>& score);

}  // namespace radfuse::stats
