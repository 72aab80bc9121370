// SPDX-License-Identifier: Apache-2.0
// Moments in two passes with double sums; order statistics by selection, not by sorting.
#include "distribution.hpp"

#include <algorithm>
#include <cmath>

namespace radfuse::radiomics {
namespace {

/// `each(f)` calls f(value, count) for every value, in a fixed order.
template <class Each>
void moments(Each each, Distribution& d) {
  double n = 0, sum = 0, energy = 0;
  each([&](double v, double count) {
    n += count;
    sum += count * v;
    energy += count * v * v;
  });
  d.mean = sum / n;
  d.energy = energy;
  double m2 = 0, m3 = 0, m4 = 0, absolute = 0, from_median = 0, inner = 0, inner_sum = 0;
  each([&](double v, double count) {
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
  each([&](double v, double count) {
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

/// Puts the order statistics around `share` in place, given that those before `done` are.
double select(std::vector<float>& v, double share, std::size_t& done) {
  const Rank r = rank_of(share, v.size());
  const auto at = v.begin() + static_cast<std::ptrdiff_t>(r.below);
  if (r.below >= done) {
    std::nth_element(v.begin() + static_cast<std::ptrdiff_t>(done), at, v.end());
    done = r.below + 1;
  }
  const double low = static_cast<double>(*at);
  if (r.fraction == 0) return low;
  if (r.below + 1 >= done) {
    std::iter_swap(at + 1, std::min_element(at + 1, v.end()));
    done = r.below + 2;
  }
  const double high = static_cast<double>(*(at + 1));
  return low + r.fraction * (high - low);
}

double select(const std::vector<Weighted>& v, double share, std::size_t n) {
  const Rank r = rank_of(share, n);
  double passed = 0;
  for (std::size_t i = 0; i < v.size(); ++i) {
    passed += v[i].count;
    const double rank = static_cast<double>(r.below);
    if (rank >= passed) continue;
    if (r.fraction == 0 || rank + 1 < passed) return v[i].value;
    return v[i].value + r.fraction * (v[i + 1].value - v[i].value);
  }
  return v.back().value;
}

}  // namespace

Distribution distribution_of(std::vector<float> values) {
  Distribution d;
  const std::vector<float> ordered_as_given = values;
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  d.minimum = static_cast<double>(*least);
  d.maximum = static_cast<double>(*most);
  std::size_t done = 0;
  d.p10 = select(values, 0.10, done);
  d.p25 = select(values, 0.25, done);
  d.median = select(values, 0.50, done);
  d.p75 = select(values, 0.75, done);
  d.p90 = select(values, 0.90, done);
  moments(
      [&ordered_as_given](auto f) {
        for (const float v : ordered_as_given) f(static_cast<double>(v), 1.0);
      },
      d);
  return d;
}

Distribution distribution_of(const std::vector<Weighted>& values) {
  Distribution d;
  double n = 0;
  for (const Weighted& w : values) n += w.count;
  const auto count = static_cast<std::size_t>(n);
  d.minimum = values.front().value;
  d.maximum = values.back().value;
  d.p10 = select(values, 0.10, count);
  d.p25 = select(values, 0.25, count);
  d.median = select(values, 0.50, count);
  d.p75 = select(values, 0.75, count);
  d.p90 = select(values, 0.90, count);
  moments(
      [&values](auto f) {
        for (const Weighted& w : values) f(w.value, w.count);
      },
      d);
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
