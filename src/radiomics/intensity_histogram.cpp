// SPDX-License-Identifier: Apache-2.0
// Intensity histogram (IBSI ZVCW): the same statistics of the grey levels, with entropy and gradients of the bins.
#include <cmath>

#include "distribution.hpp"
#include "radfuse/base/error.hpp"

namespace radfuse::radiomics {
namespace {

constexpr FeatureDef kFeatures[] = {
    {"mean", "X6K6", "ih_mean", "mean grey level"},
    {"variance", "CH89", "ih_var", "variance of the grey levels (divided by n)"},
    {"skewness", "88K1", "ih_skew", "asymmetry of the distribution; 0 when symmetric"},
    {"excess_kurtosis", "C3I7", "ih_kurt", "weight of the tails; 0 for a normal distribution"},
    {"median", "WIFQ", "ih_median", "half of the voxels lie below"},
    {"minimum", "1PR8", "ih_min", "lowest grey level"},
    {"percentile_10", "GPMT", "ih_p10", "a tenth of the voxels lies below"},
    {"percentile_90", "OZ0C", "ih_p90", "a tenth of the voxels lies above"},
    {"maximum", "3NCY", "ih_max", "highest grey level"},
    {"mode", "AMMC", "ih_mode", "the most frequent grey level; of equals the one nearest the mean"},
    {"interquartile_range", "WR0O", "ih_iqr", "75th less 25th percentile"},
    {"range", "5Z3W", "ih_range", "maximum less minimum"},
    {"mean_absolute_deviation", "D2ZX", "ih_mad", "mean distance from the mean"},
    {"robust_mean_absolute_deviation", "WRZB", "ih_rmad", "the same within the 10th to 90th percentile"},
    {"median_absolute_deviation", "4RNL", "ih_medad", "mean distance from the median"},
    {"coefficient_of_variation", "CWYJ", "ih_cov", "standard deviation divided by the mean"},
    {"quartile_coefficient_of_dispersion", "SLWD", "ih_qcod", "interquartile range divided by the quartiles' sum"},
    {"entropy", "TLU2", "ih_entropy", "disorder of the grey levels, in bits"},
    {"uniformity", "BJ5W", "ih_uniformity", "sum of squared shares of the bins"},
    {"maximum_gradient", "12CE", "ih_max_grad", "steepest rise of the histogram from bin to bin"},
    {"maximum_gradient_intensity", "8E6O", "ih_max_grad_g", "grey level of the steepest rise"},
    {"minimum_gradient", "VQB3", "ih_min_grad", "steepest fall of the histogram from bin to bin"},
    {"minimum_gradient_intensity", "RHQZ", "ih_min_grad_g", "grey level of the steepest fall"},
};
static_assert(std::size(kFeatures) == 23);

/// Voxels in each bin. Four counters of a bin take turns, so that neighbours of one grey level do not wait for each
/// other.
std::vector<double> bins_of(const GreyLevels& grey) {
  const auto size = static_cast<std::size_t>(grey.count) + 1;
  std::vector<std::uint32_t> counts(4 * size, 0);
  const auto& levels = grey.levels;
  std::size_t i = 0;
  for (; i + 4 <= levels.size(); i += 4)
    for (std::size_t bank = 0; bank < 4; ++bank) ++counts[bank * size + levels[i + bank]];
  for (; i < levels.size(); ++i) ++counts[levels[i]];
  std::vector<double> bins;
  for (std::size_t level = 1; level < size; ++level)
    bins.push_back(static_cast<double>(counts[level]) + counts[size + level] + counts[2 * size + level] +
                   counts[3 * size + level]);
  return bins;
}

/// Rise of the histogram at bin i: central differences, one-sided at the two ends.
double gradient(const std::vector<double>& bins, std::size_t i) {
  if (i == 0) return bins[1] - bins[0];
  if (i + 1 == bins.size()) return bins[i] - bins[i - 1];
  return (bins[i + 1] - bins[i - 1]) / 2;
}

void set_gradients(const std::vector<double>& bins, Cells& cells) {
  if (bins.size() < 2) return cells.undefined_rest("one_grey_level");
  std::size_t up = 0, down = 0;
  for (std::size_t i = 1; i < bins.size(); ++i) {
    if (gradient(bins, i) > gradient(bins, up)) up = i;
    if (gradient(bins, i) < gradient(bins, down)) down = i;
  }
  cells.set("maximum_gradient", gradient(bins, up));
  cells.set("maximum_gradient_intensity", static_cast<double>(up + 1));
  cells.set("minimum_gradient", gradient(bins, down));
  cells.set("minimum_gradient_intensity", static_cast<double>(down + 1));
}

}  // namespace

constinit const FamilyDef kIntensityHistogram{"intensity_histogram",
                                              "ZVCW",
                                              FeatureGroup::intensity_histogram,
                                              true,
                                              true,
                                              false,
                                              "distribution of the grey levels (intensities after binning)",
                                              kFeatures};

void intensity_histogram(const Context& context, std::span<Cells> cells) {
  if (!context.prepared.grey) throw StudyError("radiomics.discretise is missing: intensity_histogram needs it");
  const GreyLevels& grey = *context.prepared.grey;
  const std::vector<double> bins = bins_of(grey);
  Intensities ordered;
  std::vector<Weighted>& values = ordered.runs;
  double n = 0;
  for (std::size_t i = 0; i < bins.size(); ++i)
    if (bins[i] > 0) {
      values.push_back({static_cast<double>(i + 1), bins[i]});
      n += bins[i];
    }
  ordered.count = static_cast<std::size_t>(n);
  const Distribution d = distribution_of(ordered);
  set_common(d, "one_grey_level", cells[0]);
  Weighted mode = values.front();
  double entropy = 0, uniformity = 0;
  for (const Weighted& w : values) {
    const double share = w.count / n;
    entropy -= share * std::log2(share);
    uniformity += share * share;
    const bool nearer = std::abs(w.value - d.mean) < std::abs(mode.value - d.mean);
    if (w.count > mode.count || (w.count == mode.count && nearer)) mode = w;
  }
  cells[0].set("mode", mode.value);
  cells[0].set("entropy", std::abs(entropy));
  cells[0].set("uniformity", uniformity);
  set_gradients(bins, cells[0]);
}

}  // namespace radfuse::radiomics
