// SPDX-License-Identifier: Apache-2.0
// Nested cross-validation inside the training split: an honest estimate for the whole way from features to
// probabilities, because the selection steps and the settings are chosen anew without the held-out patients.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "radfuse/learn/learner.hpp"
#include "radfuse/learn/predictions.hpp"
#include "radfuse/select/chain.hpp"
#include "radfuse/select/dataset.hpp"

namespace radfuse {

/// All that decides the numbers (and `threads` and `progress`, which do not).
struct TrainPlan {
  TrainParams params;
  std::vector<StepParams> steps;  ///< the study's select chain
  std::uint64_t seed = 0;
  int threads = 1;
  std::function<void(int done, int total)> progress;  ///< may be empty; never called by two threads at once
  /// Deep features made anew for each outer fold (repeat and fold from 1); empty: there are none. Called by many
  /// threads.
  std::function<FoldFeatures(int repeat, int fold)> fold_features = {};
};

/// What one model is made of.
struct ModelPlan {
  std::string name;
  std::vector<std::string> blocks;
  std::vector<Learner> learners;
  std::vector<StepParams> steps;  ///< none where the learner takes its column as it is
};
std::vector<ModelPlan> models_of(const TrainPlan& plan);

/// One offered setting and how it did in the inner folds.
struct CandidateScore {
  Settings settings;
  double log_loss = 0;  ///< mean over the folds of the mean log-loss of a fold's held-out cases
  double auc = 0;       ///< mean over the folds
};

/// What one outer fold found.
struct FoldResult {
  int repeat = 1, fold = 1;
  double auc = 0;
  Settings settings;
  std::vector<std::string> columns;  ///< that left the chain
};

/// One model with one learner.
struct ValidationResult {
  std::string model;
  Learner learner = Learner::logistic;
  std::vector<Prediction> predictions;  ///< kind oof; sorted by repeat and case
  std::vector<FoldResult> folds;        ///< by repeat and fold
};

/// Models in the order of the study file, learners inside; the outer folds are the same for all of them. The result
/// depends on `plan` and the training rows only: not on threads, and not on any row outside the training split.
std::vector<ValidationResult> cross_validate(const TrainingRows& rows, const TrainPlan& plan);

/// The scores of every candidate, each in the order of candidates(), for each learner of the model: one list of folds,
/// the chain fitted once in each fold and shared by learners and candidates.
std::vector<std::vector<CandidateScore>> tune(const TrainingRows& rows, const TrainPlan& plan, const ModelPlan& model,
                                              std::uint64_t seed);
/// The best by `by`; of equals the first. An AUC that a fold cannot give counts as 0.5.
const CandidateScore& best(const std::vector<CandidateScore>& scores, TuneBy by);

/// folds.csv: model,learner,repeat,fold,auc,settings,columns_used,columns.
std::string folds_to_csv(const std::vector<ValidationResult>& results);
/// selection_frequency.csv: model,feature,selected,folds,share; how many outer folds of all repeats selected the
/// feature, the most often selected first.
std::string selection_frequency_to_csv(const std::vector<ValidationResult>& results);

}  // namespace radfuse
