// SPDX-License-Identifier: Apache-2.0
// Yeo and Johnson's power transformation (Biometrika 2000).
#pragma once

#include <Eigen/Core>

namespace radfuse::stats {

/// Rises with x for every lambda; lambda = 1 changes nothing.
double yeo_johnson(double x, double lambda);
/// The lambda in [-5, 5] with the largest normal likelihood of the transformed values, to 1e-8. x is not constant.
double yeo_johnson_lambda(const Eigen::Ref<const Eigen::VectorXd>& x);

}  // namespace radfuse::stats
