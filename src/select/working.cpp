// SPDX-License-Identifier: Apache-2.0
// Book-keeping of a chain that is being fitted: which columns live, what became of the others.
#include "working.hpp"

#include <algorithm>
#include <charconv>

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
    const std::size_t set_end = block.size() - std::min(block.size(), kScore.size());
    return block.ends_with(kScore) && block.find('.') < set_end && column.ends_with(kScore) &&
           column.starts_with(std::string_view(block).substr(0, block.size() - kScore.size() + 1));
  });
}

Working::Working(const TrainingRows& rows, std::span<const std::string> blocks, std::uint64_t seed,
                 const ChainAids& aids)
    : rows_(rows), seed_(seed), aids_(aids) {
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
    fill_[columns_.names[c]] = stats::median(stats::present(columns_.values.col(static_cast<Eigen::Index>(c))));
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
  Reasons constant;
  for (const Eigen::Index c : complete_scope(blocks))
    if (stats::is_constant(columns_.values.col(c))) constant[c] = "constant over the training rows";
  drop(constant);
  return scope(blocks);
}

std::vector<Eigen::Index> Working::present_scope(const std::vector<std::string>& blocks) {
  Reasons nothing;
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
  return stats::present(columns_.values.col(position));
}

void Working::drop_incomplete(const std::vector<Eigen::Index>& positions) {
  Reasons incomplete;
  for (const Eigen::Index c : positions)
    if (const auto missing = columns_.values.col(c).array().isNaN().count(); missing > 0)
      incomplete[c] = std::to_string(missing) + " of " + std::to_string(columns_.values.rows()) +
                      " training values are missing, and no impute step stands before";
  drop(incomplete);
}

std::vector<std::string> Working::names_of(const std::vector<Eigen::Index>& positions) const {
  std::vector<std::string> names;
  for (const Eigen::Index c : positions) names.push_back(columns_.names[static_cast<std::size_t>(c)]);
  return names;
}

Eigen::MatrixXd Working::values_of(const std::vector<Eigen::Index>& positions) const {
  return columns_.values(Eigen::all, positions);
}

void Working::drop(const Reasons& reasons) {
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
      row.reason = at->second.text;
      judge(columns_.names[c], false, at->second.measured, at->second.text);
      continue;
    }
    left.push_back(position);
    next.names.push_back(columns_.names[c]);
    next_origin.push_back(origin_[c]);
  }
  if (left.empty())
    throw NothingSelected("select, step " + step_ + ": no feature is left; the last one, " + columns_.names.back() +
                          ", was dropped because: " + reasons.rbegin()->second.text);
  next.values = columns_.values(Eigen::all, left);
  columns_ = std::move(next);
  origin_ = std::move(next_origin);
}

void Working::note(Eigen::Index position, const std::string& evidence, const Measured& measured) {
  judge(columns_.names[static_cast<std::size_t>(position)], true, measured, evidence);
  std::string& reason = selection_[origin_[static_cast<std::size_t>(position)]].reason;
  reason += (reason.empty() ? "" : "; ") + evidence;
}

void Working::pass(Eigen::Index position, const Measured& measured) {
  judge(columns_.names[static_cast<std::size_t>(position)], true, measured, {});
}

void Working::judge(const std::string& feature, bool kept, const Measured& measured, const std::string& reason) {
  if (aids_.evidence != nullptr) aids_.evidence->verdicts.push_back({step_, feature, kept, measured, reason});
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

}  // namespace radfuse
