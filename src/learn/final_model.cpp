// SPDX-License-Identifier: Apache-2.0
// Final models: the select stage's chain, settings chosen on the training split, a threshold from out-of-fold
// predictions; and what they predict.
#include <algorithm>
#include <cmath>
#include <mutex>
#include <numeric>

#include "fold_data.hpp"
#include "radfuse/base/hash.hpp"
#include "radfuse/base/parallel.hpp"
#include "radfuse/base/stop.hpp"
#include "radfuse/learn/model_bundle.hpp"
#include "radfuse/stats/descriptive.hpp"
#include "radfuse/stats/roc.hpp"

namespace radfuse {
namespace {

const FittedChain& chain_of(const Chains& chains, const std::string& model) {
  for (const auto& [name, chain] : chains)
    if (name == model) return chain;
  throw InputError("model " + model + " has no chain from the select stage; run radfuse-select again");
}

void check_fitted_on(const FittedChain& chain, const std::vector<std::string>& training, const std::string& model) {
  if (chain.fitted_on() != training)
    throw InputError("the select stage fitted the chain of model " + model + " on " +
                     std::to_string(chain.fitted_on().size()) + " cases, not on the " +
                     std::to_string(training.size()) + " training cases of this cohort; run radfuse-select again");
}

/// From the mean over repeats of the out-of-fold predictions: no model that made them had seen the case.
double operating_threshold(const ValidationResult& validation) {
  const auto means = mean_out_of_fold(validation.predictions, validation.model, validation.learner);
  std::vector<int> outcome;
  Eigen::VectorXd probability(static_cast<Eigen::Index>(means.size()));
  for (const Prediction& p : means) {
    probability[static_cast<Eigen::Index>(outcome.size())] = p.probability;
    outcome.push_back(p.outcome);
  }
  const auto labels = Eigen::Map<const Eigen::VectorXi>(outcome.data(), static_cast<Eigen::Index>(outcome.size()));
  return stats::youden_threshold(labels, probability);
}

/// Over the outer folds; probabilities of different folds' models are not ranked against each other.
double mean_auc(const std::vector<FoldResult>& folds) {
  double sum = 0, count = 0;
  for (const FoldResult& fold : folds)
    if (std::isfinite(fold.auc)) {
      sum += fold.auc;
      ++count;
    }
  return sum / count;
}

TrainedModel fit_one(const TrainingRows& rows, const TrainPlan& plan, const FittedChain& chain, const ModelPlan& model,
                     std::vector<CandidateScore> scores, const ValidationResult& validation) {
  throw_if_stopped();
  const Settings settings = best(scores, plan.params.validation.tune_by).settings;
  return {
      .model = validation.model,
      .kind = validation.learner,
      .blocks = model.blocks,
      .columns = chain.columns(),
      .settings = settings,
      .tuning = std::move(scores),
      .threshold = operating_threshold(validation),
      .cv_auc = mean_auc(validation.folds),
      .fitted_on = case_ids(rows.data(), rows.rows()),
      .chain_sha256 = sha256(to_json(chain)),
      .learner = fit_learner(validation.learner, plan.params, settings, chain_values(chain, rows.data(), rows.rows()),
                             outcomes(rows.data(), rows.rows()), Rng(plan.seed, "train.final learner").next())};
}

std::vector<Eigen::Index> all_rows(const Dataset& data) {
  std::vector<Eigen::Index> rows(static_cast<std::size_t>(data.table.row_count()));
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

}  // namespace

std::vector<TrainedModel> fit_final(const TrainingRows& rows, const TrainPlan& plan, const Chains& chains,
                                    const std::vector<ValidationResult>& validation) {
  const auto models = models_of(plan);
  const auto training = case_ids(rows.data(), rows.rows());
  std::vector<std::size_t> first;  // of each model's results among `validation`
  std::size_t results = 0;
  for (const ModelPlan& model : models) {
    check_fitted_on(chain_of(chains, model.name), training, model.name);
    first.push_back(results);
    results += model.learners.size();
  }

  std::vector<std::vector<TrainedModel>> fitted(models.size());
  std::mutex guard;
  int done = 0;
  parallel_for(models.size(), plan.threads, [&](std::size_t m) {
    const ModelPlan& model = models[m];
    with_context("model " + model.name, [&] {
      auto scores = tune(rows, plan, model, Rng(plan.seed, "train.final").next());
      for (std::size_t l = 0; l < model.learners.size(); ++l)
        fitted[m].push_back(fit_one(rows, plan, chain_of(chains, model.name), model, std::move(scores[l]),
                                    validation.at(first[m] + l)));
    });
    const std::lock_guard lock(guard);
    ++done;
    if (plan.progress) plan.progress(done, static_cast<int>(models.size()));
  });

  std::vector<TrainedModel> all;
  for (auto& of_model : fitted) std::move(of_model.begin(), of_model.end(), std::back_inserter(all));
  return all;
}

Eigen::MatrixXd model_matrix(const TrainedModel& model, const FittedChain& chain, const Dataset& data) {
  if (sha256(to_json(chain)) != model.chain_sha256 || chain.columns() != model.columns)
    throw InputError("model " + model.name() +
                     " was fitted behind another chain than this one; run radfuse-train again");
  return chain_values(chain, data, all_rows(data));
}

std::vector<Prediction> predict(const TrainedModel& model, const FittedChain& chain, const Dataset& data) {
  const Eigen::VectorXd probability = model.learner.predict(model_matrix(model, chain, data));
  std::vector<Prediction> predictions;
  for (const Eigen::Index row : all_rows(data)) {
    const auto r = static_cast<std::size_t>(row);
    const std::string& case_id = data.table.rows()[r].case_id;
    const bool seen = std::binary_search(model.fitted_on.begin(), model.fitted_on.end(), case_id);
    predictions.push_back({.case_id = case_id,
                           .patient_id = data.patient[r],
                           .site = data.site[r],
                           .split = data.split[r],
                           .model = model.model,
                           .learner = model.kind,
                           .kind = seen ? PredictionKind::resubstitution : PredictionKind::final,
                           .outcome = data.outcome[r],
                           .probability = probability[row]});
  }
  return predictions;
}

}  // namespace radfuse
