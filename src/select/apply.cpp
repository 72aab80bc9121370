// SPDX-License-Identifier: Apache-2.0
// Applying a fitted chain to rows whose labels it does not know.
#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_map>

#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"
#include "state.hpp"
#include "working.hpp"

namespace radfuse {
namespace {

// The columns at the entrance, gaps filled.
Columns enter(const FittedChain::State& state, const FeatureTable& table, std::vector<std::string>& remarks) {
  Columns columns{state.input, Eigen::MatrixXd(table.row_count(), static_cast<Eigen::Index>(state.input.size()))};
  std::vector<std::string> absent, filled;
  for (std::size_t c = 0; c < state.input.size(); ++c) {
    const Eigen::Index from = table.column_index(state.input[c]);
    if (from < 0) {
      absent.push_back(state.input[c]);
      continue;
    }
    const auto to = static_cast<Eigen::Index>(c);
    columns.values.col(to) = table.values().col(from);
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

std::string unseen_text(const std::string& site, std::size_t rows) {
  return "site '" + site + "' (" + std::to_string(rows) + (rows == 1 ? " row" : " rows") + ") gave no training row";
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
                std::span<const std::string> sites, std::vector<std::string>& remarks) {
  std::map<std::string, std::vector<Eigen::Index>> rows_of;
  for (std::size_t r = 0; r < sites.size(); ++r) rows_of[sites[r]].push_back(static_cast<Eigen::Index>(r));
  const auto positions = columns.find(step.columns);
  for (const auto& [site, rows] : rows_of) {
    const Eigen::MatrixXd x = columns.values(rows, positions), z = covariates(rows, Eigen::all);
    const auto known = std::find(step.sites.begin(), step.sites.end(), site);
    stats::CombatBatch batch;
    if (known != step.sites.end()) {
      batch = stats::batch_of(step.model, known - step.sites.begin());
    } else if (step.unseen == UnseenSite::error) {
      throw InputError("combat: " + unseen_text(site, rows.size()) +
                       ", so its shift is not known; set 'unseen' of the combat step to skip or adapt_unlabelled");
    } else if (step.unseen == UnseenSite::adapt_unlabelled &&
               rows.size() >= static_cast<std::size_t>(step.min_samples)) {
      batch = stats::estimate_batch(step.model, x, z);
      remarks.push_back("combat: " + unseen_text(site, rows.size()) +
                        ": its shift and scale were estimated from these rows themselves, without labels; the values "
                        "of each row depend on the other rows of the site");
    } else {
      remarks.push_back("combat: " + unseen_text(site, rows.size()) + ": left as they are" +
                        (step.unseen == UnseenSite::skip
                             ? std::string()
                             : " (adapt_unlabelled needs " + std::to_string(step.min_samples) + " rows)"));
      continue;
    }
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
  return result;
}

FeatureTable apply(const FittedChain& chain, const FeatureTable& table, std::span<const std::string> sites,
                   std::vector<std::string>* remarks) {
  if (static_cast<Eigen::Index>(sites.size()) != table.row_count())
    throw Error(ExitCode::bug, "apply: one site is needed for each row of the table");
  const FittedChain::State& state = chain.state();
  std::vector<std::string> said;
  Columns columns = enter(state, table, said);
  for (const FittedStep& step : state.steps) {
    if (const auto* combat = std::get_if<FittedCombat>(&step))
      apply_step(*combat, columns, covariates_of(*combat, table), sites, said);
    else
      std::visit(
          [&](const auto& fitted) {
            if constexpr (!std::is_same_v<std::decay_t<decltype(fitted)>, FittedCombat>) apply_step(fitted, columns);
          },
          step);
  }
  if (remarks) remarks->insert(remarks->end(), said.begin(), said.end());
  return FeatureTable(state.columns, table.rows(), columns.values(Eigen::all, columns.find(state.columns)));
}

}  // namespace radfuse
