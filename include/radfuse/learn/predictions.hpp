// SPDX-License-Identifier: Apache-2.0
// predictions.csv: every probability that a study produced, and what kind of probability it is.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "radfuse/learn/params.hpp"
#include "radfuse/table/cohort.hpp"

namespace radfuse {

/// Whether the model that gave a probability had seen the case.
enum class PredictionKind { oof, final, resubstitution };
inline constexpr Named<PredictionKind> kPredictionKinds[] = {
    {"oof", PredictionKind::oof, "out of fold: a training case, by a model fitted without its patient"},
    {"final", PredictionKind::final, "a case that the final model did not learn from"},
    {"resubstitution", PredictionKind::resubstitution,
     "a training case, by the final model that learned from it: optimistic, never a performance"},
};

struct Prediction {
  std::string case_id, patient_id, site;
  Split split = Split::train;
  std::string model;
  Learner learner = Learner::logistic;
  PredictionKind kind = PredictionKind::final;
  int repeat = 0, fold = 0;  ///< from 1 for oof; 0 otherwise
  int outcome = -1;          ///< 1, 0, or -1 unknown
  double probability = 0;    ///< of outcome 1
  bool operator==(const Prediction&) const = default;
};

/// Columns case_id,patient_id,site,split,model,learner,kind,repeat,fold,outcome,probability; sorted by model, learner,
/// kind, repeat and case; an unknown outcome is an empty cell; repeat and fold are empty unless kind is oof.
std::string to_csv(std::vector<Prediction> predictions);
/// Throws InputError that names file, line and column.
std::vector<Prediction> read_predictions(const std::filesystem::path& file);

/// One entry for each case: the mean over the repeats of a model's and learner's out-of-fold probabilities, sorted by
/// case. This is what the reported training performance and the threshold are computed from. repeat and fold are 0.
std::vector<Prediction> mean_out_of_fold(std::span<const Prediction> predictions, std::string_view model,
                                         Learner learner);

}  // namespace radfuse
