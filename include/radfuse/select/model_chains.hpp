// SPDX-License-Identifier: Apache-2.0
// 5_select: one fitted chain for each model of the study, as the files that later stages read.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "radfuse/select/chain.hpp"

namespace radfuse {

struct ModelChain {
  std::string model;
  std::vector<std::string> blocks;
  FittedChain chain;
};

/// chain.json: {"chains": [{"model", "blocks", "chain"}]}. Reads back to the same bytes, of each chain too.
std::string to_json(const std::vector<ModelChain>& chains);
std::vector<ModelChain> model_chains_from_json(std::string_view json);

/// selection.csv: model,feature,kept,step,reason; a row for each feature that entered a model's chain.
std::string selection_to_csv(const std::vector<ModelChain>& chains);

/// Every case behind every chain: columns <model>.<feature>. Remarks of the application go to `remarks`, each with the
/// model in front.
FeatureTable selected_features(const std::vector<ModelChain>& chains, const Dataset& data,
                               std::vector<std::string>* remarks = nullptr);

}  // namespace radfuse
