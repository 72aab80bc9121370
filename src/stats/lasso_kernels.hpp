// SPDX-License-Identifier: Apache-2.0
// The inner loops of coordinate descent, in an order of sums that depends on nothing but the length.
#pragma once

#include <Eigen/Core>
#include <array>
#include <vector>

namespace radfuse::stats {

double dot(const double* a, const double* b, Eigen::Index n);
/// a += factor * b
void add_scaled(double* a, double factor, const double* b, Eigen::Index n);
/// a += factor[0] * b[0] + ... + factor[3] * b[3]
void add_scaled(double* a, const std::array<double, 4>& factor, const std::array<const double*, 4>& b, Eigen::Index n);
/// a += factor * b * weight
void add_scaled(double* a, double factor, const double* b, const double* weight, Eigen::Index n);
/// Each column of x, or each of `columns`, with r.
Eigen::VectorXd dots(const Eigen::MatrixXd& x, const Eigen::Ref<const Eigen::VectorXd>& r);
Eigen::VectorXd dots(const Eigen::MatrixXd& x, const std::vector<Eigen::Index>& columns,
                     const Eigen::Ref<const Eigen::VectorXd>& r);

}  // namespace radfuse::stats
