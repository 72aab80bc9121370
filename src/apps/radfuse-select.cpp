// SPDX-License-Identifier: Apache-2.0
// radfuse-select: for each model of the study, the chain of steps between the feature tables and the learners, fitted
// on the training cases.
#include <algorithm>

#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"
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

const std::vector<StepParams>& steps_of(const Study& study, const std::string& model) {
  static const std::vector<StepParams> none;
  return is_as_is(*study.train, model) ? none : study.select;
}

void write_maps(StageRun& run, const std::vector<ModelChain>& chains, const TrainingRows& training) {
  if (!run.study.report.maps) return;
  run.progress.at("mapping the cases", chains.size(), chains.size());
  std::vector<ModelSteps> models;
  for (const ModelChain& chain : chains) models.push_back({chain, steps_of(run.study, chain.model)});
  const auto maps = case_maps(models, training, static_cast<std::uint64_t>(run.study.study.seed), run.options.threads);
  run.write("map.csv", maps_to_csv(maps, training.data().table));
  run.write("map_summary.csv", map_summary_to_csv(maps));
}

void fit_chains(StageRun& run) {
  const Dataset data = read_dataset(run);
  const TrainingRows training = training_split(data);
  const auto& models = run.study.train->models;
  std::vector<ModelChain> chains;
  std::vector<NamedEvidence> evidence;
  for (const auto& [model, blocks] : models) {
    run.progress.at("fitting the chain of " + model, chains.size(), models.size());
    evidence.push_back({model, {}});
    with_context("model " + model, [&] {
      chains.push_back(
          {model, blocks,
           fit_chain(steps_of(run.study, model), training, blocks, static_cast<std::uint64_t>(run.study.study.seed),
                     run.options.threads, &evidence.back().second)});
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
  write_evidence(run, evidence);
  write_maps(run, chains, training);
  run.write("chain.json", to_json(chains));
}

}  // namespace
}  // namespace radfuse

int main(int argc, char** argv) {
  return radfuse::stage_main(argc, argv, radfuse::StageId::select, radfuse::fit_chains);
}
