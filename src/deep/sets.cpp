// SPDX-License-Identifier: Apache-2.0
// Who is fitted on whom.
#include "sets.hpp"

#include <algorithm>
#include <set>

#include "radfuse/base/error.hpp"
#include "radfuse/base/hash.hpp"
#include "radfuse/table/folds.hpp"

namespace radfuse::deep {
namespace {

using Rows = std::vector<const CaseRow*>;

// What all sets of a study are planned from.
struct Grounds {
  const Study& study;
  Rows taught;    // training cases with a known outcome: networks that learn it are fitted on these
  Rows training;  // all training cases: networks that do not know outcomes are fitted on these
  std::uint64_t seed = 0;
};

std::vector<FoldMember> members_of(const Rows& rows) {
  std::vector<FoldMember> members;
  for (const CaseRow* row : rows) members.push_back(fold_member(*row));
  return members;
}

// A table's networks: one on all of `rows`, and, where it learns outcomes, one for each fold.
void add_table(Set& set, SetTable table, const std::string& name, const Rows& rows, Rng rng) {
  table.whole = set.networks.size();
  set.networks.push_back({name, rows, ""});
  if (is_supervised(set.params->network)) {
    const int folds = set.params->folds;
    const std::vector<int> fold_of = with_context("folds", [&] { return draw_folds(members_of(rows), folds, rng); });
    for (int fold = 0; fold < folds; ++fold) {
      SetNetwork network{name + ".fold-" + std::to_string(fold + 1), {}, ""};
      for (std::size_t i = 0; i < rows.size(); ++i)
        if (fold_of[i] == fold)
          table.left_out[patient_of(*rows[i])] = set.networks.size();
        else
          network.rows.push_back(rows[i]);
      set.networks.push_back(std::move(network));
    }
  }
  set.tables.push_back(std::move(table));
}

// Rows whose patient is not among those held out.
Rows without(const Rows& rows, const std::set<std::string>& held_out) {
  Rows left;
  std::ranges::copy_if(rows, std::back_inserter(left),
                       [&](const CaseRow* row) { return !held_out.contains(patient_of(*row)); });
  return left;
}

void add_outer_folds(Set& set, const Grounds& grounds, const Rows& rows) {
  const ValidationParams& validation = grounds.study.train->validation;
  const std::vector<FoldMember> members = members_of(grounds.taught);
  std::uint64_t round = 0;
  for (int repeat = 1; repeat <= validation.repeats; ++repeat) {
    const std::vector<int> fold_of = with_context(
        "train.validation.folds", [&] { return draw_outer_folds(members, validation.folds, grounds.seed, repeat); });
    for (int fold = 1; fold <= validation.folds; ++fold) {
      std::set<std::string> held_out;
      for (std::size_t i = 0; i < members.size(); ++i)
        if (fold_of[i] == fold - 1) held_out.insert(members[i].patient);
      const std::string where = std::to_string(repeat) + "-" + std::to_string(fold);
      with_context("outer fold " + where, [&] {
        add_table(set, {.file = fold_table(repeat, fold), .repeat = repeat, .fold = fold},
                  set.params->name + ".outer-" + where, without(rows, held_out),
                  Rng(grounds.seed, "deep.folds", ++round));
      });
    }
  }
}

// A network from outside is the same for every case.
SetNetwork from_outside(const Set& set, std::uint64_t seed) {
  NetworkParams network = set.params->network;
  const WeightsParams* weights = weights_of(network);
  return {"", {}, weights != nullptr ? text::lower(weights->sha256) : sha256("random " + std::to_string(seed))};
}

Set plan_set(const DeepParams& deep, const Grounds& grounds) {
  Set set;
  set.params = &deep;
  while (grounds.study.images[set.image].first != deep.image) ++set.image;
  SetTable own{.file = "features.deep.csv"};
  if (!is_fitted(deep.network)) {
    set.networks.push_back(from_outside(set, grounds.seed));
    set.tables.push_back(std::move(own));
    return set;
  }
  const Rows& rows = is_supervised(deep.network) ? grounds.taught : grounds.training;
  add_table(set, std::move(own), deep.name, rows, Rng(grounds.seed, "deep.folds"));
  if (deep.refit == Refit::each_fold && grounds.study.train) add_outer_folds(set, grounds, rows);
  return set;
}

}  // namespace

bool SetNetwork::knows(const std::string& patient) const {
  return std::ranges::any_of(rows, [&](const CaseRow* row) { return patient_of(*row) == patient; });
}

std::size_t SetTable::network_for(const CaseRow& row) const {
  const auto found = left_out.find(patient_of(row));
  return found == left_out.end() ? whole : found->second;
}

std::vector<Set> plan_sets(const StageRun& run, const Cohort& cohort) {
  Grounds grounds{run.study, learning_rows(cohort), {}, static_cast<std::uint64_t>(run.study.study.seed)};
  for (const CaseRow* row : cohort.reference_rows())
    if (row->split == Split::train) grounds.training.push_back(row);
  std::vector<Set> sets;
  for (const DeepParams& deep : run.study.deep)
    with_context("deep set " + deep.name, [&] { sets.push_back(plan_set(deep, grounds)); });
  return sets;
}

}  // namespace radfuse::deep
