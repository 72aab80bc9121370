// SPDX-License-Identifier: Apache-2.0
// A fitted chain as JSON: the same bytes for the same chain, the same numbers after reading.
#include <limits>
#include <nlohmann/json.hpp>

#include "radfuse/base/error.hpp"
#include "state.hpp"

namespace radfuse {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kFormat = "radfuse chain 2";

Json to_array(const Eigen::VectorXd& v) {
  return std::vector<double>(v.data(), v.data() + v.size());
}

Json to_array(const Eigen::MatrixXd& m) {
  Json rows = Json::array();
  for (Eigen::Index r = 0; r < m.rows(); ++r) rows.push_back(to_array(Eigen::VectorXd(m.row(r).transpose())));
  return rows;
}

// With gaps: null is NaN.
Eigen::MatrixXd gappy_matrix_of(const Json& json, std::size_t columns) {
  Eigen::MatrixXd m(static_cast<Eigen::Index>(json.size()), static_cast<Eigen::Index>(columns));
  for (std::size_t r = 0; r < json.size(); ++r) {
    if (json[r].size() != columns) throw InputError("a table of numbers has the wrong number of columns");
    for (std::size_t c = 0; c < columns; ++c)
      m(static_cast<Eigen::Index>(r), static_cast<Eigen::Index>(c)) =
          json[r][c].is_null() ? std::numeric_limits<double>::quiet_NaN() : json[r][c].get<double>();
  }
  return m;
}

Eigen::VectorXd vector_of(const Json& json, std::size_t size) {
  const auto values = json.get<std::vector<double>>();
  if (values.size() != size) throw InputError("a list of numbers has the wrong length");
  return Eigen::Map<const Eigen::VectorXd>(values.data(), static_cast<Eigen::Index>(size));
}

Eigen::MatrixXd matrix_of(const Json& json, std::size_t rows, std::size_t columns) {
  if (json.size() != rows) throw InputError("a table of numbers has the wrong number of rows");
  Eigen::MatrixXd m(static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(columns));
  for (std::size_t r = 0; r < rows; ++r)
    m.row(static_cast<Eigen::Index>(r)) = vector_of(json.at(r), columns).transpose();
  return m;
}

Json to_object(const FittedScale& step) {
  return {
      {"step", "scale"}, {"columns", step.columns}, {"centre", to_array(step.centre)}, {"scale", to_array(step.scale)}};
}

Json to_object(const FittedPower& step) {
  return {{"step", "power"}, {"columns", step.columns}, {"lambda", to_array(step.lambda)}};
}

Json to_object(const FittedClip& step) {
  return {{"step", "clip"}, {"columns", step.columns}, {"low", to_array(step.low)}, {"high", to_array(step.high)}};
}

Json to_object(const FittedProjection& step) {
  return {{"step", "projection"},
          {"columns", step.columns},
          {"components", step.components},
          {"mean", to_array(step.mean)},
          {"loadings", to_array(step.loadings)}};
}

Json to_object(const FittedScore& step) {
  return {{"step", "score"},
          {"columns", step.columns},
          {"name", step.name},
          {"intercept", step.intercept},
          {"coefficients", to_array(step.coefficients)}};
}

Json to_object(const Batches& batches) {
  return {{"by", batches.key.by},
          {"columns", batches.key.columns},
          {"known", batches.known},
          {"unseen", name_of(kUnseenSites, batches.unseen)},
          {"min_samples", batches.min_samples}};
}

Json to_object(const FittedCombat& step) {
  return {{"step", "combat"},
          {"columns", step.columns},
          {"covariates", step.covariates},
          {"covariate_fill", to_array(step.covariate_fill)},
          {"batches", to_object(step.batches)},
          {"mean_only", step.model.mean_only},
          {"prior", name_of(stats::kCombatPriors, step.model.prior)},
          {"adjusted", step.model.adjusted},
          {"grand_mean", to_array(step.model.grand_mean)},
          {"pooled_sd", to_array(step.model.pooled_sd)},
          {"slopes", to_array(step.model.slopes)},
          {"gamma", to_array(step.model.gamma)},
          {"delta", to_array(step.model.delta)},
          {"pooled_gamma", to_array(step.pooled.gamma)},
          {"pooled_delta", to_array(step.pooled.delta)}};
}

Json to_object(const FittedSiteScale& step) {
  return {{"step", "site_scale"},
          {"columns", step.columns},
          {"batches", to_object(step.batches)},
          {"centre", to_array(step.centre)},
          {"scale", to_array(step.scale)}};
}

Json to_object(const FittedQuantiles& step) {
  Json from = Json::array();
  for (const Eigen::MatrixXd& of_site : step.from) from.push_back(to_array(of_site));
  return {{"step", "quantiles"},
          {"columns", step.columns},
          {"batches", to_object(step.batches)},
          {"from", from},
          {"to", to_array(step.to)}};
}

Json to_object(const FittedImpute& step) {
  return {{"step", "impute"}, {"columns", step.columns}, {"value", to_array(step.value)}};
}

// NaN is null.
Json to_object(const FittedNeighbours& step) {
  return {{"step", "neighbours"},
          {"columns", step.columns},
          {"neighbours", step.neighbours},
          {"rows", to_array(step.rows)}};
}

Batches batches_of(const Json& json) {
  return {{json.at("by").get<std::vector<std::string>>(), json.at("columns").get<std::vector<std::string>>()},
          json.at("known").get<std::vector<std::string>>(),
          find(kUnseenSites, json.at("unseen").get<std::string>(), "policy for unseen sites"),
          json.at("min_samples").get<int>()};
}

// What steps have in common that tell batches apart.
template <class Step>
Step begun(const Json& json) {
  Step step;
  step.columns = json.at("columns").get<std::vector<std::string>>();
  step.batches = batches_of(json.at("batches"));
  return step;
}

FittedStep site_scale_of(const Json& json) {
  auto step = begun<FittedSiteScale>(json);
  step.centre = matrix_of(json.at("centre"), step.batches.known.size() + 1, step.columns.size());
  step.scale = matrix_of(json.at("scale"), step.batches.known.size() + 1, step.columns.size());
  return step;
}

FittedStep quantiles_of(const Json& json) {
  auto step = begun<FittedQuantiles>(json);
  const std::size_t count = json.at("to").size();
  step.to = matrix_of(json.at("to"), count, step.columns.size());
  for (const Json& of_site : json.at("from")) step.from.push_back(matrix_of(of_site, count, step.columns.size()));
  if (step.from.size() != step.batches.known.size() + 1) throw InputError("a list has the wrong length");
  return step;
}

FittedStep combat_of(const Json& json) {
  auto step = begun<FittedCombat>(json);
  const std::size_t p = step.columns.size();
  step.covariates = json.at("covariates").get<std::vector<std::string>>();
  step.covariate_fill = vector_of(json.at("covariate_fill"), step.covariates.size());
  step.model.mean_only = json.at("mean_only").get<bool>();
  step.model.prior = find(stats::kCombatPriors, json.at("prior").get<std::string>(), "prior of ComBat");
  step.model.adjusted = json.at("adjusted").get<std::vector<bool>>();
  if (step.model.adjusted.size() != p) throw InputError("a list has the wrong length");
  step.model.grand_mean = vector_of(json.at("grand_mean"), p);
  step.model.pooled_sd = vector_of(json.at("pooled_sd"), p);
  step.model.slopes = matrix_of(json.at("slopes"), step.covariates.size(), p);
  step.model.gamma = matrix_of(json.at("gamma"), step.batches.known.size(), p);
  step.model.delta = matrix_of(json.at("delta"), step.batches.known.size(), p);
  step.pooled = {vector_of(json.at("pooled_gamma"), p), vector_of(json.at("pooled_delta"), p)};
  return step;
}

FittedStep step_of(const Json& json) {
  const auto kind = json.at("step").get<std::string>();
  const auto columns = json.at("columns").get<std::vector<std::string>>();
  const std::size_t p = columns.size();
  if (kind == "scale") return FittedScale{columns, vector_of(json.at("centre"), p), vector_of(json.at("scale"), p)};
  if (kind == "power") return FittedPower{columns, vector_of(json.at("lambda"), p)};
  if (kind == "clip") return FittedClip{columns, vector_of(json.at("low"), p), vector_of(json.at("high"), p)};
  if (kind == "projection") {
    const auto components = json.at("components").get<std::vector<std::string>>();
    return FittedProjection{columns, components, vector_of(json.at("mean"), p),
                            matrix_of(json.at("loadings"), p, components.size())};
  }
  if (kind == "combat") return combat_of(json);
  if (kind == "site_scale") return site_scale_of(json);
  if (kind == "quantiles") return quantiles_of(json);
  if (kind == "impute") return FittedImpute{columns, vector_of(json.at("value"), p)};
  if (kind == "neighbours")
    return FittedNeighbours{columns, json.at("neighbours").get<int>(), gappy_matrix_of(json.at("rows"), p)};
  if (kind == "score")
    return FittedScore{columns, json.at("name").get<std::string>(), json.at("intercept").get<double>(),
                       vector_of(json.at("coefficients"), p)};
  throw InputError("it has a step '" + kind + "', which this version does not know");
}

}  // namespace

std::string to_json(const FittedChain& chain) {
  const FittedChain::State& state = chain.state();
  Json steps = Json::array();
  for (const FittedStep& step : state.steps)
    steps.push_back(std::visit([](const auto& fitted) { return to_object(fitted); }, step));
  Json selection = Json::array();
  for (const SelectionRow& row : state.selection)
    selection.push_back({{"feature", row.feature}, {"kept", row.kept}, {"step", row.step}, {"reason", row.reason}});
  const Json json = {
      {"format", kFormat}, {"columns", state.columns},     {"input", state.input},     {"fill", to_array(state.fill)},
      {"steps", steps},    {"fitted_on", state.fitted_on}, {"remarks", state.remarks}, {"selection", selection}};
  return json.dump(1) + "\n";
}

FittedChain chain_from_json(std::string_view text) {
  try {
    const Json json = Json::parse(text);
    if (json.at("format") != kFormat) throw InputError("it is not of the format '" + std::string(kFormat) + "'");
    auto state = std::make_shared<FittedChain::State>();
    state->columns = json.at("columns").get<std::vector<std::string>>();
    state->input = json.at("input").get<std::vector<std::string>>();
    state->fill = vector_of(json.at("fill"), state->input.size());
    for (const Json& step : json.at("steps")) state->steps.push_back(step_of(step));
    state->fitted_on = json.at("fitted_on").get<std::vector<std::string>>();
    state->remarks = json.at("remarks").get<std::vector<std::string>>();
    for (const Json& row : json.at("selection"))
      state->selection.push_back({row.at("feature"), row.at("kept"), row.at("step"), row.at("reason")});
    return FittedChain(std::move(state));
  } catch (const nlohmann::json::exception& error) {
    throw InputError(std::string("the fitted chain cannot be read: ") + error.what());
  } catch (Error& error) {
    error.add("the fitted chain cannot be read");
    throw;
  }
}

}  // namespace radfuse
