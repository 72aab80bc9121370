// SPDX-License-Identifier: Apache-2.0
// The corrected resampled t-interval.
#include "radfuse/stats/resampled.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "distributions.hpp"

namespace radfuse::stats {

ResampledMean corrected_resampled_t(std::span<const double> folds, int count, double level) {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  ResampledMean out{kNaN, kNaN, kNaN, kNaN, kNaN, ""};
  if (folds.empty()) {
    out.reason = "no fold has a value";
    return out;
  }
  const auto n = static_cast<double>(folds.size());
  double sum = 0, squares = 0;
  for (const double value : folds) sum += value;
  out.mean = sum / n;
  if (folds.size() < 2 || count < 2) {
    out.reason = "an interval needs two folds";
    return out;
  }
  for (const double value : folds) squares += (value - out.mean) * (value - out.mean);
  const double variance = squares / (n - 1);
  const auto [least, most] = std::ranges::minmax(folds);
  if (!(least < most)) {
    out.reason = "all folds gave the same value";
    return out;
  }
  // Held-out cases over cases fitted on is 1/(k - 1).
  const double error = std::sqrt((1 / n + 1.0 / (count - 1)) * variance);
  const double reach = t_quantile(0.5 + level / 2, n - 1) * error;
  out.lower = out.mean - reach;
  out.upper = out.mean + reach;
  out.t = out.mean / error;
  out.p = t_two_sided(out.t, n - 1);
  return out;
}

}  // namespace radfuse::stats
