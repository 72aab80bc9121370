// SPDX-License-Identifier: Apache-2.0
// Mutual information of a number and a class by nearest neighbours (Ross 2014).
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <span>

namespace radfuse::stats {

/// In nats, at least 0. As scikit-learn's mutual_info_classif: the values over their SD (divided by n), k neighbours of
/// the same class, values of classes with one member left out. Ties are broken by noise of 1e-10 from the stream
/// `seed`, so that the same values always give the same number. NaN for a constant or when no class has two members.
double mutual_information(const Eigen::Ref<const Eigen::VectorXd>& x, std::span<const int> label, int k = 3,
                          std::uint64_t seed = 0);

}  // namespace radfuse::stats
