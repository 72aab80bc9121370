// SPDX-License-Identifier: Apache-2.0
// One row for each case from tables with a row for each region and reader.
#include "radfuse/select/dataset.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include "radfuse/base/error.hpp"

namespace radfuse {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

using Unit = std::pair<std::string, std::string>;  // case id, reader

// A feature table with one row for each case and reader: regions have become columns. The values stay in the table.
struct Pivot {
  const FeatureTable* table = nullptr;
  std::vector<std::string> regions;  // that stand in names of columns
  std::vector<std::string> columns;
  std::map<Unit, std::vector<Eigen::Index>> rows;  // of the table, one for each region; -1: there is none

  Eigen::Index width() const { return static_cast<Eigen::Index>(columns.size()); }
  // One row's values into `to`, from `column` on.
  template <class Row>
  void fill(const std::vector<Eigen::Index>& from, Eigen::Index column, Row&& to) const {
    const Eigen::Index each = table->column_count();
    for (std::size_t region = 0; region < from.size(); ++region)
      if (from[region] >= 0)
        to.segment(column + static_cast<Eigen::Index>(region) * each, each) = table->values().row(from[region]);
  }
};

// rad.us.original... -> rad.rim.us.original...: the region stands after the block.
std::string with_region(const std::string& column, const std::string& roi) {
  const auto dot = column.find('.');
  if (dot == std::string::npos) return column + "." + roi;
  return column.substr(0, dot) + "." + roi + column.substr(dot);
}

Pivot pivot(const FeatureTable& table) {
  std::set<std::string> found;
  for (const RowKey& key : table.rows()) found.insert(key.roi);
  const std::vector<std::string> rois(found.begin(), found.end());

  Pivot result;
  result.table = &table;
  if (rois.size() > 1) result.regions = rois;
  for (const std::string& roi : rois)
    for (const std::string& column : table.columns())
      result.columns.push_back(rois.size() > 1 ? with_region(column, roi) : column);
  for (std::size_t r = 0; r < table.rows().size(); ++r) {
    const RowKey& key = table.rows()[r];
    const auto roi = static_cast<std::size_t>(std::lower_bound(rois.begin(), rois.end(), key.roi) - rois.begin());
    auto& rows = result.rows.try_emplace({key.case_id, key.reader}, rois.size(), Eigen::Index{-1}).first->second;
    rows[roi] = static_cast<Eigen::Index>(r);
  }
  return result;
}

// The case's row as this reader saw it; features that no reader touched stand under an empty reader.
const std::vector<Eigen::Index>* find_row(const Pivot& pivot, const std::string& case_id, const std::string& reader) {
  auto at = pivot.rows.find({case_id, reader});
  if (at == pivot.rows.end()) at = pivot.rows.find({case_id, ""});
  return at == pivot.rows.end() ? nullptr : &at->second;
}

std::vector<std::string> feature_columns(const std::vector<Pivot>& pivots) {
  std::vector<std::string> columns;
  for (const Pivot& p : pivots) columns.insert(columns.end(), p.columns.begin(), p.columns.end());
  return columns;
}

// Does any of these cases have readings of two readers?
bool any_read_twice(const std::set<Unit>& units) {
  for (auto unit = units.begin(); unit != units.end(); ++unit)
    if (const auto next = std::next(unit); next != units.end() && next->first == unit->first) return true;
  return false;
}

// All readings of the cases in `cases`: one row for each reader whose name stands in a table. None when there is nobody
// to compare.
FeatureTable all_readings(const std::vector<Pivot>& pivots, const std::set<std::string>& cases) {
  std::set<Unit> units;
  for (const Pivot& p : pivots)
    for (const auto& [unit, row] : p.rows)
      if (cases.contains(unit.first)) units.insert(unit);
  if (!any_read_twice(units)) units.clear();
  const auto columns = feature_columns(pivots);
  Eigen::MatrixXd values = Eigen::MatrixXd::Constant(static_cast<Eigen::Index>(units.size()),
                                                     static_cast<Eigen::Index>(columns.size()), kNaN);
  std::vector<RowKey> keys;
  for (const Unit& unit : units) {
    Eigen::Index column = 0;
    for (const Pivot& p : pivots) {
      if (const auto at = p.rows.find(unit); at != p.rows.end())
        p.fill(at->second, column, values.row(static_cast<Eigen::Index>(keys.size())));
      column += p.width();
    }
    keys.push_back({unit.first, "", unit.second});
  }
  return FeatureTable(columns, std::move(keys), std::move(values));
}

// A case of the cohort and its rows, table by table.
struct Found {
  const CaseRow* row = nullptr;
  std::vector<const std::vector<Eigen::Index>*> rows;
};

// Cases that have features in every table, by case id.
std::map<std::string, Found> cases_with_features(const Cohort& cohort, const std::vector<Pivot>& pivots,
                                                 std::vector<std::string>* missing) {
  std::map<std::string, Found> cases;
  for (const CaseRow* row : cohort.reference_rows()) {
    Found found{row, {}};
    for (const Pivot& p : pivots)
      if (const auto* rows = find_row(p, row->case_id, row->reader)) found.rows.push_back(rows);
    if (found.rows.size() == pivots.size())
      cases.emplace(row->case_id, std::move(found));
    else if (missing)
      missing->push_back(row->case_id);
  }
  return cases;
}

}  // namespace

Dataset make_dataset(const Cohort& cohort, std::span<const FeatureTable> features, const Encoders& encoders,
                     std::vector<std::string>* missing) {
  const std::vector<KnownCase> known = known_cases(cohort);
  for (const FeatureTable& table : features) check_encoders(table, encoders, {.known = known}, "features.deep.csv");
  std::vector<Pivot> pivots;
  for (const FeatureTable& table : features) pivots.push_back(pivot(table));
  auto columns = feature_columns(pivots);
  const auto feature_count = static_cast<Eigen::Index>(columns.size());
  for (const std::string& name : cohort.clinical_columns) columns.push_back("clin." + name);

  const auto cases = cases_with_features(cohort, pivots, missing);
  Dataset data;
  data.known = known;
  std::vector<RowKey> keys;
  std::set<std::string> ids;
  Eigen::MatrixXd values = Eigen::MatrixXd::Constant(static_cast<Eigen::Index>(cases.size()),
                                                     static_cast<Eigen::Index>(columns.size()), kNaN);
  for (const auto& [case_id, found] : cases) {
    const CaseRow& row = *found.row;
    auto to = values.row(static_cast<Eigen::Index>(keys.size()));
    Eigen::Index column = 0;
    for (std::size_t p = 0; p < pivots.size(); ++p) {
      pivots[p].fill(*found.rows[p], column, to);
      column += pivots[p].width();
    }
    for (std::size_t c = 0; c < row.clinical.size(); ++c)
      if (row.clinical[c]) to[feature_count + static_cast<Eigen::Index>(c)] = *row.clinical[c];
    keys.push_back({case_id, "", ""});
    ids.insert(case_id);
    data.outcome.push_back(row.outcome);
    data.patient.push_back(patient_of(row));
    data.reader.push_back(row.reader);
    data.site.push_back(row.site);
    data.split.push_back(row.split);
  }
  data.table = FeatureTable(std::move(columns), std::move(keys), std::move(values));
  data.readings = all_readings(pivots, ids);
  std::set<std::string> regions;
  for (const Pivot& p : pivots) regions.insert(p.regions.begin(), p.regions.end());
  data.regions.assign(regions.begin(), regions.end());
  return data;
}

TrainingRows training_split(const Dataset& data) {
  std::vector<Eigen::Index> rows;
  bool seen[2] = {false, false};
  for (std::size_t r = 0; r < data.outcome.size(); ++r) {
    if (data.split[r] != Split::train || data.outcome[r] < 0) continue;
    rows.push_back(static_cast<Eigen::Index>(r));
    seen[data.outcome[r] == 1] = true;
  }
  if (rows.empty())
    throw InputError(
        "no case may be learned from: the split leaves no training case with features and a known outcome");
  if (!seen[0] || !seen[1])
    throw InputError("every one of the " + std::to_string(rows.size()) + " training cases is " +
                     (seen[1] ? "positive" : "negative") +
                     ": a model needs both classes; check cohort.outcome.positive and the split");
  return TrainingRows(data, std::move(rows));
}

}  // namespace radfuse
