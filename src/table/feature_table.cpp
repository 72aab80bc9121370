// SPDX-License-Identifier: Apache-2.0
// The one table that stages pass.
#include "radfuse/table/feature_table.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <set>

#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/table/csv.hpp"

namespace radfuse {
namespace {

std::string describe(const RowKey& key) {
  std::string text = "case " + key.case_id;
  if (!key.roi.empty()) text += ", region " + key.roi;
  if (!key.reader.empty()) text += ", reader " + key.reader;
  return text;
}

void require_unique_columns(const std::vector<std::string>& columns) {
  std::set<std::string_view> seen;
  for (const std::string& column : columns)
    if (!seen.insert(column).second) throw InputError("two columns are called '" + column + "'");
}

}  // namespace

FeatureTable::FeatureTable(std::vector<std::string> columns, std::vector<RowKey> rows, Eigen::MatrixXd values)
    : columns_(std::move(columns)) {
  if (values.rows() != static_cast<Eigen::Index>(rows.size()) ||
      values.cols() != static_cast<Eigen::Index>(columns_.size()))
    throw Error(ExitCode::bug, "a feature table's values do not fit its rows and columns");
  require_unique_columns(columns_);

  std::vector<Eigen::Index> order(rows.size());
  std::iota(order.begin(), order.end(), Eigen::Index{0});
  const auto at = [](Eigen::Index i) { return static_cast<std::size_t>(i); };
  std::ranges::sort(order, [&](Eigen::Index a, Eigen::Index b) { return rows[at(a)] < rows[at(b)]; });
  values_ = values(order, Eigen::all);
  rows_.reserve(rows.size());
  for (const Eigen::Index i : order) {
    if (!rows_.empty() && rows_.back() == rows[at(i)])
      throw InputError("two rows for " + describe(rows[at(i)]) + "; each case, region and reader may stand once");
    rows_.push_back(rows[at(i)]);
  }
  for (Eigen::Index c = 0; c < values_.cols(); ++c)
    for (Eigen::Index r = 0; r < values_.rows(); ++r)
      if (std::isinf(values_(r, c)))
        throw InputError(describe(rows_[at(r)]) + ", " + columns_[at(c)] + ": the value is infinite");
}

Eigen::Index FeatureTable::column_index(std::string_view name) const {
  const auto found = std::ranges::find(columns_, name);
  return found == columns_.end() ? -1 : found - columns_.begin();
}

Eigen::Index FeatureTable::row_index(const RowKey& key) const {
  const auto found = std::ranges::lower_bound(rows_, key);
  return found == rows_.end() || *found != key ? -1 : found - rows_.begin();
}

FeatureTable keep_columns(const FeatureTable& table, std::span<const std::string> columns) {
  std::map<std::string_view, Eigen::Index> where;
  for (std::size_t i = 0; i < table.columns().size(); ++i) where[table.columns()[i]] = static_cast<Eigen::Index>(i);
  std::vector<Eigen::Index> kept;
  for (const std::string& column : columns) {
    const auto found = where.find(column);
    if (found == where.end())
      throw InputError("no feature '" + column + "'" + text::did_you_mean(column, table.columns()));
    kept.push_back(found->second);
  }
  return FeatureTable({columns.begin(), columns.end()}, table.rows(), table.values()(Eigen::all, kept));
}

FeatureTable keep_rows(const FeatureTable& table, std::span<const Eigen::Index> rows) {
  std::vector<RowKey> keys;
  std::vector<Eigen::Index> kept(rows.begin(), rows.end());
  for (const Eigen::Index r : kept) keys.push_back(table.rows().at(static_cast<std::size_t>(r)));
  return FeatureTable(table.columns(), std::move(keys), table.values()(kept, Eigen::all));
}

FeatureTable join(const FeatureTable& left, const FeatureTable& right) {
  std::vector<RowKey> lonely;
  std::ranges::set_symmetric_difference(left.rows(), right.rows(), std::back_inserter(lonely));
  if (!lonely.empty()) {
    std::string names;
    for (std::size_t i = 0; i < std::min<std::size_t>(lonely.size(), 5); ++i)
      names += (i == 0 ? "" : "; ") + describe(lonely[i]);
    throw InputError("the tables do not hold the same rows: " + std::to_string(lonely.size()) + " stand in one only (" +
                     names + (lonely.size() > 5 ? "; ..." : "") + ")");
  }
  std::vector<std::string> columns = left.columns();
  columns.insert(columns.end(), right.columns().begin(), right.columns().end());
  Eigen::MatrixXd values(left.row_count(), left.column_count() + right.column_count());
  values << left.values(), right.values();
  return FeatureTable(std::move(columns), left.rows(), std::move(values));
}

std::string to_csv(const FeatureTable& table) {
  std::vector<std::string> cells = {"case_id", "roi", "reader"};
  cells.insert(cells.end(), table.columns().begin(), table.columns().end());
  std::string all = csv_line(cells);
  for (Eigen::Index r = 0; r < table.row_count(); ++r) {
    const RowKey& key = table.rows()[static_cast<std::size_t>(r)];
    all += csv_cell(key.case_id) + ',' + csv_cell(key.roi) + ',' + csv_cell(key.reader);
    for (Eigen::Index c = 0; c < table.column_count(); ++c) {
      all += ',';
      if (const double value = table.values()(r, c); !std::isnan(value)) all += text::from_double(value);
    }
    all += '\n';
  }
  return all;
}

FeatureTable read_feature_table(const std::filesystem::path& file) {
  const CsvTable csv = read_csv(file);
  static const std::vector<std::string> kKeys = {"case_id", "roi", "reader"};
  if (csv.header.size() < 3 || !std::equal(kKeys.begin(), kKeys.end(), csv.header.begin()))
    throw InputError(file.string() + ":1: a feature table begins with the columns case_id,roi,reader");
  std::vector<RowKey> rows;
  Eigen::MatrixXd values(static_cast<Eigen::Index>(csv.rows.size()), static_cast<Eigen::Index>(csv.header.size()) - 3);
  for (std::size_t r = 0; r < csv.rows.size(); ++r) {
    const auto& cells = csv.rows[r];
    rows.push_back({cells[0], cells[1], cells[2]});
    if (cells[0].empty())
      throw InputError(file.string() + ":" + std::to_string(csv.lines[r]) + ":1: the case_id is empty");
    for (std::size_t c = 3; c < cells.size(); ++c) {
      double& value = values(static_cast<Eigen::Index>(r), static_cast<Eigen::Index>(c) - 3);
      if (cells[c].empty()) {
        value = std::numeric_limits<double>::quiet_NaN();
      } else if (const auto number = text::to_double(cells[c])) {
        value = *number;
      } else {
        throw InputError(file.string() + ":" + std::to_string(csv.lines[r]) + ":" + std::to_string(c + 1) + " (" +
                         describe(rows.back()) + ", " + csv.header[c] + "): '" + text::printable(cells[c]) +
                         "' is not a number");
      }
    }
  }
  return with_context(file.string(), [&] {
    return FeatureTable({csv.header.begin() + 3, csv.header.end()}, std::move(rows), std::move(values));
  });
}

std::string notes_to_csv(std::vector<Note> notes) {
  std::ranges::sort(notes);
  std::string all = csv_line({"case_id", "roi", "reader", "column", "reason"});
  for (const Note& note : notes)
    all += csv_line({note.row.case_id, note.row.roi, note.row.reader, note.column, note.reason});
  return all;
}

}  // namespace radfuse
