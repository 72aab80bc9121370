// SPDX-License-Identifier: Apache-2.0
// reliability: features on which readers differ are dropped. Always judged on the features as they were extracted,
// from the readings of training cases only.
#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/stats/reliability.hpp"
#include "working.hpp"

namespace radfuse {
namespace {

// The readings of training cases: a matrix cases x readers for each feature.
class Readings {
 public:
  explicit Readings(const TrainingRows& rows) : table_(rows.data().readings) {
    std::map<std::string, Eigen::Index> case_at;
    for (const Eigen::Index r : rows.rows())
      case_at.emplace(rows.data().table.rows()[static_cast<std::size_t>(r)].case_id, 0);
    std::set<std::string> readers;
    for (const RowKey& key : table_.rows())
      if (case_at.contains(key.case_id)) readers.insert(key.reader);
    cases_ = 0;
    for (auto& [name, at] : case_at) at = cases_++;
    readers_.assign(readers.begin(), readers.end());
    for (std::size_t r = 0; r < table_.rows().size(); ++r) {
      const RowKey& key = table_.rows()[r];
      if (const auto at = case_at.find(key.case_id); at != case_at.end())
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

const stats::IccValue& form_of(const stats::Icc& icc, IccForm form) {
  if (form == IccForm::one_way) return icc.one_way;
  return form == IccForm::consistency ? icc.consistency : icc.agreement;
}

std::string name_of_form(IccForm form) {
  if (form == IccForm::one_way) return "ICC(1,1)";
  return form == IccForm::consistency ? "ICC(C,1)" : "ICC(A,1)";
}

std::string block_of(const std::string& column) {
  return column.substr(0, column.find('.'));
}

}  // namespace

void fit_step(const ReliabilityParams& params, Working& working) {
  const auto positions = working.scope(params.on);
  if (positions.empty()) return;
  const Readings readings(working.rows());
  const auto name = [&](Eigen::Index c) -> const std::string& {
    return working.columns().names[static_cast<std::size_t>(c)];
  };

  std::map<Eigen::Index, std::string> dropped, untested;
  std::set<std::string> tested_blocks, readers;
  Eigen::Index most_cases = 0;
  for (const Eigen::Index c : positions) {
    std::vector<std::string> used;
    const stats::Icc icc = stats::intraclass_correlation(readings.of(name(c), used));
    if (used.size() < 2) {
      untested[c] = "no training case has a value from two readers";
      continue;
    }
    tested_blocks.insert(block_of(name(c)));
    readers.insert(used.begin(), used.end());
    most_cases = std::max(most_cases, icc.subjects);
    const std::string count = ", n = " + std::to_string(icc.subjects);
    if (!icc.reason.empty()) {
      dropped[c] = name_of_form(params.icc) + " undefined (" + icc.reason + ")" + count;
      continue;
    }
    const stats::IccValue& value = form_of(icc, params.icc);
    std::string text = name_of_form(params.icc) + " = " + fixed(value.icc, 2) + " [" + fixed(value.lower, 2) + ", " +
                       fixed(value.upper, 2) + "]";
    const double judged = params.use == IccUse::lower ? value.lower : value.icc;
    if (judged >= params.threshold)
      working.note(c, text + count);
    else
      dropped[c] = text + ": " + (params.use == IccUse::lower ? "lower limit < " : "< ") +
                   significant(params.threshold, 3) + count;
  }
  if (tested_blocks.empty())
    throw InputError("select, step " + working.step() +
                     ": no training case has been read by two readers, so that reliability cannot be judged; leave the "
                     "step out, or give the cohort a second reader's masks for some training cases");
  std::set<std::string> passed;
  std::size_t passed_count = 0;
  for (const auto& [c, reason] : untested) {
    if (tested_blocks.contains(block_of(name(c)))) {
      dropped[c] = reason;
    } else {
      working.note(c, "reliability not tested: " + reason);
      passed.insert(block_of(name(c)));
      ++passed_count;
    }
  }
  working.remark("readers " + text::join(std::vector<std::string>(readers.begin(), readers.end()), ", ") + ", " +
                 std::to_string(most_cases) + " training cases" +
                 (most_cases < 10 ? ": few; the intervals are wide" : ""));
  if (passed_count > 0)
    working.remark(std::to_string(passed_count) + " features of the blocks " +
                   text::join(std::vector<std::string>(passed.begin(), passed.end()), ", ") +
                   " were not tested: no second reader's values");
  working.drop(dropped);
}

}  // namespace radfuse
