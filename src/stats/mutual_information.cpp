// SPDX-License-Identifier: Apache-2.0
// In one dimension the neighbours of a value are beside it in the sorted order: no tree is needed.
#include "radfuse/stats/mutual_information.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <vector>

#include "distributions.hpp"
#include "radfuse/base/rng.hpp"

namespace radfuse::stats {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// Distance to the k-th nearest of the others in a sorted list.
double neighbour_distance(const std::vector<double>& sorted, std::size_t at, std::size_t k) {
  std::size_t low = at, high = at;
  double distance = 0;
  for (std::size_t found = 0; found < k; ++found) {
    const double left = low > 0 ? sorted[at] - sorted[low - 1] : std::numeric_limits<double>::infinity();
    const double right =
        high + 1 < sorted.size() ? sorted[high + 1] - sorted[at] : std::numeric_limits<double>::infinity();
    if (left <= right) {
      --low;
      distance = left;
    } else {
      ++high;
      distance = right;
    }
  }
  return distance;
}

std::vector<double> scaled(const Eigen::Ref<const Eigen::VectorXd>& x, std::uint64_t seed) {
  const double deviation = std::sqrt((x.array() - x.mean()).square().mean());
  std::vector<double> values(x.data(), x.data() + x.size());
  for (double& v : values) v /= deviation;
  double size = 0;
  for (const double v : values) size += std::abs(v);
  const double noise = 1e-10 * std::max(1.0, size / static_cast<double>(values.size()));
  Rng rng(seed, "stats.mutual_information");
  for (double& v : values) v += noise * rng.normal();
  return values;
}

}  // namespace

double mutual_information(const Eigen::Ref<const Eigen::VectorXd>& x, std::span<const int> label, int k,
                          std::uint64_t seed) {
  if (x.size() == 0 || x.maxCoeff() == x.minCoeff()) return kNaN;
  const std::vector<double> values = scaled(x, seed);
  std::map<int, std::vector<double>> classes;
  for (std::size_t i = 0; i < values.size(); ++i) classes[label[i]].push_back(values[i]);
  std::vector<double> all;
  for (auto& [name, members] : classes) {
    std::sort(members.begin(), members.end());
    if (members.size() > 1) all.insert(all.end(), members.begin(), members.end());
  }
  if (all.empty()) return kNaN;
  std::sort(all.begin(), all.end());
  double neighbours = 0, sizes = 0, within = 0;
  for (const auto& [name, members] : classes) {
    if (members.size() < 2) continue;
    const std::size_t near = std::min(static_cast<std::size_t>(k), members.size() - 1);
    const double of_neighbours = digamma(static_cast<double>(near)),
                 of_size = digamma(static_cast<double>(members.size()));
    for (std::size_t i = 0; i < members.size(); ++i) {
      const double radius = std::nextafter(neighbour_distance(members, i, near), 0);
      // Distances, not places, are held against the radius: a place plus a radius would round onto the neighbour
      // itself.
      const auto first =
          std::partition_point(all.begin(), all.end(), [&](double v) { return members[i] - v > radius; });
      const auto last = std::partition_point(first, all.end(), [&](double v) { return v - members[i] <= radius; });
      within += digamma(static_cast<double>(last - first));
      neighbours += of_neighbours;
      sizes += of_size;
    }
  }
  const auto n = static_cast<double>(all.size());
  return std::max(0.0, digamma(n) + (neighbours - sizes - within) / n);
}

}  // namespace radfuse::stats
