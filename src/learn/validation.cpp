// SPDX-License-Identifier: Apache-2.0
// Nested cross-validation.
#include "radfuse/learn/validation.hpp"

#include <algorithm>
#include <cmath>
#include <mutex>

#include "fold_data.hpp"
#include "radfuse/base/parallel.hpp"
#include "radfuse/base/stop.hpp"
#include "radfuse/learn/tree_importance.hpp"
#include "radfuse/table/csv.hpp"
#include "scores.hpp"

namespace radfuse {
namespace {

/// What one outer fold gives for each learner.
struct FoldOutcome {
  std::vector<FoldResult> results;
  std::vector<Eigen::VectorXd> probabilities;
};

FoldOutcome judge_fold(const Fold& fold, const TrainPlan& plan, const ModelPlan& model, std::uint64_t seed) {
  const Dataset& data = fold.fit.data();
  const auto scores = tune(fold.fit, plan, model, seed);
  throw_if_stopped();
  const FittedChain chain =
      fit_chain(model.steps, fold.fit, model.blocks, Rng(seed, "chain").next(), {.trees = tree_importance});
  const Eigen::MatrixXd x = chain_values(chain, data, fold.fit.rows());
  const std::vector<int> y = outcomes(data, fold.fit.rows());
  const Eigen::MatrixXd held_out = chain_values(chain, data, fold.held_out);
  const std::vector<int> truth = outcomes(data, fold.held_out);

  FoldOutcome outcome;
  for (std::size_t l = 0; l < model.learners.size(); ++l) {
    throw_if_stopped();
    const Settings& settings = best(scores[l], plan.params.validation.tune_by).settings;
    const FittedLearner fitted =
        fit_learner(model.learners[l], plan.params, settings, x, y, Rng(seed, "learner").next());
    outcome.probabilities.push_back(fitted.predict(held_out));
    outcome.results.push_back(
        {.auc = area_under_roc(truth, outcome.probabilities.back()), .settings = settings, .columns = chain.columns()});
  }
  return outcome;
}

// The same with the fold's own deep features, where there are any.
FoldOutcome judge_refitted(const Fold& fold, int repeat, int number, const TrainPlan& plan, const ModelPlan& model,
                           std::uint64_t seed) {
  if (!plan.fold_features) return judge_fold(fold, plan, model, seed);
  const RefittedFold own = in_fold(fold, plan.fold_features(repeat, number));
  return judge_fold(own.fold, plan, model, seed);
}

std::vector<std::vector<Fold>> all_outer_folds(const TrainingRows& rows, const TrainPlan& plan) {
  return with_context("train.validation.folds", [&] {
    std::vector<std::vector<Fold>> repeats;
    for (int repeat = 1; repeat <= plan.params.validation.repeats; ++repeat)
      repeats.push_back(outer_folds(rows, plan.params.validation.folds, plan.seed, repeat));
    return repeats;
  });
}

Prediction out_of_fold(const Dataset& data, Eigen::Index row, const FoldResult& fold, double probability) {
  const auto r = static_cast<std::size_t>(row);
  return {.case_id = data.table.rows()[r].case_id,
          .patient_id = data.patient[r],
          .site = data.site[r],
          .split = data.split[r],
          .model = {},
          .kind = PredictionKind::oof,
          .repeat = fold.repeat,
          .fold = fold.fold,
          .outcome = data.outcome[r],
          .probability = probability};
}

}  // namespace

std::vector<ModelPlan> models_of(const TrainPlan& plan) {
  std::vector<ModelPlan> models;
  for (const auto& [name, blocks] : plan.params.models)
    models.push_back({name, blocks, learners_of(plan.params, name),
                      is_as_is(plan.params, name) ? std::vector<StepParams>{} : plan.steps});
  return models;
}

std::vector<std::vector<CandidateScore>> tune(const TrainingRows& rows, const TrainPlan& plan, const ModelPlan& model,
                                              std::uint64_t seed) {
  const TrainParams& params = plan.params;
  const Dataset& data = rows.data();
  std::vector<std::vector<CandidateScore>> scores;
  for (const Learner learner : model.learners) {
    scores.emplace_back();
    for (Settings& settings : candidates(learner, params)) scores.back().push_back({std::move(settings)});
  }

  Rng rng(seed, "inner folds");
  const auto folds = with_context("train.validation.inner_folds",
                                  [&] { return make_folds(rows, params.validation.inner_folds, rng); });
  const auto share = 1.0 / static_cast<double>(folds.size());
  for (std::size_t f = 0; f < folds.size(); ++f) {
    throw_if_stopped();
    const FittedChain chain = fit_chain(model.steps, folds[f].fit, model.blocks, Rng(seed, "inner chain", f).next(),
                                        {.trees = tree_importance});
    const Eigen::MatrixXd x = chain_values(chain, data, folds[f].fit.rows());
    const std::vector<int> y = outcomes(data, folds[f].fit.rows());
    const Eigen::MatrixXd held_out = chain_values(chain, data, folds[f].held_out);
    const std::vector<int> truth = outcomes(data, folds[f].held_out);
    for (std::size_t l = 0; l < model.learners.size(); ++l)
      for (CandidateScore& score : scores[l]) {
        const auto probability =
            fit_learner(model.learners[l], params, score.settings, x, y, Rng(seed, "inner learner", f).next())
                .predict(held_out);
        const double auc = area_under_roc(truth, probability);
        score.log_loss += share * mean_log_loss(truth, probability);
        score.auc += share * (std::isnan(auc) ? 0.5 : auc);
      }
  }
  return scores;
}

const CandidateScore& best(const std::vector<CandidateScore>& scores, TuneBy by) {
  if (scores.empty()) throw Error(ExitCode::bug, "a learner without candidates");
  const auto worse = [by](const CandidateScore& a, const CandidateScore& b) {
    return by == TuneBy::auc ? a.auc < b.auc : a.log_loss > b.log_loss;
  };
  return *std::max_element(scores.begin(), scores.end(), worse);
}

std::vector<ValidationResult> cross_validate(const TrainingRows& rows, const TrainPlan& plan) {
  const auto models = models_of(plan);
  const auto repeats = all_outer_folds(rows, plan);
  const std::size_t folds = repeats.front().size();
  const std::size_t total = models.size() * repeats.size() * folds;

  std::vector<FoldOutcome> outcomes(total);
  std::mutex guard;
  int done = 0;
  parallel_for(total, plan.threads, [&](std::size_t task) {
    throw_if_stopped();
    const ModelPlan& model = models[task / (repeats.size() * folds)];
    const std::size_t round = task % (repeats.size() * folds), repeat = round / folds, fold = round % folds;
    const std::string where =
        "model " + model.name + ", repeat " + std::to_string(repeat + 1) + ", fold " + std::to_string(fold + 1);
    outcomes[task] = with_context(where, [&] {
      return judge_refitted(repeats[repeat][fold], static_cast<int>(repeat) + 1, static_cast<int>(fold) + 1, plan,
                            model, Rng(plan.seed, "train.fold", round).next());
    });
    for (FoldResult& result : outcomes[task].results) {
      result.repeat = static_cast<int>(repeat) + 1;
      result.fold = static_cast<int>(fold) + 1;
    }
    const std::lock_guard lock(guard);
    ++done;
    if (plan.progress) plan.progress(done, static_cast<int>(total));
  });

  std::vector<ValidationResult> results;
  for (std::size_t m = 0; m < models.size(); ++m)
    for (std::size_t l = 0; l < models[m].learners.size(); ++l) {
      ValidationResult result{
          .model = models[m].name, .learner = models[m].learners[l], .predictions = {}, .folds = {}};
      for (std::size_t round = 0; round < repeats.size() * folds; ++round) {
        const FoldOutcome& outcome = outcomes[m * repeats.size() * folds + round];
        const auto& held_out = repeats[round / folds][round % folds].held_out;
        result.folds.push_back(outcome.results[l]);
        for (std::size_t i = 0; i < held_out.size(); ++i)
          result.predictions.push_back(out_of_fold(rows.data(), held_out[i], outcome.results[l],
                                                   outcome.probabilities[l][static_cast<Eigen::Index>(i)]));
      }
      for (Prediction& p : result.predictions) {
        p.model = result.model;
        p.learner = result.learner;
      }
      std::sort(result.predictions.begin(), result.predictions.end(), [](const Prediction& a, const Prediction& b) {
        return std::tie(a.repeat, a.case_id) < std::tie(b.repeat, b.case_id);
      });
      results.push_back(std::move(result));
    }
  return results;
}

std::string folds_to_csv(const std::vector<ValidationResult>& results) {
  std::string text = csv_line({"model", "learner", "repeat", "fold", "auc", "settings", "columns_used", "columns"});
  for (const ValidationResult& result : results)
    for (const FoldResult& fold : result.folds)
      text += csv_line({result.model, std::string(name_of(kLearners, result.learner)), std::to_string(fold.repeat),
                        std::to_string(fold.fold), std::isnan(fold.auc) ? "" : text::from_double(fold.auc),
                        to_text(fold.settings), std::to_string(fold.columns.size()), text::join(fold.columns, " ")});
  return text;
}

}  // namespace radfuse
