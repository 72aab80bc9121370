// SPDX-License-Identifier: Apache-2.0
// Missing values from the nearest rows that have them (Troyanskaya et al. 2001), by the conventions of scikit-learn's
// KNNImputer with uniform weights.
#pragma once

#include <Eigen/Core>

namespace radfuse::stats {

class NearestRows {
 public:
  /// `rows` have NaN where a value is missing, and at least one value in each column.
  NearestRows(Eigen::MatrixXd rows, int neighbours);
  /// `row` with each gap replaced by the mean over the nearest rows that have the value. The squared distance of two
  /// rows is the sum over the columns that both have, times columns over columns that both have. Rows that share no
  /// column are no neighbours; where there is none, the column's mean is taken. Of rows equally near the first counts.
  Eigen::VectorXd fill(const Eigen::Ref<const Eigen::VectorXd>& row) const;

 private:
  Eigen::MatrixXd rows_;  // columns x rows: a row's values lie side by side
  Eigen::VectorXd means_;
  int neighbours_;
};

}  // namespace radfuse::stats
