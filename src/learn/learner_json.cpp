// SPDX-License-Identifier: Apache-2.0
// Fitted learners as JSON.
#include <nlohmann/json.hpp>

#include "learner_state.hpp"
#include "radfuse/base/error.hpp"

namespace radfuse {
namespace {

using Json = nlohmann::ordered_json;

/// A coefficient of (value - mean) / scale becomes one of the value itself.
Json on_raw_scale(const LinearModel& model) {
  const Eigen::VectorXd raw = model.coefficient.cwiseQuotient(model.scale);
  return {{"intercept", model.intercept - raw.dot(model.mean)},
          {"coefficients", std::vector<double>(raw.begin(), raw.end())}};
}

Json write(const LinearModel& model, const std::vector<std::string>& columns) {
  Json rows = Json::array();
  for (Eigen::Index j = 0; j < model.mean.size(); ++j)
    rows.push_back({{"column", columns[static_cast<std::size_t>(j)]},
                    {"mean", model.mean[j]},
                    {"scale", model.scale[j]},
                    {"coefficient", model.coefficient[j]}});
  return {{"formula", "log-odds = intercept + sum of coefficient * (value - mean) / scale; a missing value: mean"},
          {"intercept", model.intercept},
          {"terms", rows},
          {"raw_scale", on_raw_scale(model)}};
}

LinearModel read_linear(const Json& json) {
  LinearModel model;
  model.intercept = json.at("intercept").get<double>();
  const Json& terms = json.at("terms");
  const auto count = static_cast<Eigen::Index>(terms.size());
  model.mean.resize(count);
  model.scale.resize(count);
  model.coefficient.resize(count);
  for (Eigen::Index j = 0; j < count; ++j) {
    const Json& term = terms.at(static_cast<std::size_t>(j));
    model.mean[j] = term.at("mean").get<double>();
    model.scale[j] = term.at("scale").get<double>();
    model.coefficient[j] = term.at("coefficient").get<double>();
  }
  return model;
}

}  // namespace

std::string to_json(const FittedLearner& learner, const std::vector<std::string>& columns) {
  if (static_cast<Eigen::Index>(columns.size()) != learner.column_count())
    throw Error(ExitCode::bug, "a fitted learner needs a name for each column");
  const FittedLearner::State& state = learner.state();
  Json json{{"learner", name_of(kLearners, state.kind)}};
  if (state.as_is)
    json["as_is"] = {{"column", columns.front()}, {"mean", state.as_is->mean}};
  else if (state.booster)
    json["xgboost"] = state.booster->to_json();  // as text: XGBoost reads back exactly the bytes it wrote
  else
    json["linear"] = write(state.linear, columns);
  return json.dump(1) + "\n";
}

FittedLearner learner_from_json(std::string_view text) {
  try {
    const Json json = Json::parse(text);
    auto state = std::make_shared<FittedLearner::State>();
    state->kind = find(kLearners, json.at("learner").get<std::string>(), "learner");
    if (json.contains("as_is"))
      state->as_is = AsIs{json.at("as_is").at("mean").get<double>()};
    else if (json.contains("xgboost"))
      state->booster = Booster::from_json(json.at("xgboost").get<std::string>());
    else
      state->linear = read_linear(json.at("linear"));
    return FittedLearner(std::move(state));
  } catch (const Json::exception& problem) {
    throw InputError(std::string("not a fitted learner: ") + problem.what());
  }
}

}  // namespace radfuse
