// SPDX-License-Identifier: Apache-2.0
// The sixteen statistics that intensities and grey levels share, as the IBSI writes them, from a sorted list.
#pragma once

#include <algorithm>
#include <numeric>

#include "small_regions.hpp"

namespace radfuse::test {

inline double mean_of(const std::vector<double>& x) {
  return std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(x.size());
}
inline double mean_distance(const std::vector<double>& x, double from) {
  double sum = 0;
  for (const double v : x) sum += std::abs(v - from);
  return sum / static_cast<double>(x.size());
}

inline void expect_statistics(const NamedFeatures& f, std::vector<double> x, const std::string& which) {
  std::sort(x.begin(), x.end());
  const auto percentile = [&x](double share) {
    const double rank = share * static_cast<double>(x.size() - 1);
    const auto below = static_cast<std::size_t>(rank);
    const double high = x[std::min(below + 1, x.size() - 1)];
    return x[below] + (rank - static_cast<double>(below)) * (high - x[below]);
  };
  const double mean = mean_of(x), p10 = percentile(0.1), p25 = percentile(0.25), p75 = percentile(0.75),
               p90 = percentile(0.9);
  double m2 = 0, m3 = 0, m4 = 0;
  for (const double v : x) {
    m2 += std::pow(v - mean, 2) / static_cast<double>(x.size());
    m3 += std::pow(v - mean, 3) / static_cast<double>(x.size());
    m4 += std::pow(v - mean, 4) / static_cast<double>(x.size());
  }
  if (x.front() == x.back()) m2 = m3 = m4 = 0;
  std::vector<double> inner;
  std::copy_if(x.begin(), x.end(), std::back_inserter(inner), [&](double v) { return v >= p10 && v <= p90; });
  const double scale = std::max(std::abs(x.front()), std::abs(x.back()));
  expect_same(f["mean"], mean, "mean" + which, scale);
  expect_same(f["variance"], m2, "variance" + which, scale);
  expect_same(f["skewness"], m3 / std::pow(m2, 1.5), "skewness" + which, 1);
  expect_same(f["excess_kurtosis"], m4 / (m2 * m2) - 3, "kurtosis" + which, 1);
  expect_same(f["median"], percentile(0.5), "median" + which);
  expect_same(f["minimum"], x.front(), "minimum" + which);
  expect_same(f["percentile_10"], p10, "p10" + which);
  expect_same(f["percentile_90"], p90, "p90" + which);
  expect_same(f["maximum"], x.back(), "maximum" + which);
  expect_same(f["interquartile_range"], p75 - p25, "iqr" + which);
  expect_same(f["range"], x.back() - x.front(), "range" + which);
  expect_same(f["mean_absolute_deviation"], mean_distance(x, mean), "mad" + which, scale);
  expect_same(f["robust_mean_absolute_deviation"], mean_distance(inner, mean_of(inner)), "rmad" + which, scale);
  expect_same(f["median_absolute_deviation"], mean_distance(x, percentile(0.5)), "medad" + which);
  if (std::abs(mean) > 1e-6 || mean == 0)
    expect_same(f["coefficient_of_variation"], std::sqrt(m2) / mean, "cov" + which);
  expect_same(f["quartile_coefficient_of_dispersion"], (p75 - p25) / (p75 + p25), "qcod" + which);
}

}  // namespace radfuse::test
