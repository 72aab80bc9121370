// SPDX-License-Identifier: Apache-2.0
// How near rows are to each other, for t-SNE; and how well a map keeps it.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "radfuse/base/stop.hpp"
#include "radfuse/stats/tsne.hpp"
#include "tsne_parts.hpp"

namespace radfuse::stats {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// The `count` nearest rows to `i`, by their distance, then by their place.
std::vector<int> nearest(const Eigen::VectorXd& distance, Eigen::Index i, std::size_t count) {
  std::vector<int> order(static_cast<std::size_t>(distance.size()));
  std::iota(order.begin(), order.end(), 0);
  order.erase(order.begin() + i);
  const auto nearer = [&](int a, int b) { return std::pair(distance[a], a) < std::pair(distance[b], b); };
  const auto end = order.begin() + static_cast<std::ptrdiff_t>(std::min(count, order.size()));
  if (end != order.end()) std::nth_element(order.begin(), end, order.end(), nearer);
  order.erase(end, order.end());
  std::sort(order.begin(), order.end(), nearer);
  return order;
}

// Weights exp(-beta d) that sum to 1 and have the entropy log(perplexity), found by bisection of beta. Where more rows
// are equally near than the perplexity asks for, they share the weight.
std::vector<double> weights_of(const std::vector<double>& distance, double perplexity) {
  constexpr int kMostSteps = 200;
  const double wanted = std::log(perplexity), least = distance.front();
  double beta = 1, low = 0, high = kInfinity;
  if (const double mean = std::accumulate(distance.begin(), distance.end(), 0.0) / static_cast<double>(distance.size());
      mean > least)
    beta = 1 / (mean - least);
  std::vector<double> weight(distance.size());
  for (int step = 0; step < kMostSteps; ++step) {
    double sum = 0, mean = 0;
    for (std::size_t k = 0; k < distance.size(); ++k) {
      weight[k] = std::exp(-beta * (distance[k] - least));
      sum += weight[k];
      mean += weight[k] * (distance[k] - least);
    }
    for (double& w : weight) w /= sum;
    const double entropy = std::log(sum) + beta * mean / sum;
    if (std::abs(entropy - wanted) <= 1e-5) break;
    (entropy > wanted ? low : high) = beta;
    beta = std::isinf(high) ? beta * 2 : (low + high) / 2;
  }
  return weight;
}

}  // namespace

void squared_distances(const Eigen::MatrixXd& rows_as_columns, Eigen::Index i, Eigen::VectorXd& to) {
  to = (rows_as_columns.colwise() - rows_as_columns.col(i)).colwise().squaredNorm().transpose();
}

NeighbourPairs neighbour_pairs(const Eigen::Ref<const Eigen::MatrixXd>& x, double perplexity) {
  const Eigen::MatrixXd rows = x.transpose();
  const auto n = static_cast<std::size_t>(rows.cols());
  const auto count = static_cast<std::size_t>(3 * perplexity + 1e-9);
  std::vector<std::vector<std::pair<int, double>>> of_row(n);  // other > row, with one side's weight
  Eigen::VectorXd distance;
  std::vector<double> of_near;
  for (std::size_t i = 0; i < n; ++i) {
    if (i % 64 == 0) throw_if_stopped();
    squared_distances(rows, static_cast<Eigen::Index>(i), distance);
    const std::vector<int> near = nearest(distance, static_cast<Eigen::Index>(i), count);
    of_near.clear();
    for (const int j : near) of_near.push_back(distance[j]);
    const std::vector<double> weight = weights_of(of_near, perplexity);
    for (std::size_t k = 0; k < near.size(); ++k) {
      const int row = static_cast<int>(i);
      of_row[static_cast<std::size_t>(std::min(row, near[k]))].emplace_back(std::max(row, near[k]), weight[k]);
    }
  }
  NeighbourPairs pairs;
  const double scale = 1 / (2 * static_cast<double>(n));
  for (auto& others : of_row) {
    pairs.first.push_back(pairs.other.size());
    std::stable_sort(others.begin(), others.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (const auto& [other, weight] : others)
      if (pairs.other.size() > pairs.first.back() && pairs.other.back() == other) {
        pairs.p.back() += weight * scale;
      } else {
        pairs.other.push_back(other);
        pairs.p.push_back(weight * scale);
      }
  }
  pairs.first.push_back(pairs.other.size());
  return pairs;
}

double trustworthiness(const Eigen::Ref<const Eigen::MatrixXd>& x, const Eigen::Ref<const Eigen::MatrixXd>& map,
                       int neighbours) {
  const Eigen::MatrixXd rows = x.transpose(), places = map.transpose();
  const Eigen::Index n = rows.cols();
  Eigen::VectorXd there, here;
  double too_far = 0;
  for (Eigen::Index i = 0; i < n; ++i) {
    if (i % 64 == 0) throw_if_stopped();
    squared_distances(rows, i, there);
    squared_distances(places, i, here);
    for (const int j : nearest(here, i, static_cast<std::size_t>(neighbours))) {
      int rank = 1;
      for (Eigen::Index l = 0; l < n; ++l) rank += l != i && (there[l] < there[j] || (there[l] == there[j] && l < j));
      too_far += std::max(0, rank - neighbours);
    }
  }
  const auto count = static_cast<double>(n), k = static_cast<double>(neighbours);
  return 1 - 2 * too_far / (count * k * (2 * count - 3 * k - 1));
}

}  // namespace radfuse::stats
