// SPDX-License-Identifier: Apache-2.0
// combat: shifts and scales between the sites of the training rows.
#include <algorithm>
#include <cmath>
#include <set>

#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/stats/descriptive.hpp"
#include "working.hpp"

namespace radfuse {
namespace {

// The table's columns of a clinical covariate: age -> clin.age; sex -> clin.sex=female, clin.sex=male.
std::vector<std::string> columns_of(const std::string& covariate, const FeatureTable& table) {
  const std::string full = covariate.starts_with("clin.") ? covariate : "clin." + covariate;
  std::vector<std::string> found, clinical;
  for (const std::string& column : table.columns()) {
    if (column == full || column.starts_with(full + "=")) found.push_back(column);
    if (column.starts_with("clin.")) clinical.push_back(column);
  }
  if (found.empty())
    throw InputError("covariate '" + covariate + "' is not a clinical column" + text::did_you_mean(full, clinical) +
                     (clinical.empty() ? " (the cohort has none)" : " (" + text::join(clinical, ", ") + ")"));
  return found;
}

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
    std::vector<Eigen::Index> there;
    for (Eigen::Index i = 0; i < column.size(); ++i)
      if (!std::isnan(column[i])) there.push_back(i);
    const double middle = stats::median(column(there));
    if (there.size() < static_cast<std::size_t>(column.size())) {
      working.remark("covariate " + columns[c] + ": " +
                     std::to_string(static_cast<std::size_t>(column.size()) - there.size()) +
                     " missing training values count as the median");
      for (Eigen::Index i = 0; i < column.size(); ++i)
        if (std::isnan(column[i])) column[i] = middle;
    }
    if (there.empty() || stats::is_constant(column)) {
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
    auto found = columns_of(covariate, working.data().table);
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

}  // namespace

void fit_step(const CombatParams& params, Working& working) {
  const auto positions = working.complete_scope(params.on);
  if (positions.empty()) return;
  const auto site_of = working.training_sites();
  const std::set<std::string> site_set(site_of.begin(), site_of.end());
  FittedCombat step{.columns = {},
                    .covariates = {},
                    .covariate_fill = {},
                    .sites = {site_set.begin(), site_set.end()},
                    .unseen = params.unseen,
                    .min_samples = params.min_samples,
                    .model = {}};
  if (step.sites.size() < 2) {
    working.remark("all training rows are from one site ('" + step.sites.front() +
                   "'): nothing is harmonised, and rows of other sites pass as they are");
    return;
  }
  for (const Eigen::Index c : positions) step.columns.push_back(working.columns().names[static_cast<std::size_t>(c)]);
  std::vector<int> batch;
  std::vector<std::size_t> size(step.sites.size(), 0);
  for (const std::string& site : site_of) {
    batch.push_back(
        static_cast<int>(std::lower_bound(step.sites.begin(), step.sites.end(), site) - step.sites.begin()));
    ++size[static_cast<std::size_t>(batch.back())];
  }

  const std::string where = "select, step " + working.step();
  with_context(where, [&] {
    step.covariates = covariate_columns(params, working);
    const Eigen::MatrixXd covariates = prepare(step.covariates, step.covariate_fill, working);
    step.model = stats::fit_combat(working.values_of(positions), batch, covariates, step.covariates,
                                   options_of(params, step.sites));
    for (std::size_t s = 0; s < size.size(); ++s)
      if (size[s] == 1)
        working.remark("site '" + step.sites[s] + "' has one training row: only shifts are removed, for all sites");
    if (step.model.prior == stats::CombatPrior::none && params.prior != stats::CombatPrior::none)
      working.remark("a single feature is harmonised: shifts are not shrunk towards those of other features");
    std::vector<std::string> untouched;
    for (std::size_t c = 0; c < step.columns.size(); ++c)
      if (!step.model.adjusted[c]) untouched.push_back(step.columns[c]);
    if (!untouched.empty())
      working.remark(std::to_string(untouched.size()) +
                     " features are constant within a site and left as they are: " + some_of(untouched));
    working.push(step, covariates);
  });
}

}  // namespace radfuse
