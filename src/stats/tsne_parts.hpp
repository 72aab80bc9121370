// SPDX-License-Identifier: Apache-2.0
// What t-SNE is made of: how near rows are to each other, and the forces on the map.
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <vector>

namespace radfuse::stats {

/// The share p of each pair of rows that are neighbours, of all pairs' sum: row i's pairs (i, other) with other > i
/// stand from first[i] to first[i + 1]. The pair (other, i) has the same p; over both orders they sum to 1.
struct NeighbourPairs {
  std::vector<std::size_t> first;  ///< rows + 1
  std::vector<int> other;
  std::vector<double> p;
};

/// Each row's floor(3 perplexity) nearest rows, weighted by a normal curve whose width gives the perplexity (its
/// logarithm to 1e-5), then made symmetric. `x` has more rows than that.
NeighbourPairs neighbour_pairs(const Eigen::Ref<const Eigen::MatrixXd>& x, double perplexity);

/// Squared distances of row `i` to all rows; the same to the last bit from either side.
void squared_distances(const Eigen::MatrixXd& rows_as_columns, Eigen::Index i, Eigen::VectorXd& to);

/// Places on the map, one axis after the other.
struct Places {
  std::vector<double> x, y;
};

/// Sum over the other rows j of q^2 (place - place of j), row by row, where q = 1 / (1 + squared distance); returns the
/// sum of q over all ordered pairs. theta: see TsneOptions; 0: each pair by itself.
double push_apart(const Places& at, double theta, Places& force);

/// The gradient of the divergence, with p counted `exaggeration` times where it draws rows together.
void divergence_gradient(const NeighbourPairs& pairs, const Places& at, double theta, double exaggeration,
                         Places& gradient);

/// Sum of p log(p / q) over all pairs of neighbours, q from all pairs.
double divergence(const NeighbourPairs& pairs, const Places& at);

}  // namespace radfuse::stats
