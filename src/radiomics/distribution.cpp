// SPDX-License-Identifier: Apache-2.0
// Moments about the mean with double sums over the ordered values; order statistics by rank.
#include "distribution.hpp"

#include <cmath>

namespace radfuse::radiomics {
namespace {

void moments(const Intensities& values, Distribution& d) {
  double n = 0, sum = 0, energy = 0;
  values.each([&](double v, double count) {
    n += count;
    sum += count * v;
    energy += count * v * v;
  });
  d.mean = sum / n;
  d.energy = energy;
  double m2 = 0, m3 = 0, m4 = 0, absolute = 0, from_median = 0, inner = 0, inner_sum = 0;
  values.each([&](double v, double count) {
    const double x = v - d.mean, x2 = x * x;
    m2 += count * x2;
    m3 += count * x2 * x;
    m4 += count * x2 * x2;
    absolute += count * std::abs(x);
    from_median += count * std::abs(v - d.median);
    if (v >= d.p10 && v <= d.p90) {
      inner += count;
      inner_sum += count * v;
    }
  });
  const double inner_mean = inner_sum / inner;
  double robust = 0;
  values.each([&](double v, double count) {
    if (v >= d.p10 && v <= d.p90) robust += count * std::abs(v - inner_mean);
  });
  d.variance = d.minimum == d.maximum ? 0 : m2 / n;
  d.skewness = m3 / n / std::pow(d.variance, 1.5);
  d.kurtosis = m4 / n / (d.variance * d.variance) - 3;
  d.mean_deviation = absolute / n;
  d.median_deviation = from_median / n;
  d.robust_mean_deviation = robust / inner;
}

struct Rank {
  std::size_t below;
  double fraction;
};
Rank rank_of(double share, std::size_t n) {
  const double rank = share * static_cast<double>(n - 1);
  const double below = std::floor(rank);
  return {static_cast<std::size_t>(below), rank - below};
}

double select(const std::vector<float>& sorted, double share) {
  const Rank r = rank_of(share, sorted.size());
  const double low = static_cast<double>(sorted[r.below]);
  return r.fraction == 0 ? low : low + r.fraction * (static_cast<double>(sorted[r.below + 1]) - low);
}

double select(const std::vector<Weighted>& v, double share, std::size_t n) {
  const Rank r = rank_of(share, n);
  const double rank = static_cast<double>(r.below);
  double passed = 0;
  for (std::size_t i = 0; i < v.size(); ++i) {
    passed += v[i].count;
    if (rank >= passed) continue;
    if (r.fraction == 0 || rank + 1 < passed) return v[i].value;
    return v[i].value + r.fraction * (v[i + 1].value - v[i].value);
  }
  return v.back().value;
}

}  // namespace

Distribution distribution_of(const Intensities& values) {
  Distribution d;
  const auto at = [&values](double share) {
    return values.counted() ? select(values.runs, share, values.count) : select(values.sorted, share);
  };
  d.minimum = values.least();
  d.maximum = values.most();
  d.p10 = at(0.10);
  d.p25 = at(0.25);
  d.median = at(0.50);
  d.p75 = at(0.75);
  d.p90 = at(0.90);
  moments(values, d);
  return d;
}

void set_common(const Distribution& d, std::string_view flat_reason, Cells& cells) {
  cells.set("mean", d.mean);
  cells.set("variance", d.variance);
  cells.set("skewness", d.skewness, flat_reason);
  cells.set("excess_kurtosis", d.kurtosis, flat_reason);
  cells.set("median", d.median);
  cells.set("minimum", d.minimum);
  cells.set("percentile_10", d.p10);
  cells.set("percentile_90", d.p90);
  cells.set("maximum", d.maximum);
  cells.set("interquartile_range", d.p75 - d.p25);
  cells.set("range", d.maximum - d.minimum);
  cells.set("mean_absolute_deviation", d.mean_deviation);
  cells.set("robust_mean_absolute_deviation", d.robust_mean_deviation);
  cells.set("median_absolute_deviation", d.median_deviation);
  cells.set("coefficient_of_variation", std::sqrt(d.variance) / d.mean, "zero_mean");
  cells.set("quartile_coefficient_of_dispersion", (d.p75 - d.p25) / (d.p75 + d.p25), "zero_denominator");
}

}  // namespace radfuse::radiomics
