// SPDX-License-Identifier: Apache-2.0
// Maps of the cases by their features, for people to look at: which cases are alike, before and after the chain. All
// cases of the study take part, and no model reads them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "radfuse/select/model_chains.hpp"
#include "radfuse/stats/tsne.hpp"

namespace radfuse {

/// Where in the chain the features of a map are taken.
enum class MapOf { entering, harmonised, leaving };
inline constexpr Named<MapOf> kMapsOf[] = {
    {"entering", MapOf::entering, "all features that enter the chain, as they are"},
    {"harmonised", MapOf::harmonised, "all features that are there after the last step that harmonises"},
    {"leaving", MapOf::leaving, "the features that leave the chain"},
};

/// Up to kMapComponents principal components of the cases' features: columns standardised over all cases, missing
/// values by the median, columns that do not vary left out.
inline constexpr Eigen::Index kMapComponents = 50;
struct MapFeatures {
  std::string model;
  MapOf of = MapOf::entering;
  std::size_t features = 0;    ///< that vary
  Eigen::MatrixXd components;  ///< cases x components
  double share = 0;            ///< of the variance that they hold
};
MapFeatures map_features(const std::string& model, MapOf of, const Eigen::Ref<const Eigen::MatrixXd>& values);

struct CaseMap {
  MapFeatures by;
  stats::TsneMap map;          ///< at: cases x 2, or no row when there is no map
  double trustworthiness = 0;  ///< among the components; NaN when there is no map
  std::string reason;          ///< why there is none
};
/// Cases are mapped up to this number: more dots than that are a stain, and take minutes.
inline constexpr Eigen::Index kMostMappedCases = 5000;
/// One map for each; `threads` never changes it.
std::vector<CaseMap> draw_maps(std::vector<MapFeatures> features, int threads);

/// What a model's chain was fitted from.
struct ModelSteps {
  const ModelChain& chain;
  const std::vector<StepParams>& steps;
};
/// The maps of every model. Where steps harmonise, the chain up to the last of them is fitted once more, to see all
/// features as they then are; that leaves no evidence.
std::vector<CaseMap> case_maps(std::span<const ModelSteps> models, const TrainingRows& training, std::uint64_t seed,
                               const ChainAids& aids = {});

/// map.csv: model,map,case_id,x,y.
std::string maps_to_csv(std::span<const CaseMap> maps, const FeatureTable& table);
/// map_summary.csv: a row for each map, drawn or not.
std::string map_summary_to_csv(std::span<const CaseMap> maps);

}  // namespace radfuse
