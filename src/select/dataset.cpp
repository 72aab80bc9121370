// SPDX-License-Identifier: Apache-2.0
// One row for each case from tables with a row for each region and reader.
#include "radfuse/select/dataset.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include "radfuse/base/error.hpp"

namespace radfuse {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

using Unit = std::pair<std::string, std::string>;  // case id, reader

// A feature table with one row for each case and reader: regions have become columns.
struct Pivot {
  std::vector<std::string> columns;
  std::map<Unit, Eigen::VectorXd> rows;
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
  const Eigen::Index width = table.column_count();

  Pivot result;
  for (const std::string& roi : rois)
    for (const std::string& column : table.columns())
      result.columns.push_back(rois.size() > 1 ? with_region(column, roi) : column);
  for (std::size_t r = 0; r < table.rows().size(); ++r) {
    const RowKey& key = table.rows()[r];
    const auto roi = std::lower_bound(rois.begin(), rois.end(), key.roi) - rois.begin();
    auto& row = result.rows[{key.case_id, key.reader}];
    if (row.size() == 0) row = Eigen::VectorXd::Constant(static_cast<Eigen::Index>(result.columns.size()), kNaN);
    row.segment(roi * width, width) = table.values().row(static_cast<Eigen::Index>(r)).transpose();
  }
  return result;
}

// The case's row as this reader saw it; features that no reader touched stand under an empty reader.
const Eigen::VectorXd* find_row(const Pivot& pivot, const std::string& case_id, const std::string& reader) {
  auto at = pivot.rows.find({case_id, reader});
  if (at == pivot.rows.end()) at = pivot.rows.find({case_id, ""});
  return at == pivot.rows.end() ? nullptr : &at->second;
}

std::vector<std::string> feature_columns(const std::vector<Pivot>& pivots) {
  std::vector<std::string> columns;
  for (const Pivot& p : pivots) columns.insert(columns.end(), p.columns.begin(), p.columns.end());
  return columns;
}

// All readings of the cases in `cases`: one row for each reader whose name stands in a table.
FeatureTable all_readings(const std::vector<Pivot>& pivots, const std::set<std::string>& cases) {
  std::set<Unit> units;
  for (const Pivot& p : pivots)
    for (const auto& [unit, row] : p.rows)
      if (cases.contains(unit.first)) units.insert(unit);
  const auto columns = feature_columns(pivots);
  Eigen::MatrixXd values = Eigen::MatrixXd::Constant(static_cast<Eigen::Index>(units.size()),
                                                     static_cast<Eigen::Index>(columns.size()), kNaN);
  std::vector<RowKey> keys;
  for (const Unit& unit : units) {
    Eigen::Index column = 0;
    for (const Pivot& p : pivots) {
      const auto width = static_cast<Eigen::Index>(p.columns.size());
      if (const auto at = p.rows.find(unit); at != p.rows.end())
        values.row(static_cast<Eigen::Index>(keys.size())).segment(column, width) = at->second.transpose();
      column += width;
    }
    keys.push_back({unit.first, "", unit.second});
  }
  return FeatureTable(columns, std::move(keys), std::move(values));
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

  std::map<std::string, std::pair<const CaseRow*, Eigen::VectorXd>> cases;  // in the table's order: by case id
  for (const CaseRow* row : cohort.reference_rows()) {
    Eigen::VectorXd values = Eigen::VectorXd::Constant(static_cast<Eigen::Index>(columns.size()), kNaN);
    Eigen::Index column = 0;
    bool complete = true;
    for (const Pivot& p : pivots) {
      const auto width = static_cast<Eigen::Index>(p.columns.size());
      if (const auto* found = find_row(p, row->case_id, row->reader))
        values.segment(column, width) = *found;
      else
        complete = false;
      column += width;
    }
    if (!complete) {
      if (missing) missing->push_back(row->case_id);
      continue;
    }
    for (std::size_t c = 0; c < row->clinical.size(); ++c)
      if (row->clinical[c]) values[feature_count + static_cast<Eigen::Index>(c)] = *row->clinical[c];
    cases.emplace(row->case_id, std::pair(row, std::move(values)));
  }

  Dataset data;
  data.known = known;
  std::vector<RowKey> keys;
  std::set<std::string> ids;
  Eigen::MatrixXd values(static_cast<Eigen::Index>(cases.size()), static_cast<Eigen::Index>(columns.size()));
  for (const auto& [case_id, found] : cases) {
    const CaseRow& row = *found.first;
    values.row(static_cast<Eigen::Index>(keys.size())) = found.second.transpose();
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
