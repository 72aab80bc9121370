// SPDX-License-Identifier: Apache-2.0
// Grey level distance zone matrix (IBSI VMDZ): 16 features of how far patches lie from the region's border.
#include "family.hpp"
#include "radfuse/base/error.hpp"
#include "zones.hpp"

namespace radfuse::radiomics {
namespace {

constexpr FeatureDef kFeatures[] = {
    {"small_distance_emphasis", "0GBI", "dzm_sde", "high when zones lie at the border"},
    {"large_distance_emphasis", "MB4I", "dzm_lde", "high when zones lie deep inside"},
    {"low_grey_level_zone_emphasis", "S1RA", "dzm_lgze", "high when zones are dark"},
    {"high_grey_level_zone_emphasis", "K26C", "dzm_hgze", "high when zones are bright"},
    {"small_distance_low_grey_level_emphasis", "RUVG", "dzm_sdlge", "high when zones are dark and at the border"},
    {"small_distance_high_grey_level_emphasis", "DKNJ", "dzm_sdhge", "high when zones are bright and at the border"},
    {"large_distance_low_grey_level_emphasis", "A7WM", "dzm_ldlge", "high when zones are dark and deep inside"},
    {"large_distance_high_grey_level_emphasis", "KLTH", "dzm_ldhge", "high when zones are bright and deep inside"},
    {"grey_level_non_uniformity", "VFT7", "dzm_glnu", "low when zones spread evenly over the grey levels"},
    {"normalised_grey_level_non_uniformity", "7HP3", "dzm_glnu_norm", "the same, relative to the number of zones"},
    {"zone_distance_non_uniformity", "V294", "dzm_zdnu", "low when zones spread evenly over the distances"},
    {"normalised_zone_distance_non_uniformity", "IATH", "dzm_zdnu_norm", "the same, relative to the number of zones"},
    {"zone_percentage", "VIWW", "dzm_z_perc", "zones for each voxel: 1 when no two neighbours are alike"},
    {"grey_level_variance", "QK93", "dzm_gl_var", "variance of the grey levels of zones"},
    {"zone_distance_variance", "7WT1", "dzm_zd_var", "variance of the distances of zones, in voxels squared"},
    {"zone_distance_entropy", "GBDU", "dzm_zd_entr", "disorder of grey levels and distances, in bits"},
};
static_assert(std::size(kFeatures) == kZoneFeatures);

}  // namespace

constinit const FamilyDef kGldzm{"gldzm",
                                 "VMDZ",
                                 FeatureGroup::gldzm,
                                 true,
                                 true,
                                 true,
                                 "grey level distance zone: how far such patches lie from the region's border",
                                 kFeatures};

void gldzm(const Context& context, std::span<Cells> cells) {
  if (!context.prepared.grey) throw StudyError("radiomics.discretise is missing: gldzm needs it");
  const auto aggregations = aggregations_for(context.params.gldzm.aggregations, context.two_dimensional, "gldzm");
  const ZoneTables* tables = zone_tables(context);
  for (std::size_t a = 0; a < cells.size(); ++a)
    if (tables == nullptr)
      cells[a].undefined_rest("roi_too_large");
    else
      store(tables->of[static_cast<std::size_t>(aggregations[a])].value().distances, "not_finite", cells[a]);
}

}  // namespace radfuse::radiomics
