// SPDX-License-Identifier: Apache-2.0
// radfuse-evaluate: how good the models are, in tables, figures, one page and a checklist.
#include <algorithm>

#include "radfuse/base/files.hpp"
#include "radfuse/base/hash.hpp"
#include "radfuse/learn/model_bundle.hpp"
#include "radfuse/report/checklists.hpp"
#include "radfuse/report/plots.hpp"
#include "radfuse/report/report.hpp"
#include "radfuse/select/encoders.hpp"
#include "radfuse/stage/discretion.hpp"
#include "radfuse/stage/stage_main.hpp"

namespace radfuse {
namespace {

// How the study's networks were trained, and on which cases; those of outer folds are checked where they are used.
void read_networks(const StageRun& run, StudyResults& results) {
  if (run.study.deep.empty()) return;
  const CsvTable empty = parse_csv(encoders_to_csv({}), "encoders.csv");
  const Encoders encoders = read_encoders(empty, read_csv(run.input("4_deep/networks.csv")));
  for (const DeepParams& deep : run.study.deep) {
    SetCurves set{.set = deep.name};
    for (const std::string& name : network_names(deep)) {
      set.networks.push_back(read_learning_curve(run.input("4_deep/model/" + name + ".learning.csv"), name));
      const auto network = std::ranges::find(encoders.networks, "model/" + name + ".safetensors", &FittedEncoder::file);
      if (network != encoders.networks.end()) results.fitted.push_back({"network " + name, network->cases});
    }
    if (!set.networks.empty()) results.learning.push_back(std::move(set));
  }
}

// What select found for people to look at, where the study has it.
void read_for_people(const StageRun& run, StudyResults& results) {
  const std::vector<std::string> inputs = inputs_of(run.info, run.study);
  const auto has = [&](std::string_view file) { return std::ranges::find(inputs, file) != inputs.end(); };
  if (has("5_select/harmonisation.csv"))
    results.harmonised =
        read_harmonisation(run.input("5_select/harmonisation_summary.csv"), run.input("5_select/harmonisation.csv"));
  if (has("5_select/map.csv"))
    results.maps = read_maps(run.input("5_select/map_summary.csv"), run.input("5_select/map.csv"));
}

StudyResults results_of(const StageRun& run, std::vector<Threshold>& thresholds) {
  const Study& study = run.study;
  StudyResults results{.name = study.study.name,
                       .seed = static_cast<std::uint64_t>(study.study.seed),
                       .settings = canonical_study(for_report(study)),
                       .train = *study.train,
                       .images = study.images,
                       .cohort = run.cohort()};
  results.selection = read_selection(run.input("5_select/selection.csv"));
  results.blocks = feature_blocks(results.selection);
  read_chains(run.input("5_select/chain.json"), results);
  const bool sampled = study.selection_frequency.bootstraps > 0;
  if (sampled) read_stability(run.input("5_select/selection_stability.csv"), results);
  results.shares = read_shares(run.input("6_train/selection_frequency.csv"),
                               sampled ? run.input("5_select/selection_bootstraps.csv") : std::filesystem::path());
  for (const auto& [name, blocks] : study.train->models)
    for (const Learner learner : learners_of(*study.train, name)) {
      const auto file = run.input("6_train/model/" + name + "." + std::string(name_of(kLearners, learner)) + ".json");
      const TrainedModel model = with_context(file.string(), [&] { return trained_model_from_json(read_file(file)); });
      results.models.push_back(final_model(model));
      results.fitted.push_back({"model " + model.name(), model.fitted_on});
      thresholds.push_back({name, learner, model.threshold});
    }
  results.acquisition = read_acquisition(run.input("1_import/acquisition.csv"));
  if (study.segment) results.quality = read_quality(run.input("2_segment/quality.csv"), results.cohort);
  read_networks(run, results);
  read_for_people(run, results);
  results.versions.emplace_back("Radfuse", version());
  for (const auto& library : library_versions()) results.versions.push_back(library);
  for (const std::string& input : inputs_of(run.info, study))
    results.inputs.emplace_back(input, sha256_file(run.input(input)));
  return results;
}

void evaluate_study(StageRun& run) {
  const EvaluateParams& params = *run.study.evaluate;
  std::vector<Threshold> thresholds;
  const StudyResults results = results_of(run, thresholds);
  std::vector<std::string> models;
  for (const auto& model : run.study.train->models) models.push_back(model.first);
  const Evaluation evaluation =
      evaluate(params, models, read_predictions(run.input("6_train/predictions.csv")), thresholds);
  run.write("metrics.csv", metrics_csv(evaluation));
  run.write("metrics.notes.csv", notes_csv(evaluation));
  run.write("comparisons.csv", comparisons_csv(evaluation));
  run.write("roc.csv", roc_csv(evaluation));
  run.write("calibration.csv", calibration_csv(evaluation));
  run.write("decision_curve.csv", decision_curve_csv(evaluation));
  const auto figures = draw_all(study_figures(evaluation, results), run.folder() / "figures");
  const ReportInput input{run.study.report, params, evaluation, results};
  run.write("checklists/clear.csv", to_csv(clear_checklist(input)));
  run.write("report.html", report_html(input, figures));
  for (const std::string& verdict : verdicts(evaluation)) run.progress.info(verdict);
}

}  // namespace
}  // namespace radfuse

int main(int argc, char** argv) {
  return radfuse::stage_main(argc, argv, radfuse::StageId::evaluate, radfuse::evaluate_study);
}
