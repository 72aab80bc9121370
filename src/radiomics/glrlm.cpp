// SPDX-License-Identifier: Apache-2.0
// Grey level run length matrix (IBSI TP0I): 16 features.
#include <algorithm>
#include <array>
#include <cmath>

#include "directional.hpp"
#include "family.hpp"

namespace radfuse::radiomics {
namespace {

constexpr FeatureDef kFeatures[] = {
    {"short_runs_emphasis", "22OV", "rlm_sre", "high when runs are short"},
    {"long_runs_emphasis", "W4KF", "rlm_lre", "high when runs are long"},
    {"low_grey_level_run_emphasis", "V3SW", "rlm_lgre", "high when runs are dark"},
    {"high_grey_level_run_emphasis", "G3QZ", "rlm_hgre", "high when runs are bright"},
    {"short_run_low_grey_level_emphasis", "HTZT", "rlm_srlge", "high when runs are short and dark"},
    {"short_run_high_grey_level_emphasis", "GD3A", "rlm_srhge", "high when runs are short and bright"},
    {"long_run_low_grey_level_emphasis", "IVPO", "rlm_lrlge", "high when runs are long and dark"},
    {"long_run_high_grey_level_emphasis", "3KUM", "rlm_lrhge", "high when runs are long and bright"},
    {"grey_level_non_uniformity", "R5YN", "rlm_glnu", "high when few grey levels have most runs"},
    {"normalised_grey_level_non_uniformity", "OVBL", "rlm_glnu_norm", "the same, as a share of the runs"},
    {"run_length_non_uniformity", "W92Y", "rlm_rlnu", "high when most runs are equally long"},
    {"normalised_run_length_non_uniformity", "IC23", "rlm_rlnu_norm", "the same, as a share of the runs"},
    {"run_percentage", "9ZK5", "rlm_r_perc", "runs for each voxel: 1 when no voxel is like the next"},
    {"grey_level_variance", "8CE5", "rlm_gl_var", "variance of the runs' grey levels"},
    {"run_length_variance", "SXLW", "rlm_rl_var", "variance of the runs' lengths"},
    {"run_entropy", "HJ9O", "rlm_rl_entr", "disorder of grey levels and lengths, in bits"},
};
constexpr std::size_t kCount = std::size(kFeatures);
static_assert(kCount == 16);
using Values = std::array<double, kCount>;

/// In the order of kFeatures. `runs` is not empty, and ascends in the grey level.
Values features_of(const RunList& runs, const MatrixFacts& facts) {
  double total = 0;
  int longest = 0;
  for (const Run& r : runs) {
    total += r.count;
    longest = std::max(longest, r.length);
  }
  Values v{};
  std::vector<double> of_length(static_cast<std::size_t>(longest) + 1, 0);
  double of_level = 0, level_squares = 0, mean_level = 0, mean_length = 0, entropy = 0;
  for (std::size_t k = 0; k < runs.size(); ++k) {
    const double share = runs[k].count / total, i2 = std::pow(runs[k].level, 2), j2 = std::pow(runs[k].length, 2);
    const double emphases[] = {1 / j2, j2, 1 / i2, i2, 1 / (i2 * j2), i2 / j2, j2 / i2, i2 * j2};
    for (std::size_t e = 0; e < std::size(emphases); ++e) v[e] += share * emphases[e];
    of_length[static_cast<std::size_t>(runs[k].length)] += share;
    of_level = k > 0 && runs[k].level == runs[k - 1].level ? of_level + share : share;
    if (k + 1 == runs.size() || runs[k + 1].level != runs[k].level) level_squares += of_level * of_level;
    mean_level += share * runs[k].level;
    mean_length += share * runs[k].length;
    if (share > 0) entropy -= share * std::log2(share);
  }
  double length_squares = 0;
  for (const double share : of_length) length_squares += share * share;
  for (const Run& r : runs) {
    v[13] += r.count / total * std::pow(r.level - mean_level, 2);
    v[14] += r.count / total * std::pow(r.length - mean_length, 2);
  }
  v[8] = facts.scale * total * level_squares;
  v[9] = level_squares;
  v[10] = facts.scale * total * length_squares;
  v[11] = length_squares;
  v[12] = total / facts.voxels;
  v[15] = std::abs(entropy);
  return v;
}

}  // namespace

constinit const FamilyDef kGlrlm{"glrlm",
                                 "TP0I",
                                 FeatureGroup::glrlm,
                                 true,
                                 true,
                                 true,
                                 "grey level run length: how long rows of one grey level are",
                                 kFeatures};

GlrlmAggregate glrlm_aggregate(const Context& context) {
  const GlrlmParams& p = context.params.glrlm;
  return {aggregations_for(p.aggregations, context.two_dimensional, "radiomics.glrlm.aggregations"), features_of,
          weight_exponents(p.weighting, 1)};
}

void glrlm(const Context& context, std::span<Cells> cells) {
  const DirectionalFeatures& features = directional_features(context);
  const auto aggregations =
      aggregations_for(context.params.glrlm.aggregations, context.two_dimensional, "radiomics.glrlm.aggregations");
  for (std::size_t a = 0; a < cells.size(); ++a) features.glrlm->store(aggregations[a], cells[a], "zero_denominator");
}

}  // namespace radfuse::radiomics
