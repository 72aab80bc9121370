// SPDX-License-Identifier: Apache-2.0
// Grey level run length matrix (IBSI TP0I): 16 features.
#include <array>

#include "directional.hpp"
#include "family.hpp"
#include "zone_features.hpp"

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
static_assert(std::size(kFeatures) == kZoneFeatures);
using Values = std::array<double, kZoneFeatures>;

/// Runs are to this matrix what zones are to theirs; merged by weight, absolute counts are `scale` times those listed.
Values features_of(const RunList& runs, const MatrixFacts& facts) {
  CountList counts;
  counts.reserve(runs.size());
  for (const Run& r : runs) counts.push_back({r.level, r.length, r.count});
  Values v = zone_features(counts, facts.voxels);
  v[8] *= facts.scale;   // grey level non-uniformity
  v[10] *= facts.scale;  // run length non-uniformity
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
