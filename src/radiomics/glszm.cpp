// SPDX-License-Identifier: Apache-2.0
// Grey level size zone matrix (IBSI 9SAK): 16 features of how large connected patches of one grey level are.
#include "family.hpp"
#include "radfuse/base/error.hpp"
#include "zones.hpp"

namespace radfuse::radiomics {
namespace {

constexpr FeatureDef kFeatures[] = {
    {"small_zone_emphasis", "5QRC", "szm_sze", "high when zones are small"},
    {"large_zone_emphasis", "48P8", "szm_lze", "high when zones are large"},
    {"low_grey_level_zone_emphasis", "XMSY", "szm_lgze", "high when zones are dark"},
    {"high_grey_level_zone_emphasis", "5GN9", "szm_hgze", "high when zones are bright"},
    {"small_zone_low_grey_level_emphasis", "5RAI", "szm_szlge", "high when zones are small and dark"},
    {"small_zone_high_grey_level_emphasis", "HW1V", "szm_szhge", "high when zones are small and bright"},
    {"large_zone_low_grey_level_emphasis", "YH51", "szm_lzlge", "high when zones are large and dark"},
    {"large_zone_high_grey_level_emphasis", "J17V", "szm_lzhge", "high when zones are large and bright"},
    {"grey_level_non_uniformity", "JNSA", "szm_glnu", "low when zones spread evenly over the grey levels"},
    {"normalised_grey_level_non_uniformity", "Y1RO", "szm_glnu_norm", "the same, relative to the number of zones"},
    {"zone_size_non_uniformity", "4JP3", "szm_zsnu", "low when zones spread evenly over the sizes"},
    {"normalised_zone_size_non_uniformity", "VB3A", "szm_zsnu_norm", "the same, relative to the number of zones"},
    {"zone_percentage", "P30P", "szm_z_perc", "zones for each voxel: 1 when no two neighbours are alike"},
    {"grey_level_variance", "BYLV", "szm_gl_var", "variance of the grey levels of zones"},
    {"zone_size_variance", "3NSA", "szm_zs_var", "variance of the sizes of zones, in voxels squared"},
    {"zone_size_entropy", "GU8N", "szm_zs_entr", "disorder of grey levels and sizes, in bits"},
};
static_assert(std::size(kFeatures) == kZoneFeatures);

}  // namespace

constinit const FamilyDef kGlszm{"glszm",
                                 "9SAK",
                                 FeatureGroup::glszm,
                                 true,
                                 true,
                                 true,
                                 "grey level size zone: how large connected patches of one grey level are",
                                 kFeatures};

void glszm(const Context& context, std::span<Cells> cells) {
  if (!context.prepared.grey) throw StudyError("radiomics.discretise is missing: glszm needs it");
  const auto aggregations = aggregations_for(context.params.glszm.aggregations, context.two_dimensional, "glszm");
  const ZoneTables* tables = zone_tables(context);
  for (std::size_t a = 0; a < cells.size(); ++a)
    if (tables == nullptr)
      cells[a].undefined_rest("roi_too_large");
    else
      store(tables->of[static_cast<std::size_t>(aggregations[a])].value().sizes, "not_finite", cells[a]);
}

}  // namespace radfuse::radiomics
