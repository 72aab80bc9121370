// SPDX-License-Identifier: Apache-2.0
// Selection by the l2,1 norm: a feature's weights in all classes shrink together.
#pragma once

#include <Eigen/Core>

#include "radfuse/stats/params.hpp"

namespace radfuse::stats {

struct L21Options {
  L21Loss loss = L21Loss::robust;  ///< sum of the rows' residual lengths, or half the sum of squares
  double gamma = 1;                ///< weight of the penalty, the sum over features of the length of their weights
  double tolerance = 1e-9;         ///< change of the objective between two rounds at which they end, as a share of it
  int most_rounds = 2000;
};
struct L21Fit {
  Eigen::MatrixXd weights;  ///< columns of x by columns of y
  double objective = 0;
  int rounds = 0;
  bool converged = false;
};

/// Minimises loss + gamma |W|_2,1; no intercept: centre x, and y for least squares. The robust form by Nie's reweighted
/// equations, in the size of rows or columns, whichever are fewer; its weights come near 0 and never reach it. Least
/// squares by block coordinate descent: weights are exactly 0.
L21Fit fit_l21(const Eigen::Ref<const Eigen::MatrixXd>& x, const Eigen::Ref<const Eigen::MatrixXd>& y,
               const L21Options& options = {});

/// The smallest gamma that leaves no feature. For the robust loss, no row of y may be 0.
double l21_gamma_max(const Eigen::Ref<const Eigen::MatrixXd>& x, const Eigen::Ref<const Eigen::MatrixXd>& y,
                     L21Loss loss);

}  // namespace radfuse::stats
