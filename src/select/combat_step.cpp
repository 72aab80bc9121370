// SPDX-License-Identifier: Apache-2.0
// combat: shifts and scales between the sites of the training rows.
#include <algorithm>
#include <cmath>

#include "audit.hpp"
#include "audit_step.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/stats/descriptive.hpp"
#include "working.hpp"

namespace radfuse {
namespace {

void refuse_outcome(const std::string& column, const Eigen::VectorXd& values, const Eigen::VectorXi& outcome) {
  const Eigen::ArrayXd y = outcome.cast<double>();
  if ((values.array() == y).all() || (values.array() == 1 - y).all())
    throw InputError("covariate '" + column +
                     "' is the outcome itself: keeping its effect would carry the answer into the features; leave it "
                     "out");
}

// Gaps get the training median, also when the chain is applied; a covariate that does not vary says nothing.
Eigen::MatrixXd prepare(std::vector<std::string>& columns, Eigen::VectorXd& fill, Working& working) {
  Eigen::MatrixXd values = working.training_values(columns);
  std::vector<std::string> kept;
  std::vector<double> medians;
  std::vector<Eigen::Index> positions;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    auto column = values.col(static_cast<Eigen::Index>(c));
    const Eigen::VectorXd there = stats::present(column);
    const double middle = stats::median(there);
    if (there.size() < column.size()) {
      working.remark("covariate " + columns[c] + ": " + std::to_string(column.size() - there.size()) +
                     " missing training values count as the median");
      for (Eigen::Index i = 0; i < column.size(); ++i)
        if (std::isnan(column[i])) column[i] = middle;
    }
    if (there.size() == 0 || stats::is_constant(column)) {
      working.remark("covariate " + columns[c] + " is constant over the training rows and left out");
      continue;
    }
    refuse_outcome(columns[c], column, working.outcome());
    working.remember_fill(columns[c], middle);
    kept.push_back(columns[c]);
    medians.push_back(middle);
    positions.push_back(static_cast<Eigen::Index>(c));
  }
  columns = kept;
  fill = Eigen::Map<const Eigen::VectorXd>(medians.data(), static_cast<Eigen::Index>(medians.size()));
  return values(Eigen::all, positions);
}

std::vector<std::string> covariate_columns(const CombatParams& params, Working& working) {
  std::vector<std::string> columns;
  for (const std::string& covariate : params.covariates) {
    auto found = clinical_columns_of(covariate, working.data().table.columns(), "covariate");
    // The levels of a category add up to 1 in every row: one of them is implied by the others.
    if (found.size() > 1) {
      const Eigen::MatrixXd values = working.training_values(found);
      if ((values.rowwise().sum().array() == 1).all()) found.erase(found.begin());
    }
    columns.insert(columns.end(), found.begin(), found.end());
  }
  return columns;
}

stats::CombatOptions options_of(const CombatParams& params, const std::vector<std::string>& sites) {
  stats::CombatOptions options{.mean_only = params.mean_only, .prior = params.prior};
  if (params.reference.empty()) return options;
  const auto at = std::find(sites.begin(), sites.end(), params.reference);
  if (at == sites.end())
    throw InputError("reference site '" + params.reference + "' has no training row" +
                     text::did_you_mean(params.reference, sites) + " (" + text::join(sites, ", ") + ")");
  options.reference = static_cast<int>(at - sites.begin());
  return options;
}

void tell(const FittedCombat& step, const CombatParams& params, const std::vector<int>& batch, Working& working) {
  const std::string what = step.batches.key.what();
  for (std::size_t s = 0; s < step.batches.known.size(); ++s)
    if (std::count(batch.begin(), batch.end(), static_cast<int>(s)) == 1)
      working.remark(what + " '" + step.batches.known[s] + "' has one training row: only shifts are removed, for all " +
                     what + (what == "batch" ? "es" : "s"));
  if (step.model.prior == stats::CombatPrior::none && params.prior != stats::CombatPrior::none)
    working.remark("a single feature is harmonised: shifts are not shrunk towards those of other features");
  std::vector<std::string> untouched;
  for (std::size_t c = 0; c < step.columns.size(); ++c)
    if (!step.model.adjusted[c]) untouched.push_back(step.columns[c]);
  if (!untouched.empty())
    working.remark(std::to_string(untouched.size()) + " features are constant or missing within a " + what +
                   " and left as they are: " + some_of(untouched));
}

// Where batch and outcome go together, what is taken off with the one is taken off the other.
void warn_of_confounding(const std::vector<int>& batch, std::size_t batches, const std::string& what,
                         Working& working) {
  const OutcomeAssociation test = outcome_association(batch, batches, working.outcome());
  if (!(test.p < 0.05)) return;
  working.remark(what + " and outcome go together in the training rows (Cramer's V = " + fixed(test.v, 2) +
                 ", chi-squared p = " + significant(test.p, 2) +
                 "): harmonising also removes what tells the outcomes apart, and a model may "
                 "still learn the " +
                 what + " in place of the disease");
}

}  // namespace

void fit_step(const CombatParams& params, Working& working) {
  if (working.scope(params.on).empty()) return;
  with_context("select, step " + working.step(), [&] {
    FittedCombat step{.columns = {},
                      .covariates = {},
                      .covariate_fill = {},
                      .batches = {batch_key(params.batch, working.data().table), {}, params.unseen, params.min_samples},
                      .model = {},
                      .pooled = {}};
    const std::string what = step.batches.key.what();
    const auto names = working.training_batches(step.batches.key);
    const std::vector<int> batch = number_batches(names, step.batches.known);
    if (step.batches.known.size() < 2) {
      working.remark("all training rows are from one " + what + " ('" + step.batches.known.front() +
                     "'): nothing is harmonised, and rows of other " + what + (what == "batch" ? "es" : "s") +
                     " pass as they are");
      return;
    }
    const auto positions = working.scope(params.on);
    step.columns = working.names_of(positions);
    step.covariates = covariate_columns(params, working);
    const Eigen::MatrixXd covariates = prepare(step.covariates, step.covariate_fill, working);
    const Eigen::MatrixXd x = working.values_of(positions);
    step.model = stats::fit_combat(x, batch, covariates, step.covariates, options_of(params, step.batches.known));
    step.pooled = stats::pooled_batch(step.model, x, covariates);
    tell(step, params, batch, working);
    warn_of_confounding(batch, step.batches.known.size(), what, working);
    working.remember_fill(step.batches.key);
    working.push(step, covariates, names);
    audit_step(x, working.values_of(positions), step.columns, batch, step.batches.known, step.batches.key, working);
  });
}

}  // namespace radfuse
