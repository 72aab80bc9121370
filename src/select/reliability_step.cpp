// SPDX-License-Identifier: Apache-2.0
// reliability: features on which readers differ are dropped. Always judged on the features as they were extracted,
// from the readings of training cases only.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/stats/reliability.hpp"
#include "working.hpp"

namespace radfuse {
namespace {

// Patients of whom something is held out: their readings may not be looked at, whatever else they have.
std::set<std::string> held_out_patients(const TrainingRows& rows) {
  const Dataset& data = rows.data();
  const std::set<Eigen::Index> learned(rows.rows().begin(), rows.rows().end());
  std::set<std::string> patients;
  for (std::size_t r = 0; r < data.split.size(); ++r)
    if (data.split[r] != Split::train || (data.outcome[r] >= 0 && !learned.contains(static_cast<Eigen::Index>(r))))
      patients.insert(data.patient[r]);
  return patients;
}

// Cases whose readings are compared, each with its place.
std::map<std::string, Eigen::Index> compared_cases(const TrainingRows& rows, const ReliabilityParams& params) {
  const Dataset& data = rows.data();
  std::set<std::string> cases;
  if (params.cohort != ReliabilityCohort::repeat)
    for (const Eigen::Index r : rows.rows()) cases.insert(data.table.rows()[static_cast<std::size_t>(r)].case_id);
  if (params.cohort != ReliabilityCohort::training) {
    const std::set<std::string> held_out = held_out_patients(rows);
    for (std::size_t r = 0; r < data.split.size(); ++r)
      if (data.split[r] == Split::train && data.outcome[r] < 0 && !held_out.contains(data.patient[r]))
        cases.insert(data.table.rows()[r].case_id);
  }
  for (const std::string& wanted : params.cases)
    if (data.table.row_index({wanted, "", ""}) < 0)
      throw InputError("cases: '" + wanted + "' is not a case with features");
  const std::set<std::string> wanted(params.cases.begin(), params.cases.end());
  std::map<std::string, Eigen::Index> at;
  for (const std::string& id : cases)
    if (wanted.empty() || wanted.contains(id)) at.emplace(id, static_cast<Eigen::Index>(at.size()));
  return at;
}

// The readings of these cases: a matrix cases x readers for each feature.
class Readings {
 public:
  Readings(const TrainingRows& rows, const ReliabilityParams& params) : table_(rows.data().readings) {
    const auto case_at = compared_cases(rows, params);
    cases_ = static_cast<Eigen::Index>(case_at.size());
    std::set<std::string> known, readers;
    const std::set<std::string> wanted(params.readers.begin(), params.readers.end());
    for (const RowKey& key : table_.rows()) {
      known.insert(key.reader);
      if (case_at.contains(key.case_id) && (wanted.empty() || wanted.contains(key.reader))) readers.insert(key.reader);
    }
    for (const std::string& name : wanted)
      if (!known.contains(name)) {
        const std::vector<std::string> all(known.begin(), known.end());
        throw InputError("readers: nobody is called '" + name + "'" + text::did_you_mean(name, all) + " (" +
                         text::join(all, ", ") + ")");
      }
    readers_.assign(readers.begin(), readers.end());
    for (std::size_t r = 0; r < table_.rows().size(); ++r) {
      const RowKey& key = table_.rows()[r];
      if (const auto at = case_at.find(key.case_id); at != case_at.end() && readers.contains(key.reader))
        cells_.push_back({static_cast<Eigen::Index>(r), at->second,
                          std::lower_bound(readers_.begin(), readers_.end(), key.reader) - readers_.begin()});
    }
  }

  const std::vector<std::string>& readers() const { return readers_; }

  // Cases x readers, restricted to the readers that give the most: of the k who read most cases, the k with the largest
  // number of cases read by all of them times k - 1. Fewer than two columns: nobody to compare.
  Eigen::MatrixXd of(const std::string& feature, std::vector<std::string>& used) const {
    const auto width = static_cast<Eigen::Index>(readers_.size());
    Eigen::MatrixXd all = Eigen::MatrixXd::Constant(cases_, width, std::numeric_limits<double>::quiet_NaN());
    const Eigen::Index column = table_.column_index(feature);
    if (column >= 0)
      for (const Cell& cell : cells_) all(cell.subject, cell.reader) = table_.values()(cell.row, column);
    const Eigen::Array<bool, Eigen::Dynamic, Eigen::Dynamic> there = !all.array().isNaN();
    std::vector<Eigen::Index> order(readers_.size());
    for (std::size_t r = 0; r < order.size(); ++r) order[r] = static_cast<Eigen::Index>(r);
    std::stable_sort(order.begin(), order.end(),
                     [&](Eigen::Index a, Eigen::Index b) { return there.col(a).count() > there.col(b).count(); });
    Eigen::Array<bool, Eigen::Dynamic, 1> by_all = Eigen::Array<bool, Eigen::Dynamic, 1>::Constant(cases_, true);
    Eigen::Index best = 0, best_worth = 0;
    for (Eigen::Index k = 0; k < width; ++k) {
      by_all = by_all && there.col(order[static_cast<std::size_t>(k)]);
      if (const Eigen::Index worth = by_all.count() * k; worth > best_worth) {
        best_worth = worth;
        best = k + 1;
      }
    }
    order.resize(static_cast<std::size_t>(best));
    std::sort(order.begin(), order.end());
    used.clear();
    for (const Eigen::Index r : order) used.push_back(readers_[static_cast<std::size_t>(r)]);
    return all(Eigen::all, order);
  }

 private:
  struct Cell {
    Eigen::Index row, subject, reader;
  };
  const FeatureTable& table_;
  std::vector<std::string> readers_;
  std::vector<Cell> cells_;
  Eigen::Index cases_ = 0;
};

struct Form {
  IccForm form;
  const char* name;
  stats::IccValue stats::Icc::*value;
};
constexpr Form kForms[] = {
    {IccForm::agreement, "ICC(A,1)", &stats::Icc::agreement},
    {IccForm::consistency, "ICC(C,1)", &stats::Icc::consistency},
    {IccForm::one_way, "ICC(1,1)", &stats::Icc::one_way},
    {IccForm::agreement_average, "ICC(A,k)", &stats::Icc::agreement_average},
    {IccForm::consistency_average, "ICC(C,k)", &stats::Icc::consistency_average},
    {IccForm::one_way_average, "ICC(1,k)", &stats::Icc::one_way_average},
};

const Form& form_called(IccForm form) {
  return *std::ranges::find(kForms, form, &Form::form);
}

std::string block_of(const std::string& column) {
  return column.substr(0, column.find('.'));
}

std::string region_of(const std::string& column, const std::vector<std::string>& regions) {
  const std::string rest = column.substr(std::min(column.size(), block_of(column).size() + 1));
  for (const std::string& region : regions)
    if (rest.starts_with(region + ".")) return region;
  return {};
}

std::string level_of(double value) {
  if (std::isnan(value)) return kReliabilityLevels[4];
  return kReliabilityLevels[value < 0.5 ? 0 : value < 0.75 ? 1 : value < 0.9 ? 2 : 3];
}

// What is remarkable of a defined value.
std::string remarkable(const stats::Icc& icc, double estimate) {
  if (std::abs(estimate) > 1) return "outside [-1, 1]: readers contradict each other";
  if (estimate < 0) return "negative: readers differ more than cases do";
  if (std::isinf(icc.one_way.f)) return "perfect agreement";
  return {};
}

// One reliability step at work: what became of each feature.
class Judge {
 public:
  Judge(const ReliabilityParams& params, Working& working)
      : params_(params), form_(form_called(params.icc)), working_(working), readings_(working.rows(), params) {}

  void judge(Eigen::Index position) {
    std::vector<std::string> used;
    const std::string& name = name_at(position);
    const Eigen::MatrixXd ratings = readings_.of(name, used);
    ReliabilityRow row{.step = working_.step(),
                       .feature = name,
                       .block = block_of(name),
                       .region = region_of(name, working_.data().regions),
                       .icc = stats::intraclass_correlation(ratings),
                       .agreement = {},
                       .judged = std::numeric_limits<double>::quiet_NaN(),
                       .level = kReliabilityLevels[4],
                       .decision = {},
                       .reason = {}};
    if (working_.evidence() != nullptr) row.agreement = stats::agreement_of(ratings);
    if (used.size() < 2) {
      row.decision = "not tested";
      row.reason = untested_[position] = "no training case has a value from two readers";
    } else {
      tested_blocks_.insert(row.block);
      readers_.insert(used.begin(), used.end());
      most_cases_ = std::max(most_cases_, row.icc.subjects);
      weigh(position, row);
    }
    if (row.decision != "not tested") ++levels_[row.block][row.level];
    if (working_.evidence() != nullptr) rows_.push_back(std::move(row));
  }

  void finish() {
    if (tested_blocks_.empty())
      throw InputError(
          "no training case has been read by two readers, so that reliability cannot be judged; leave "
          "the step out, or give the cohort a second reader's masks for some training cases");
    pass_untested();
    tell();
    if (working_.evidence() != nullptr) {
      for (ReliabilityRow& row : rows_)
        if (row.decision == "not tested" && tested_blocks_.contains(row.block)) row.decision = "dropped";
      auto& all = working_.evidence()->reliability;
      all.insert(all.end(), rows_.begin(), rows_.end());
    }
    working_.drop(dropped_);
  }

 private:
  const std::string& name_at(Eigen::Index c) const { return working_.columns().names[static_cast<std::size_t>(c)]; }

  void weigh(Eigen::Index position, ReliabilityRow& row) {
    const std::string count = ", n = " + std::to_string(row.icc.subjects);
    row.decision = "dropped";
    if (!row.icc.reason.empty()) {
      row.reason = row.icc.reason;
      dropped_[position] = {form_.name + std::string(" undefined (") + row.icc.reason + ")" + count, {form_.name}};
      return;
    }
    const stats::IccValue& value = row.icc.*form_.value;
    const std::string text = std::string(form_.name) + " = " + fixed(value.icc, 2) + " [" + fixed(value.lower, 2) +
                             ", " + fixed(value.upper, 2) + "]";
    const Measured measured = {form_.name, value.icc, value.p};
    row.judged = params_.use == IccUse::lower ? value.lower : value.icc;
    row.level = level_of(row.judged);
    row.reason = remarkable(row.icc, value.icc);
    if (row.judged >= params_.threshold && value.icc <= 1) {
      row.decision = "kept";
      working_.note(position, text + count, measured);
    } else {
      dropped_[position] = {text + ": " +
                                (value.icc > 1 ? row.reason
                                               : (params_.use == IccUse::lower ? "lower limit < " : "< ") +
                                                     significant(params_.threshold, 3)) +
                                count,
                            measured};
    }
  }

  // Features without a second reading: dropped where the block has others, else the block passes.
  void pass_untested() {
    std::set<std::string> passed;
    std::size_t count = 0;
    for (const auto& [c, reason] : untested_) {
      if (tested_blocks_.contains(block_of(name_at(c)))) {
        dropped_[c] = reason;
        continue;
      }
      working_.note(c, "reliability not tested: " + reason);
      passed.insert(block_of(name_at(c)));
      ++count;
    }
    if (count > 0)
      passed_remark_ = std::to_string(count) + " features of the blocks " +
                       text::join(std::vector<std::string>(passed.begin(), passed.end()), ", ") +
                       " were not tested: no second reader's values";
  }

  void tell() {
    const char* const whose = params_.cohort == ReliabilityCohort::training ? " training cases"
                              : params_.cohort == ReliabilityCohort::repeat ? " cases of the repeat cohort"
                                                                            : " training and repeat cases";
    working_.remark("readers " + text::join(std::vector<std::string>(readers_.begin(), readers_.end()), ", ") + ", " +
                    std::to_string(most_cases_) + whose + (most_cases_ < 10 ? ": few; the intervals are wide" : ""));
    for (const auto& [block, counts] : levels_) {
      std::string text = "reliability of " + block + ":";
      for (const char* level : kReliabilityLevels)
        if (const auto at = counts.find(level); at != counts.end())
          text += (text.back() == ':' ? " " : ", ") + std::to_string(at->second) + " " + level;
      working_.remark(text);
    }
    if (!passed_remark_.empty()) working_.remark(passed_remark_);
  }

  const ReliabilityParams& params_;
  const Form& form_;
  Working& working_;
  Readings readings_;
  Reasons dropped_;
  std::map<Eigen::Index, std::string> untested_;
  std::set<std::string> tested_blocks_, readers_;
  std::map<std::string, std::map<std::string, int>> levels_;  // of each block
  std::vector<ReliabilityRow> rows_;
  std::string passed_remark_;
  Eigen::Index most_cases_ = 0;
};

}  // namespace

void fit_step(const ReliabilityParams& params, Working& working) {
  const auto positions = working.scope(params.on);
  if (positions.empty()) return;
  with_context("select, step " + working.step(), [&] {
    Judge judge(params, working);
    for (const Eigen::Index c : positions) judge.judge(c);
    judge.finish();
  });
}

}  // namespace radfuse
