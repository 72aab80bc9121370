// SPDX-License-Identifier: Apache-2.0
// Moments and percentiles of a set of values, shared by intensity statistics and the intensity histogram.
#pragma once

#include <string_view>

#include "family.hpp"
#include "intensities.hpp"

namespace radfuse::radiomics {

struct Distribution {
  double mean = 0, variance = 0, skewness = 0, kurtosis = 0;
  double minimum = 0, p10 = 0, p25 = 0, median = 0, p75 = 0, p90 = 0, maximum = 0;
  double mean_deviation = 0, robust_mean_deviation = 0, median_deviation = 0, energy = 0;
};

/// Percentiles interpolate linearly between order statistics (rank p*(n-1)); moments divide by n.
Distribution distribution_of(const Intensities& values);

/// The sixteen features that both families have, under their common names.
void set_common(const Distribution& d, std::string_view flat_reason, Cells& cells);

}  // namespace radfuse::radiomics
