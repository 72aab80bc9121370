// SPDX-License-Identifier: Apache-2.0
// Mann and Whitney 1947, Kruskal and Wallis 1952.
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "distributions.hpp"
#include "hypothesis_common.hpp"
#include "radfuse/stats/descriptive.hpp"

namespace radfuse::stats {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr Eigen::Index kMostExact = 50;  // R's wilcox.test: exact below

struct Ranked {
  Eigen::VectorXd ranks;
  double ties = 0;  ///< sum of t^3 - t over groups of equal values
};

Ranked ranked(const Eigen::Ref<const Eigen::VectorXd>& values) {
  Ranked result{ranks(values), 0};
  std::vector<double> sorted(values.data(), values.data() + values.size());
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t first = 0; first < sorted.size();) {
    std::size_t last = first;
    while (last < sorted.size() && sorted[last] == sorted[first]) ++last;
    const auto t = static_cast<double>(last - first);
    result.ties += t * t * t - t;
    first = last;
  }
  return result;
}

// P(U = u) for u = 0..nm when nothing differs, by the largest value: it belongs to x with probability n / (n + m), and
// then lies above all m of y (Mann and Whitney 1947, their recurrence divided by the number of orders).
std::vector<double> exact_distribution(std::size_t n, std::size_t m) {
  std::vector<std::vector<double>> row(m + 1, std::vector<double>(n * m + 1, 0.0));  // of i values of x, by those of y
  for (auto& each : row) each[0] = 1;
  for (std::size_t i = 1; i <= n; ++i)
    for (std::size_t j = 1; j <= m; ++j) {
      const double share = static_cast<double>(i) / static_cast<double>(i + j);
      for (std::size_t u = i * j + 1; u-- > 0;)
        row[j][u] = (u >= j ? share * row[j][u - j] : 0) + (1 - share) * row[j - 1][u];
    }
  return row[m];
}

// Thousands of features have the same two groups.
double exact_lower_tail(std::size_t n, std::size_t m, std::size_t u) {
  thread_local std::vector<double> distribution;
  thread_local std::pair<std::size_t, std::size_t> sizes{0, 0};
  if (sizes != std::pair(n, m)) {
    distribution = exact_distribution(n, m);
    sizes = {n, m};
  }
  double below = 0;
  for (std::size_t i = 0; i <= u; ++i) below += distribution[i];
  return below;
}

}  // namespace

TestResult mann_whitney(const Eigen::Ref<const Eigen::VectorXd>& x, const Eigen::Ref<const Eigen::VectorXd>& y,
                        RankP which, bool continuity) {
  if (x.size() == 0 || y.size() == 0) return undefined("a group has no value");
  Eigen::VectorXd both(x.size() + y.size());
  both << x, y;
  const Ranked order = ranked(both);
  const auto n = static_cast<double>(x.size()), m = static_cast<double>(y.size()), all = n + m;
  TestResult test{order.ranks.head(x.size()).sum() - n * (n + 1) / 2, kNaN, kNaN, 0, {}};
  const bool untied = order.ties == 0;
  if (which == RankP::exact && !untied) return undefined("values are tied: there is no exact p value");
  if (which == RankP::exact ||
      (which == RankP::automatic && untied && x.size() < kMostExact && y.size() < kMostExact)) {
    const double lesser = std::min(test.statistic, n * m - test.statistic);
    test.p = std::min(1.0, 2 * exact_lower_tail(static_cast<std::size_t>(x.size()), static_cast<std::size_t>(y.size()),
                                                static_cast<std::size_t>(std::llround(lesser))));
    return test;
  }
  const double deviation = std::sqrt(n * m / 12 * (all + 1 - order.ties / (all * (all - 1))));
  if (!(deviation > 0)) return undefined("all values are equal");
  const double off = std::abs(test.statistic - n * m / 2);
  test.p = std::min(1.0, normal_two_sided(std::max(0.0, off - (continuity ? 0.5 : 0)) / deviation));
  return test;
}

TestResult kruskal_wallis(const Eigen::Ref<const Eigen::VectorXd>& values, std::span<const int> group) {
  const Ranked order = ranked(values);
  std::vector<double> sum, count;
  for (std::size_t i = 0; i < group.size(); ++i) {
    const auto g = static_cast<std::size_t>(group[i]);
    if (g >= sum.size()) sum.resize(g + 1), count.resize(g + 1);
    sum[g] += order.ranks[static_cast<Eigen::Index>(i)];
    ++count[g];
  }
  const auto n = static_cast<double>(values.size());
  double spread = 0, groups = 0;
  for (std::size_t g = 0; g < sum.size(); ++g)
    if (count[g] > 0) {
      ++groups;
      spread += count[g] * std::pow(sum[g] / count[g] - (n + 1) / 2, 2);
    }
  if (groups < 2) return undefined("one group only");
  const double free = 1 - order.ties / (n * n * n - n);
  if (!(free > 0)) return undefined("all values are equal");
  const double h = 12 / (n * (n + 1)) * spread / free;
  return {h, groups - 1, kNaN, chi_squared_upper_tail(h, groups - 1), {}};
}

}  // namespace radfuse::stats
