// SPDX-License-Identifier: Apache-2.0
// Parameters of the families over zones and neighbourhoods, one grey level for each whole number from the least on.
#pragma once

#include <utility>
#include <vector>

#include "radfuse/radiomics/params.hpp"

namespace radfuse::test {

inline const std::vector<ZoneAggregation> kAllZones = {ZoneAggregation::slices_averaged, ZoneAggregation::slices_merged,
                                                       ZoneAggregation::volume};

inline RadiomicsParams zone_params(std::vector<ZoneAggregation> aggregations = {}) {
  RadiomicsParams p;
  p.families = {FeatureGroup::glszm, FeatureGroup::gldzm, FeatureGroup::ngtdm, FeatureGroup::ngldm};
  p.discretise = DiscretiseParams{Discretisation::fixed_bin_size, 1.0, 32};
  p.glszm.aggregations = p.gldzm.aggregations = p.ngtdm.aggregations = p.ngldm.aggregations = std::move(aggregations);
  return p;
}

}  // namespace radfuse::test
