// SPDX-License-Identifier: Apache-2.0
// Book-keeping of a chain that is being fitted: which columns live, what became of the others.
#include "working.hpp"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <set>

#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/stats/descriptive.hpp"

namespace radfuse {
namespace {

std::string to_text(double value, std::chars_format format, int precision) {
  char buffer[512];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, format, precision);
  return {buffer, end.ptr};
}

Eigen::VectorXd finite_part(const Eigen::Ref<const Eigen::VectorXd>& x) {
  std::vector<Eigen::Index> rows;
  for (Eigen::Index i = 0; i < x.size(); ++i)
    if (!std::isnan(x[i])) rows.push_back(i);
  return x(rows);
}

}  // namespace

std::string fixed(double value, int decimals) {
  return to_text(value, std::chars_format::fixed, decimals);
}
std::string significant(double value, int digits) {
  return to_text(value, std::chars_format::general, digits);
}

std::string some_of(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 5;
  if (names.size() <= kShown) return text::join(names, ", ");
  return text::join(std::span(names).first(kShown), ", ") + " and " + std::to_string(names.size() - kShown) + " more";
}

constexpr std::string_view kScore = ".score";

bool in_blocks(std::string_view column, std::span<const std::string> blocks) {
  return std::any_of(blocks.begin(), blocks.end(), [column](const std::string& block) {
    if (column.starts_with(block)) return column.size() == block.size() || column[block.size()] == '.';
    // deep.<set>.score stands for deep.<set>.<image>.score: a set has one image.
    return block.ends_with(kScore) && column.ends_with(kScore) &&
           column.starts_with(std::string_view(block).substr(0, block.size() - kScore.size() + 1));
  });
}

Working::Working(const TrainingRows& rows, std::span<const std::string> blocks, std::uint64_t seed, int threads,
                 ChainEvidence* evidence)
    : rows_(rows), seed_(seed), threads_(threads), evidence_(evidence) {
  const FeatureTable& table = data().table;
  for (const std::string& column : table.columns())
    if (in_blocks(column, blocks)) columns_.names.push_back(column);
  if (columns_.names.empty())
    throw InputError("no column of the feature tables belongs to the blocks " +
                     text::join(std::vector<std::string>(blocks.begin(), blocks.end()), ", "));
  columns_.values = training_values(columns_.names);
  outcome_.resize(static_cast<Eigen::Index>(rows_.rows().size()));
  for (Eigen::Index i = 0; i < outcome_.size(); ++i)
    outcome_[i] = data().outcome[static_cast<std::size_t>(rows_.rows()[static_cast<std::size_t>(i)])];
  for (std::size_t c = 0; c < columns_.names.size(); ++c) {
    selection_.push_back({.feature = columns_.names[c], .kept = true, .step = {}, .reason = {}});
    origin_.push_back(c);
    fill_[columns_.names[c]] = stats::median(finite_part(columns_.values.col(static_cast<Eigen::Index>(c))));
  }
}

void Working::begin(std::size_t position, std::string_view name) {
  position_ = position;
  step_ = std::to_string(position + 1) + " " + std::string(name);
}

std::vector<Eigen::Index> Working::scope(const std::vector<std::string>& blocks) const {
  std::vector<Eigen::Index> positions;
  for (std::size_t c = 0; c < columns_.names.size(); ++c)
    if (in_blocks(columns_.names[c], blocks)) positions.push_back(static_cast<Eigen::Index>(c));
  return positions;
}

std::vector<Eigen::Index> Working::complete_scope(const std::vector<std::string>& blocks) {
  drop_incomplete(scope(blocks));
  return scope(blocks);
}

std::vector<Eigen::Index> Working::varying_scope(const std::vector<std::string>& blocks) {
  std::map<Eigen::Index, std::string> constant;
  for (const Eigen::Index c : complete_scope(blocks))
    if (stats::is_constant(columns_.values.col(c))) constant[c] = "constant over the training rows";
  drop(constant);
  return scope(blocks);
}

std::vector<Eigen::Index> Working::present_scope(const std::vector<std::string>& blocks) {
  std::map<Eigen::Index, std::string> nothing;
  for (const Eigen::Index c : scope(blocks)) {
    const Eigen::VectorXd there = present(c);
    if (there.size() == 0)
      nothing[c] = "all training values are missing";
    else if (stats::is_constant(there))
      nothing[c] = "constant over the training rows";
  }
  drop(nothing);
  return scope(blocks);
}

Eigen::VectorXd Working::present(Eigen::Index position) const {
  return finite_part(columns_.values.col(position));
}

void Working::drop_incomplete(const std::vector<Eigen::Index>& positions) {
  std::map<Eigen::Index, std::string> incomplete;
  for (const Eigen::Index c : positions)
    if (const auto missing = columns_.values.col(c).array().isNaN().count(); missing > 0)
      incomplete[c] = std::to_string(missing) + " of " + std::to_string(columns_.values.rows()) +
                      " training values are missing, and no impute step stands before";
  drop(incomplete);
}

Eigen::MatrixXd Working::values_of(const std::vector<Eigen::Index>& positions) const {
  return columns_.values(Eigen::all, positions);
}

void Working::drop(const std::map<Eigen::Index, std::string>& reasons) {
  if (reasons.empty()) return;
  std::vector<Eigen::Index> left;
  Columns next;
  std::vector<std::size_t> next_origin;
  for (std::size_t c = 0; c < columns_.names.size(); ++c) {
    const auto position = static_cast<Eigen::Index>(c);
    if (const auto at = reasons.find(position); at != reasons.end()) {
      SelectionRow& row = selection_[origin_[c]];
      row.kept = false;
      row.step = step_;
      row.reason = at->second;
      continue;
    }
    left.push_back(position);
    next.names.push_back(columns_.names[c]);
    next_origin.push_back(origin_[c]);
  }
  if (left.empty())
    throw InputError("select, step " + step_ + ": no feature is left; the last one, " + columns_.names.back() +
                     ", was dropped because: " + reasons.rbegin()->second);
  next.values = columns_.values(Eigen::all, left);
  columns_ = std::move(next);
  origin_ = std::move(next_origin);
}

void Working::note(Eigen::Index position, const std::string& evidence) {
  std::string& reason = selection_[origin_[static_cast<std::size_t>(position)]].reason;
  reason += (reason.empty() ? "" : "; ") + evidence;
}

void Working::remark(const std::string& text) {
  remarks_.push_back(step_ + ": " + text);
}

Eigen::MatrixXd Working::training_values(const std::vector<std::string>& names) const {
  std::vector<Eigen::Index> positions;
  for (const std::string& name : names) positions.push_back(data().table.column_index(name));
  return data().table.values()(rows_.rows(), positions);
}

std::vector<std::string> Working::training_patients() const {
  std::vector<std::string> patients;
  for (const Eigen::Index r : rows_.rows()) patients.push_back(data().patient[static_cast<std::size_t>(r)]);
  return patients;
}

std::vector<std::string> Working::training_batches(const BatchKey& key) const {
  const std::vector<std::string> all = batch_names(key, data().table, data().site);
  std::vector<std::string> names, unknown;
  for (const Eigen::Index r : rows_.rows()) {
    names.push_back(all[static_cast<std::size_t>(r)]);
    for (const std::string& column : key.columns)
      if (std::isnan(data().table.values()(r, data().table.column_index(column)))) {
        unknown.push_back(data().table.rows()[static_cast<std::size_t>(r)].case_id);
        break;
      }
  }
  if (!unknown.empty())
    throw InputError("the batch (" + text::join(key.by, ", ") + ") of " + std::to_string(unknown.size()) +
                     " training cases is not known: " + some_of(unknown));
  return names;
}

void Working::remember_fill(const BatchKey& key) {
  for (const std::string& column : key.columns) fill_.emplace(column, stats::median(training_values({column}).col(0)));
}

void Working::push(FittedScale step) {
  apply_step(step, columns_);
  steps_.emplace_back(std::move(step));
}

void Working::push(FittedPower step) {
  apply_step(step, columns_);
  steps_.emplace_back(std::move(step));
}

void Working::push(FittedClip step) {
  apply_step(step, columns_);
  steps_.emplace_back(std::move(step));
}

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
  }
  for (std::size_t k = 0; k < step.components.size(); ++k) {
    origin.push_back(selection_.size());
    selection_.push_back({.feature = step.components[k], .kept = true, .step = {}, .reason = evidence[k]});
  }
  apply_step(step, columns_);
  origin_ = std::move(origin);
  steps_.emplace_back(std::move(step));
}

void Working::push(FittedCombat step, const Eigen::MatrixXd& covariates, std::span<const std::string> batches) {
  std::vector<std::string> none;
  apply_step(step, columns_, covariates, batches, none);
  steps_.emplace_back(std::move(step));
}

void Working::push(FittedSiteScale step, std::span<const std::string> batches) {
  std::vector<std::string> said;
  apply_step(step, columns_, batches, said);
  for (const std::string& text : said) remarks_.push_back(step_ + ", " + text);
  steps_.emplace_back(std::move(step));
}

void Working::push(FittedQuantiles step, std::span<const std::string> batches) {
  std::vector<std::string> said;
  apply_step(step, columns_, batches, said);
  for (const std::string& text : said) remarks_.push_back(step_ + ", " + text);
  steps_.emplace_back(std::move(step));
}

void Working::push(FittedImpute step) {
  std::vector<std::string> none;
  apply_step(step, columns_, none);
  steps_.emplace_back(std::move(step));
}

void Working::push(FittedNeighbours step) {
  std::vector<std::string> none;
  apply_step(step, columns_, none);
  steps_.emplace_back(std::move(step));
}

// Going back from the exit, a step keeps what is still wanted behind it. A ComBat that may meet new sites keeps all of
// its columns, because shifts are estimated from many features together; a component needs all of its columns, and so
// do nearest rows. `wanted` ends as what must be there at the entrance.
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
    std::visit(
        [&](const auto& fitted) {
          using Step = std::decay_t<decltype(fitted)>;
          if constexpr (!std::is_same_v<Step, FittedProjection>) {
            auto columns = among(fitted.columns);
            if (columns.empty()) return;
            if constexpr (std::is_same_v<Step, FittedCombat>) {
              if (fitted.unseen == UnseenSite::adapt_unlabelled || fitted.unseen == UnseenSite::reference)
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
