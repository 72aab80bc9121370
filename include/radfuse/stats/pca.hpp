// SPDX-License-Identifier: Apache-2.0
// Principal components.
#pragma once

#include <Eigen/Core>

namespace radfuse::stats {

struct Pca {
  Eigen::VectorXd mean;      ///< of each column
  Eigen::MatrixXd loadings;  ///< columns x components, orthonormal
  Eigen::VectorXd variance;  ///< of each component (n - 1), falling
  double total = 0;          ///< variance of all columns together
};

/// x: two rows or more. Columns are centred and not scaled. Components without variance are left out. The sign of a
/// component is such that the row farthest from the mean along it is on the positive side, as in scikit-learn 1.2.
Pca fit_pca(const Eigen::Ref<const Eigen::MatrixXd>& x);

}  // namespace radfuse::stats
