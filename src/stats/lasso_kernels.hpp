// SPDX-License-Identifier: Apache-2.0
// The inner loops of coordinate descent, in an order of sums that depends on nothing but the length.
#pragma once

#include <Eigen/Core>
#include <vector>

namespace radfuse::stats {

double dot(const double* a, const double* b, Eigen::Index n);
/// a += factor * b
void add_scaled(double* a, double factor, const double* b, Eigen::Index n);
/// a += factor * b * weight
void add_scaled(double* a, double factor, const double* b, const double* weight, Eigen::Index n);
/// Each column of x, or each of `columns`, with r.
Eigen::VectorXd dots(const Eigen::MatrixXd& x, const Eigen::Ref<const Eigen::VectorXd>& r);
Eigen::VectorXd dots(const Eigen::MatrixXd& x, const std::vector<Eigen::Index>& columns,
                     const Eigen::Ref<const Eigen::VectorXd>& r);

}  // namespace radfuse::stats
