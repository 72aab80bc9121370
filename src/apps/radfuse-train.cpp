// SPDX-License-Identifier: Apache-2.0
// radfuse-train: nested cross-validation inside the training split, final models, and a prediction for every case.
#include <algorithm>
#include <cmath>

#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/learn/model_bundle.hpp"
#include "radfuse/select/model_chains.hpp"
#include "radfuse/stage/stage_main.hpp"

namespace radfuse {
namespace {

Chains read_chains(const StageRun& run) {
  const std::filesystem::path file = run.input("5_select/chain.json");
  Chains chains;
  for (ModelChain& entry : with_context(file.string(), [&] { return model_chains_from_json(read_file(file)); }))
    chains.emplace_back(std::move(entry.model), std::move(entry.chain));
  return chains;
}

Encoders encoders_of(const StageRun& run) {
  if (run.study.deep.empty()) return {};
  return read_encoders(read_csv(run.input("4_deep/encoders.csv")), read_csv(run.input("4_deep/networks.csv")));
}

// Where networks were fitted anew in every outer fold, each fold is judged with its own.
std::function<FoldFeatures(int, int)> fold_features(const StageRun& run, const Encoders& encoders) {
  if (!refits_each_fold(run.study)) return {};
  return [&run, &encoders](int repeat, int fold) {
    const std::string table = fold_table(repeat, fold);
    return FoldFeatures{repeat, fold, read_feature_table(run.input("4_deep/" + table)), of_table(encoders, table),
                        table};
  };
}

TrainPlan plan_of(StageRun& run, const std::string& what) {
  return {.params = *run.study.train,
          .steps = run.study.select,
          .seed = static_cast<std::uint64_t>(run.study.study.seed),
          .threads = run.options.threads,
          .progress = [&run, what](int done, int total) {
            run.progress.at(what, static_cast<std::size_t>(done), static_cast<std::size_t>(total));
          }};
}

// What an earlier run with other models left there must not be taken for a model of this one.
void remove_other_models(const StageRun& run, const std::vector<TrainedModel>& models) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(run.folder() / "model", ignored)) {
    const auto is_ours = [&](const TrainedModel& model) { return entry.path().filename() == model.name() + ".json"; };
    if (entry.path().extension() == ".json" && std::ranges::none_of(models, is_ours))
      std::filesystem::remove(entry.path(), ignored);
  }
}

void train(StageRun& run) {
  // radfuse-select has named the cases that are left out.
  const Encoders encoders = encoders_of(run);
  const Dataset data =
      make_dataset(run.cohort(), run.feature_tables(), of_table(encoders, "features.deep.csv"), nullptr);
  const TrainingRows training = training_split(data);
  const Chains chains = read_chains(run);
  TrainPlan validating = plan_of(run, "validating, outer fold");
  validating.fold_features = fold_features(run, encoders);
  const auto validation = cross_validate(training, validating);
  const auto models = fit_final(training, plan_of(run, "fitting the final models"), chains, validation);

  std::vector<Prediction> predictions;
  for (const ValidationResult& result : validation)
    predictions.insert(predictions.end(), result.predictions.begin(), result.predictions.end());
  for (const TrainedModel& model : models) {
    const auto chain = std::ranges::find(chains, model.model, &Chains::value_type::first);
    std::ranges::move(predict(model, chain->second, data), std::back_inserter(predictions));
    run.write("model/" + model.name() + ".json", to_json(model));
    run.progress.info(model.name() + ": AUC " + text::from_double(std::round(model.cv_auc * 1000) / 1000) +
                      " in cross-validation, " + to_text(model.settings));
  }
  remove_other_models(run, models);
  run.write("folds.csv", folds_to_csv(validation));
  run.write("selection_frequency.csv", selection_frequency_to_csv(validation));
  run.write("models.csv", models_to_csv(models));
  run.write("predictions.csv", to_csv(std::move(predictions)));
}

}  // namespace
}  // namespace radfuse

int main(int argc, char** argv) {
  return radfuse::stage_main(argc, argv, radfuse::StageId::train, radfuse::train);
}
