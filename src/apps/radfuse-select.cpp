// SPDX-License-Identifier: Apache-2.0
// radfuse-select: for each model of the study, the chain of steps between the feature tables and the learners, fitted
// on the training cases.
#include <algorithm>

#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/learn/tree_importance.hpp"
#include "radfuse/select/bootstraps.hpp"
#include "radfuse/select/evidence.hpp"
#include "radfuse/select/maps.hpp"
#include "radfuse/select/model_chains.hpp"
#include "radfuse/stage/stage_main.hpp"

namespace radfuse {
namespace {

Encoders encoders_of(const StageRun& run) {
  if (run.study.deep.empty()) return {};
  return of_table(read_encoders(read_csv(run.input("4_deep/encoders.csv")), read_csv(run.input("4_deep/networks.csv"))),
                  "features.deep.csv");
}

Dataset read_dataset(StageRun& run) {
  std::vector<std::string> missing;
  Dataset data = make_dataset(run.cohort(), run.feature_tables(), encoders_of(run), &missing);
  if (!missing.empty())
    run.progress.warn("left out, because a stage before gave them no features: " + text::join(missing, ", "));
  return data;
}

// The tables that outputs_of() names for the study's steps.
void write_evidence(StageRun& run, const std::vector<NamedEvidence>& evidence) {
  for (const std::string& file : outputs_of(run.info, run.study)) {
    if (file == "reliability.csv") run.write(file, reliability_to_csv(evidence));
    if (file == "reliability_levels.csv") run.write(file, reliability_levels_to_csv(evidence));
    if (file == "harmonisation.csv") run.write(file, harmonisation_to_csv(evidence));
    if (file == "harmonisation_summary.csv") run.write(file, harmonisation_summary_to_csv(evidence));
  }
}

std::vector<ChainPlan> plans_of(const Study& study) {
  std::vector<ChainPlan> plans;
  for (const auto& [model, blocks] : study.train->models)
    plans.push_back({model, blocks, is_as_is(*study.train, model) ? std::vector<StepParams>{} : study.select});
  return plans;
}

// How often each feature is selected on samples of the patients, where the study asks for it. A model whose column is
// taken as it is selects nothing.
void write_bootstraps(StageRun& run, std::vector<ChainPlan> plans, const TrainingRows& training) {
  const int samples = run.study.selection_frequency.bootstraps;
  if (samples == 0) return;
  std::erase_if(plans, [](const ChainPlan& plan) { return plan.steps.empty(); });
  const auto selections = fit_bootstraps(plans, training, samples, static_cast<std::uint64_t>(run.study.study.seed),
                                         {.threads = run.options.threads, .trees = tree_importance},
                                         [&run](std::size_t done, std::size_t total) {
                                           run.progress.at("fitting chains on bootstrap samples", done, total);
                                         });
  for (const SampledSelection& selection : selections)
    run.progress.info("model " + selection.model + ": " + told(selection));
  run.write("selection_bootstraps.csv", selection_bootstraps_to_csv(selections));
  run.write("selection_stability.csv", selection_stability_to_csv(selections));
}

// Cases by their features before and after the chain, for the report.
void write_maps(StageRun& run, const std::vector<ModelChain>& chains, const std::vector<ChainPlan>& plans,
                const TrainingRows& training) {
  if (!run.study.report.maps) return;
  run.progress.at("mapping the cases", chains.size(), chains.size());
  std::vector<ModelSteps> models;
  for (std::size_t k = 0; k < chains.size(); ++k) models.push_back({chains[k], plans[k].steps});
  const auto maps = case_maps(models, training, static_cast<std::uint64_t>(run.study.study.seed),
                              {.threads = run.options.threads, .trees = tree_importance});
  run.write("map.csv", maps_to_csv(maps, training.data().table));
  run.write("map_summary.csv", map_summary_to_csv(maps));
}

void fit_chains(StageRun& run) {
  const Dataset data = read_dataset(run);
  const TrainingRows training = training_split(data);
  const std::vector<ChainPlan> plans = plans_of(run.study);
  std::vector<ModelChain> chains;
  std::vector<NamedEvidence> evidence;
  for (const auto& [model, blocks, steps] : plans) {
    run.progress.at("fitting the chain of " + model, chains.size(), plans.size());
    evidence.push_back({model, {}});
    with_context("model " + model, [&] {
      chains.push_back(
          {model, blocks,
           fit_chain(steps, training, blocks, static_cast<std::uint64_t>(run.study.study.seed),
                     {.threads = run.options.threads, .evidence = &evidence.back().second, .trees = tree_importance})});
    });
    for (const std::string& remark : chains.back().chain.remarks()) run.progress.info("model " + model + ": " + remark);
    run.progress.info("model " + model + ": " + std::to_string(chains.back().chain.columns().size()) + " of " +
                      std::to_string(chains.back().chain.selection().size()) + " features stay");
  }
  std::vector<std::string> remarks;
  const FeatureTable selected = selected_features(chains, data, &remarks);
  for (const std::string& remark : remarks) run.progress.info(remark);
  run.write("features.selected.csv", to_csv(selected));
  run.write("selection.csv", selection_to_csv(chains));
  run.write("selection_steps.csv", selection_steps_to_csv(evidence));
  write_evidence(run, evidence);
  write_bootstraps(run, plans, training);
  write_maps(run, chains, plans, training);
  run.write("chain.json", to_json(chains));
}

}  // namespace
}  // namespace radfuse

int main(int argc, char** argv) {
  return radfuse::stage_main(argc, argv, radfuse::StageId::select, radfuse::fit_chains);
}
