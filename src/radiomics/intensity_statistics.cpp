// SPDX-License-Identifier: Apache-2.0
// Intensity-based statistics (IBSI UHIW): of the intensities in the intensity mask, before discretisation.
#include <cmath>

#include "distribution.hpp"

namespace radfuse::radiomics {
namespace {

constexpr FeatureDef kFeatures[] = {
    {"mean", "Q4LE", "stat_mean", "mean intensity"},
    {"variance", "ECT3", "stat_var", "variance of the intensities (divided by n)"},
    {"skewness", "KE2A", "stat_skew", "asymmetry of the distribution; 0 when symmetric"},
    {"excess_kurtosis", "IPH6", "stat_kurt", "weight of the tails; 0 for a normal distribution"},
    {"median", "Y12H", "stat_median", "half of the voxels lie below"},
    {"minimum", "1GSF", "stat_min", "lowest intensity"},
    {"percentile_10", "QG58", "stat_p10", "a tenth of the voxels lies below"},
    {"percentile_90", "8DWT", "stat_p90", "a tenth of the voxels lies above"},
    {"maximum", "84IY", "stat_max", "highest intensity"},
    {"interquartile_range", "SALO", "stat_iqr", "75th less 25th percentile"},
    {"range", "2OJQ", "stat_range", "maximum less minimum"},
    {"mean_absolute_deviation", "4FUA", "stat_mad", "mean distance from the mean"},
    {"robust_mean_absolute_deviation", "1128", "stat_rmad", "the same within the 10th to 90th percentile"},
    {"median_absolute_deviation", "N72L", "stat_medad", "mean distance from the median"},
    {"coefficient_of_variation", "7TET", "stat_cov", "standard deviation divided by the mean"},
    {"quartile_coefficient_of_dispersion", "9S40", "stat_qcod", "interquartile range divided by the quartiles' sum"},
    {"energy", "N8CA", "stat_energy", "sum of squared intensities"},
    {"root_mean_square", "5ZWQ", "stat_rms", "square root of the mean squared intensity"},
};
static_assert(std::size(kFeatures) == 18);

}  // namespace

constinit const FamilyDef kIntensityStatistics{"intensity_statistics",
                                               "UHIW",
                                               FeatureGroup::intensity_statistics,
                                               true,
                                               true,
                                               false,
                                               "distribution of the intensities in the region, without binning",
                                               kFeatures};

void intensity_statistics(const Context& context, std::span<Cells> cells) {
  const Intensities& values = context.shared.intensities_of(context.prepared);
  const Distribution d = distribution_of(values);
  set_common(d, "one_intensity", cells[0]);
  cells[0].set("energy", d.energy);
  cells[0].set("root_mean_square", std::sqrt(d.energy / static_cast<double>(values.count)));
}

}  // namespace radfuse::radiomics
