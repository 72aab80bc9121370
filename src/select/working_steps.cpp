// SPDX-License-Identifier: Apache-2.0
// The steps of a chain that is being fitted: taken on, and, at the end, those that are needed.
#include <algorithm>
#include <numeric>
#include <set>

#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"
#include "working.hpp"

namespace radfuse {

void Working::push(FittedProjection step, const std::vector<std::string>& evidence) {
  std::vector<std::size_t> origin;
  const std::set<std::string> replaced(step.columns.begin(), step.columns.end());
  for (std::size_t c = 0; c < columns_.names.size(); ++c) {
    if (!replaced.contains(columns_.names[c])) {
      origin.push_back(origin_[c]);
      continue;
    }
    std::string& reason = selection_[origin_[c]].reason;
    reason += (reason.empty() ? "" : "; ") + std::string("part of ") + step.components.front() + " to " +
              step.components.back();
    judge(columns_.names[c], true, {}, reason);
  }
  for (std::size_t k = 0; k < step.components.size(); ++k) {
    origin.push_back(selection_.size());
    selection_.push_back({.feature = step.components[k], .kept = true, .step = {}, .reason = evidence[k]});
    judge(step.components[k], true, {}, evidence[k]);
  }
  apply_step(step, columns_);
  origin_ = std::move(origin);
  steps_.emplace_back(std::move(step));
}

void Working::push(FittedScore step, bool replace, const std::string& evidence) {
  if (data().table.column_index(step.name) >= 0 ||
      std::find(columns_.names.begin(), columns_.names.end(), step.name) != columns_.names.end())
    throw InputError("select, step " + step_ + ": there is a column " + step.name +
                     " already: a score of its features cannot be called so");
  apply_step(step, columns_);
  origin_.push_back(selection_.size());
  selection_.push_back({.feature = step.name, .kept = true, .step = {}, .reason = evidence});
  judge(step.name, true, {}, evidence);
  std::vector<Eigen::Index> left;
  for (std::size_t c = 0; c < columns_.names.size(); ++c) {
    const bool part = std::find(step.columns.begin(), step.columns.end(), columns_.names[c]) != step.columns.end();
    if (part) note(static_cast<Eigen::Index>(c), "part of " + step.name);
    if (!part || !replace) left.push_back(static_cast<Eigen::Index>(c));
  }
  Columns next;
  std::vector<std::size_t> origin;
  for (const Eigen::Index c : left) {
    next.names.push_back(columns_.names[static_cast<std::size_t>(c)]);
    origin.push_back(origin_[static_cast<std::size_t>(c)]);
  }
  next.values = columns_.values(Eigen::all, left);
  columns_ = std::move(next);
  origin_ = std::move(origin);
  steps_.emplace_back(std::move(step));
}

void Working::push(FittedCombat step, const Eigen::MatrixXd& covariates, std::span<const std::string> batches) {
  std::vector<std::string> none;
  apply_step(step, columns_, covariates, batches, none);
  steps_.emplace_back(std::move(step));
}

// Going back from the exit, a step keeps what is still wanted behind it. A ComBat that may meet new sites keeps all of
// its columns, because shifts are estimated from many features together; a component or score needs all of its columns,
// and so do nearest rows. `wanted` ends as what must be there at the entrance.
std::vector<FittedStep> Working::needed_steps(std::set<std::string>& wanted) const {
  std::vector<FittedStep> kept;
  const auto among = [&wanted](const std::vector<std::string>& names) {
    std::vector<std::string> found;
    std::copy_if(names.begin(), names.end(), std::back_inserter(found),
                 [&](const std::string& name) { return wanted.contains(name); });
    return found;
  };
  for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) {
    if (const auto* projection = std::get_if<FittedProjection>(&*step)) {
      const auto components = among(projection->components);
      if (components.empty()) continue;
      for (const std::string& name : components) wanted.erase(name);
      wanted.insert(projection->columns.begin(), projection->columns.end());
      kept.emplace_back(keep_components(*projection, components));
      continue;
    }
    if (const auto* score = std::get_if<FittedScore>(&*step)) {
      if (wanted.erase(score->name) == 0) continue;
      wanted.insert(score->columns.begin(), score->columns.end());
      kept.emplace_back(*score);
      continue;
    }
    std::visit(
        [&](const auto& fitted) {
          using Step = std::decay_t<decltype(fitted)>;
          if constexpr (!std::is_same_v<Step, FittedProjection> && !std::is_same_v<Step, FittedScore>) {
            auto columns = among(fitted.columns);
            if (columns.empty()) return;
            if constexpr (std::is_same_v<Step, FittedCombat>) {
              if (fitted.batches.unseen == UnseenSite::adapt_unlabelled ||
                  fitted.batches.unseen == UnseenSite::reference)
                columns = fitted.columns;
              wanted.insert(columns.begin(), columns.end());
            }
            if constexpr (std::is_same_v<Step, FittedNeighbours>) {
              wanted.insert(fitted.columns.begin(), fitted.columns.end());
              kept.emplace_back(fitted);
            } else {
              kept.emplace_back(keep_columns(fitted, columns));
            }
          }
        },
        *step);
  }
  std::reverse(kept.begin(), kept.end());
  // Covariates and batches are taken as they came in: no step before changes them for ComBat.
  for (const FittedStep& step : kept) {
    if (const auto* combat = std::get_if<FittedCombat>(&step))
      wanted.insert(combat->covariates.begin(), combat->covariates.end());
    if (const BatchKey* batch = batch_of_step(step)) wanted.insert(batch->columns.begin(), batch->columns.end());
  }
  return kept;
}

FittedChain Working::finish() {
  step_ = "the end of the chain";
  std::vector<Eigen::Index> every(columns_.names.size());
  std::iota(every.begin(), every.end(), Eigen::Index{0});
  drop_incomplete(every);

  auto state = std::make_shared<FittedChain::State>();
  std::set<std::string> wanted(columns_.names.begin(), columns_.names.end());
  state->steps = needed_steps(wanted);
  for (const std::string& column : data().table.columns())
    if (wanted.contains(column)) state->input.push_back(column);
  state->fill.resize(static_cast<Eigen::Index>(state->input.size()));
  for (std::size_t c = 0; c < state->input.size(); ++c)
    state->fill[static_cast<Eigen::Index>(c)] = fill_.at(state->input[c]);
  state->columns = columns_.names;
  for (const Eigen::Index r : rows_.rows())
    state->fitted_on.push_back(data().table.rows()[static_cast<std::size_t>(r)].case_id);
  std::sort(state->fitted_on.begin(), state->fitted_on.end());
  state->selection = selection_;
  state->remarks = remarks_;
  return FittedChain(std::move(state));
}

}  // namespace radfuse
