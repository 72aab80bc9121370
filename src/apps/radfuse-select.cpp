// SPDX-License-Identifier: Apache-2.0
// radfuse-select: for each model of the study, the chain of steps between the feature tables and the learners, fitted
// on the training cases.
#include <algorithm>

#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/learn/tree_importance.hpp"
#include "radfuse/select/evidence.hpp"
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
           fit_chain(is_as_is(*run.study.train, model) ? std::vector<StepParams>{} : run.study.select, training, blocks,
                     static_cast<std::uint64_t>(run.study.study.seed),
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
  write_evidence(run, evidence);
  run.write("chain.json", to_json(chains));
}

}  // namespace
}  // namespace radfuse

int main(int argc, char** argv) {
  return radfuse::stage_main(argc, argv, radfuse::StageId::select, radfuse::fit_chains);
}
