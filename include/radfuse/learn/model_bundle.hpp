// SPDX-License-Identifier: Apache-2.0
// What 6_train/model/ holds: one JSON for each model and learner, complete with what a later reader must know of it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "radfuse/learn/validation.hpp"

namespace radfuse {

/// A final model: fitted on all training rows behind the select stage's chain.
struct TrainedModel {
  std::string model;
  Learner kind = Learner::logistic;
  std::vector<std::string> blocks;
  std::vector<std::string> columns;    ///< in the order that the learner wants them
  Settings settings;                   ///< chosen by cross-validation on the training split
  std::vector<CandidateScore> tuning;  ///< what they were chosen from
  double threshold = 0.5;              ///< probability >= threshold: positive; Youden on mean out-of-fold predictions
  double cv_auc = 0;                   ///< mean over the outer folds
  std::vector<std::string> fitted_on;  ///< case ids, sorted
  std::string chain_sha256;            ///< of the chain's JSON: the only chain that may stand before it
  FittedLearner learner;

  /// "fusion.logistic": the file is model/<name>.json.
  std::string name() const { return model + "." + std::string(name_of(kLearners, kind)); }
};

/// The model's name in the study, and the chain that the select stage fitted for it on all training rows.
using Chains = std::vector<std::pair<std::string, FittedChain>>;

/// Final models, in the order of `validation`. Throws InputError when a model has no chain, or a chain was fitted on
/// other cases than the training split.
std::vector<TrainedModel> fit_final(const TrainingRows& rows, const TrainPlan& plan, const Chains& chains,
                                    const std::vector<ValidationResult>& validation);

/// Probabilities for every case of `data`: kind resubstitution for those the model learned from, else final. Throws
/// InputError when `chain` is not the one that the model was fitted behind.
std::vector<Prediction> predict(const TrainedModel& model, const FittedChain& chain, const Dataset& data);
/// The features as the learner sees them: rows of `data`, columns of the model.
Eigen::MatrixXd model_matrix(const TrainedModel& model, const FittedChain& chain, const Dataset& data);

/// Reads back to the same bytes and the same probabilities.
std::string to_json(const TrainedModel& model);
/// Throws InputError when the text is no such model.
TrainedModel trained_model_from_json(std::string_view json);

/// models.csv: model,learner,settings,threshold,cv_auc,columns_used,columns.
std::string models_to_csv(const std::vector<TrainedModel>& models);

}  // namespace radfuse
