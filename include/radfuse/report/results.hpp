// SPDX-License-Identifier: Apache-2.0
// What the earlier stages found, as far as the report tells of it.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "radfuse/learn/params.hpp"
#include "radfuse/table/cohort.hpp"

namespace radfuse {

/// What became of a feature in the chain of selection.
struct SelectedFeature {
  std::string feature = {};
  bool kept = false;
  std::string step = {}, reason = {};  ///< step reads "2 correlation"; empty when kept
};

struct Coefficient {
  std::string feature = {};
  double value = 0;  ///< change of the log-odds
};
/// A final model, as its file tells it.
struct FinalModel {
  std::string model = {};
  Learner learner = Learner::logistic;
  std::vector<std::string> features = {};      ///< columns that enter the learner
  std::vector<Coefficient> coefficients = {};  ///< logistic only
  std::string unit = {};                       ///< of a coefficient: "per standard deviation of the training cases"
};

struct SegmentationQuality {
  std::string case_id = {}, image = {};
  Split split = Split::train;
  bool trained_on = false;  ///< the network learned from this case: its Dice is optimistic
  double dice = 0;
};

/// Something that learned from cases, and from which.
struct Fitted {
  std::string what = {};  ///< "the chain of 5_select", "model fusion, logistic"
  std::vector<std::string> cases = {};
};

/// Feature columns that a stage made.
struct FeatureBlock {
  std::string block = {}, file = {};
  std::size_t columns = 0;
};

struct StudyResults {
  std::string name = {};  ///< of the study
  Cohort cohort = {};
  std::vector<FeatureBlock> blocks = {};
  std::vector<SelectedFeature> selection = {};
  std::vector<FinalModel> models = {};
  std::vector<SegmentationQuality> quality = {};
  std::vector<Fitted> fitted = {};
  std::vector<std::string> remarks = {};                           ///< of the chain and of the models
  std::vector<std::pair<std::string, std::string>> versions = {};  ///< "radfuse" -> "0.1.0"
  std::vector<std::pair<std::string, std::string>> inputs = {};    ///< file -> sha256
  std::uint64_t seed = 0;
};

}  // namespace radfuse
