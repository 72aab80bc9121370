// SPDX-License-Identifier: Apache-2.0
// Trained models as JSON, and the table of them.
#include "radfuse/learn/model_bundle.hpp"

#include <nlohmann/json.hpp>

#include "radfuse/table/csv.hpp"

namespace radfuse {
namespace {

using Json = nlohmann::ordered_json;
constexpr int kFormat = 1;

Json write(const Settings& settings) {
  Json json = Json::object();
  for (const auto& [name, value] : settings) json[name] = value;
  return json;
}

Settings read_settings(const Json& json) {
  Settings settings;
  for (const auto& [name, value] : json.items()) settings.emplace_back(name, value.get<double>());
  return settings;
}

TrainedModel read(const Json& json) {
  if (json.at("radfuse_model").get<int>() != kFormat)
    throw InputError("this model was written by another version of Radfuse; run radfuse-train again");
  std::vector<CandidateScore> tuning;
  for (const Json& row : json.at("tuning"))
    tuning.push_back(
        {read_settings(row.at("settings")), row.at("log_loss").get<double>(), row.at("auc").get<double>()});
  return {.model = json.at("model").get<std::string>(),
          .kind = find(kLearners, json.at("learner").get<std::string>(), "learner"),
          .blocks = json.at("blocks").get<std::vector<std::string>>(),
          .columns = json.at("columns").get<std::vector<std::string>>(),
          .settings = read_settings(json.at("settings")),
          .tuning = std::move(tuning),
          .threshold = json.at("threshold").get<double>(),
          .cv_auc = json.at("cv_auc").get<double>(),
          .fitted_on = json.at("fitted_on").get<std::vector<std::string>>(),
          .chain_sha256 = json.at("chain_sha256").get<std::string>(),
          .learner = learner_from_json(json.at("fitted").dump())};
}

}  // namespace

std::string to_json(const TrainedModel& model) {
  Json tuning = Json::array();
  for (const CandidateScore& score : model.tuning)
    tuning.push_back({{"settings", write(score.settings)}, {"log_loss", score.log_loss}, {"auc", score.auc}});
  const Json json{{"radfuse_model", kFormat},
                  {"model", model.model},
                  {"learner", name_of(kLearners, model.kind)},
                  {"blocks", model.blocks},
                  {"columns", model.columns},
                  {"settings", write(model.settings)},
                  {"tuning", tuning},
                  {"threshold", model.threshold},
                  {"cv_auc", model.cv_auc},
                  {"chain_sha256", model.chain_sha256},
                  {"fitted_on", model.fitted_on},
                  {"fitted", Json::parse(to_json(model.learner, model.columns))}};
  return json.dump(1) + "\n";
}

TrainedModel trained_model_from_json(std::string_view text) {
  try {
    TrainedModel model = read(Json::parse(text));
    if (model.learner.column_count() != static_cast<Eigen::Index>(model.columns.size()))
      throw InputError("the model's columns and its learner do not fit together; run radfuse-train again");
    return model;
  } catch (const Json::exception& problem) {
    throw InputError(std::string("not a Radfuse model: ") + problem.what());
  }
}

std::string models_to_csv(const std::vector<TrainedModel>& models) {
  std::string text = csv_line({"model", "learner", "settings", "threshold", "cv_auc", "columns_used", "columns"});
  for (const TrainedModel& m : models)
    text +=
        csv_line({m.model, std::string(name_of(kLearners, m.kind)), to_text(m.settings), text::from_double(m.threshold),
                  text::from_double(m.cv_auc), std::to_string(m.columns.size()), text::join(m.columns, " ")});
  return text;
}

}  // namespace radfuse
