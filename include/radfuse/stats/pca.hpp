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

/// The rows along the first components only.
struct PcaScores {
  Eigen::MatrixXd scores;  ///< rows x components; signs as in fit_pca
  double share = 0;        ///< of the columns' variance that they hold
};
/// At most `most` components, for pictures: by the smaller product of the centred matrix with itself and subspace
/// iteration (the last components of a large table to a few digits only), which takes seconds where fit_pca takes
/// minutes. Components with less than 1e-10 of the first one's variance are left out.
PcaScores leading_scores(const Eigen::Ref<const Eigen::MatrixXd>& x, Eigen::Index most);

}  // namespace radfuse::stats
