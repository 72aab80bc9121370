// SPDX-License-Identifier: Apache-2.0
// Every feature there is: name, IBSI code, meaning. Lists, column names and tests are read off these tables.
#pragma once

#include <span>
#include <string_view>

#include "radfuse/radiomics/params.hpp"

namespace radfuse::radiomics {

struct FeatureDef {
  std::string_view name;  ///< as in column names
  std::string_view code;  ///< the IBSI's permanent code; empty where the IBSI has none
  std::string_view tag;   ///< the IBSI's short name in its reference tables; empty where it has none
  std::string_view doc;
};

struct FamilyDef {
  std::string_view name;  ///< as in column names
  std::string_view code;
  FeatureGroup group;    ///< the word in the study file
  bool volumes, planes;  ///< offered for 3-D images, for 2-D images
  bool aggregated;       ///< one value for each aggregation asked for
  std::string_view doc;
  std::span<const FeatureDef> features;
};

/// In the order of the columns.
std::span<const FamilyDef> families();

}  // namespace radfuse::radiomics
