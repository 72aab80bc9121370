// SPDX-License-Identifier: Apache-2.0
// The linear support vector machine.
#pragma once

#include <Eigen/Core>

namespace radfuse::stats {

struct SvmFit {
  double intercept = 0;
  Eigen::VectorXd coefficients;  ///< one for each column of x
  double gap = 0;                ///< largest violation of the optimality conditions
  bool converged = false;
};

/// Minimises |w|^2 / 2 + c sum of hinge losses: scikit-learn's SVC(kernel="linear", C=c); the intercept is free. Labels
/// are 0 and 1, both present. Needs rows^2 numbers of memory.
SvmFit fit_linear_svm(const Eigen::Ref<const Eigen::MatrixXd>& x, const Eigen::Ref<const Eigen::VectorXi>& y, double c,
                      double tolerance = 1e-6);

}  // namespace radfuse::stats
