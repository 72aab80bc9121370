// SPDX-License-Identifier: Apache-2.0
// What the folds of a repeated cross-validation tell together.
#pragma once

#include <span>
#include <string>

namespace radfuse::stats {

struct ResampledMean {
  double mean, lower, upper;
  double t, p;         ///< of the mean against 0, two-sided
  std::string reason;  ///< why limits, t and p are NaN; empty otherwise
};
/// Mean of one value for each held-out fold (of all repeats), with the corrected resampled t-interval: folds share
/// training cases, so the variance over folds is multiplied by 1/J + 1/(k - 1) with J values of k-fold
/// cross-validation, and t has J - 1 degrees of freedom (Nadeau and Bengio 2003; Bouckaert and Frank 2004). `count` is
/// k. Limits are not cut.
ResampledMean corrected_resampled_t(std::span<const double> folds, int count, double level);

}  // namespace radfuse::stats
