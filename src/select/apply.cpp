// SPDX-License-Identifier: Apache-2.0
// Applying a fitted chain to rows whose labels it does not know.
#include <algorithm>
#include <cmath>
#include <set>
#include <unordered_map>

#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"
#include "state.hpp"
#include "working.hpp"

namespace radfuse {
namespace {

// Columns whose gaps are left for a step of the chain to fill.
std::set<std::string_view> filled_later(const FittedChain::State& state) {
  std::set<std::string_view> names;
  for (const FittedStep& step : state.steps) {
    if (const auto* impute = std::get_if<FittedImpute>(&step))
      names.insert(impute->columns.begin(), impute->columns.end());
    if (const auto* nearest = std::get_if<FittedNeighbours>(&step))
      names.insert(nearest->columns.begin(), nearest->columns.end());
  }
  return names;
}

// The columns at the entrance, gaps filled where no step of the chain does it.
Columns enter(const FittedChain::State& state, const FeatureTable& table, std::vector<std::string>& remarks) {
  Columns columns{state.input, Eigen::MatrixXd(table.row_count(), static_cast<Eigen::Index>(state.input.size()))};
  std::vector<std::string> absent, filled;
  const std::set<std::string_view> later = filled_later(state);
  for (std::size_t c = 0; c < state.input.size(); ++c) {
    const Eigen::Index from = table.column_index(state.input[c]);
    if (from < 0) {
      absent.push_back(state.input[c]);
      continue;
    }
    const auto to = static_cast<Eigen::Index>(c);
    columns.values.col(to) = table.values().col(from);
    if (later.contains(state.input[c])) continue;
    Eigen::Index gaps = 0;
    for (Eigen::Index r = 0; r < table.row_count(); ++r) {
      if (!std::isnan(columns.values(r, to))) continue;
      columns.values(r, to) = state.fill[to];
      ++gaps;
    }
    if (gaps > 0) filled.push_back(state.input[c] + " (" + std::to_string(gaps) + ")");
  }
  if (!absent.empty())
    throw InputError("the table lacks " + std::to_string(absent.size()) + " of the " +
                     std::to_string(state.input.size()) + " columns that the fitted chain needs: " + some_of(absent));
  if (!filled.empty())
    remarks.push_back("missing values were replaced by those of the training rows: " + some_of(filled));
  return columns;
}

// Covariates are taken as they came in, whatever earlier steps made of these columns.
Eigen::MatrixXd covariates_of(const FittedCombat& step, const FeatureTable& table) {
  Eigen::MatrixXd values(table.row_count(), static_cast<Eigen::Index>(step.covariates.size()));
  for (Eigen::Index c = 0; c < values.cols(); ++c) {
    values.col(c) = table.values().col(table.column_index(step.covariates[static_cast<std::size_t>(c)]));
    for (Eigen::Index r = 0; r < values.rows(); ++r)
      if (std::isnan(values(r, c))) values(r, c) = step.covariate_fill[c];
  }
  return values;
}

}  // namespace

std::vector<std::size_t> positions_in(const std::vector<std::string>& all, const std::vector<std::string>& kept) {
  std::unordered_map<std::string_view, std::size_t> at;
  for (std::size_t i = 0; i < all.size(); ++i) at.emplace(all[i], i);
  std::vector<std::size_t> positions;
  for (const std::string& name : kept) positions.push_back(at.at(name));
  return positions;
}

std::vector<Eigen::Index> Columns::find(const std::vector<std::string>& wanted) const {
  std::vector<Eigen::Index> found;
  for (const std::size_t position : positions_in(names, wanted)) found.push_back(static_cast<Eigen::Index>(position));
  return found;
}

void apply_step(const FittedCombat& step, Columns& columns, const Eigen::MatrixXd& covariates,
                std::span<const std::string> batches, std::vector<std::string>& remarks) {
  const auto positions = columns.find(step.columns);
  for (const auto& [name, rows] : rows_by_name(batches)) {
    const BatchFate fate = fate_of(name, rows.size(), step.batches, "combat", "no training row", remarks);
    if (fate.kind == BatchFate::Kind::left) continue;
    const Eigen::MatrixXd x = columns.values(rows, positions), z = covariates(rows, Eigen::all);
    const stats::CombatBatch batch = fate.kind == BatchFate::Kind::known
                                         ? stats::batch_of(step.model, static_cast<Eigen::Index>(fate.at))
                                     : fate.kind == BatchFate::Kind::pooled ? step.pooled
                                                                            : stats::estimate_batch(step.model, x, z);
    columns.values(rows, positions) = stats::apply_combat(step.model, batch, x, z);
  }
}

FittedCombat keep_columns(const FittedCombat& step, const std::vector<std::string>& kept) {
  const auto positions = positions_in(step.columns, kept);
  FittedCombat result = step;
  result.columns = kept;
  result.model.adjusted.clear();
  for (const std::size_t p : positions) result.model.adjusted.push_back(step.model.adjusted[p]);
  result.model.grand_mean = step.model.grand_mean(positions).eval();
  result.model.pooled_sd = step.model.pooled_sd(positions).eval();
  result.model.slopes = step.model.slopes(Eigen::all, positions).eval();
  result.model.gamma = step.model.gamma(Eigen::all, positions).eval();
  result.model.delta = step.model.delta(Eigen::all, positions).eval();
  result.pooled = {step.pooled.gamma(positions).eval(), step.pooled.delta(positions).eval()};
  return result;
}

namespace {

void apply_one(const FittedStep& step, Columns& columns, const FeatureTable& table, std::span<const std::string> sites,
               std::vector<std::string>& said) {
  std::vector<std::string> batches;
  if (const BatchKey* key = batch_of_step(step)) batches = batch_names(*key, table, sites);
  std::visit(
      [&](const auto& fitted) {
        using Step = std::decay_t<decltype(fitted)>;
        if constexpr (std::is_same_v<Step, FittedCombat>)
          apply_step(fitted, columns, covariates_of(fitted, table), batches, said);
        else if constexpr (std::is_same_v<Step, FittedSiteScale> || std::is_same_v<Step, FittedQuantiles>)
          apply_step(fitted, columns, batches, said);
        else if constexpr (std::is_same_v<Step, FittedImpute> || std::is_same_v<Step, FittedNeighbours>)
          apply_step(fitted, columns, said);
        else
          apply_step(fitted, columns);
      },
      step);
}

}  // namespace

FeatureTable apply(const FittedChain& chain, const FeatureTable& table, std::span<const std::string> sites,
                   std::vector<std::string>* remarks) {
  if (static_cast<Eigen::Index>(sites.size()) != table.row_count())
    throw Error(ExitCode::bug, "apply: one site is needed for each row of the table");
  const FittedChain::State& state = chain.state();
  std::vector<std::string> said;
  Columns columns = enter(state, table, said);
  for (const FittedStep& step : state.steps) apply_one(step, columns, table, sites, said);
  if (remarks) remarks->insert(remarks->end(), said.begin(), said.end());
  return FeatureTable(state.columns, table.rows(), columns.values(Eigen::all, columns.find(state.columns)));
}

}  // namespace radfuse
