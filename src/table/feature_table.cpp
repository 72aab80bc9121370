// SPDX-License-Identifier: Apache-2.0
// The one table that stages pass.
#include "radfuse/table/feature_table.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <optional>
#include <set>

#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/table/csv.hpp"
#include "walk_csv.hpp"

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
  // A large table that is in order stays where it is.
  const bool sorted = std::ranges::is_sorted(order);
  values_ = sorted ? std::move(values) : Eigen::MatrixXd(values(order, Eigen::all));
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

namespace {

constexpr std::size_t kKeyCount = 3;

// Rows as they are read: the text of a large table takes much more room than its numbers.
class Reader {
 public:
  Reader(std::string_view text, const std::filesystem::path& file) : file_(file) {
    // Blank lines, and line ends within quotes, leave fewer.
    const auto most = std::max<Eigen::Index>(0, std::ranges::count(text, '\n') - (text.ends_with('\n') ? 1 : 0));
    walk_csv(
        text, file,
        [&](std::vector<std::string> header) {
          static const std::vector<std::string> kKeys = {"case_id", "roi", "reader"};
          if (header.size() < kKeyCount || !std::equal(kKeys.begin(), kKeys.end(), header.begin()))
            throw InputError(file_.string() + ":1: a feature table begins with the columns case_id,roi,reader");
          header_ = std::move(header);
          values_.resize(most, static_cast<Eigen::Index>(header_.size() - kKeyCount));
        },
        [&](std::vector<std::string> cells, std::size_t line) { add(cells, line); });
  }

  FeatureTable table() {
    const auto count = static_cast<Eigen::Index>(rows_.size());
    if (count < values_.rows()) values_.conservativeResize(count, Eigen::NoChange);
    return with_context(file_.string(), [&] {
      return FeatureTable({header_.begin() + kKeyCount, header_.end()}, std::move(rows_), std::move(values_));
    });
  }

 private:
  void add(const std::vector<std::string>& cells, std::size_t line) {
    const auto row = static_cast<Eigen::Index>(rows_.size());
    rows_.push_back({cells[0], cells[1], cells[2]});
    if (cells[0].empty()) throw InputError(file_.string() + ":" + std::to_string(line) + ":1: the case_id is empty");
    for (std::size_t c = kKeyCount; c < cells.size(); ++c) {
      double& value = values_(row, static_cast<Eigen::Index>(c - kKeyCount));
      if (cells[c].empty()) {
        value = std::numeric_limits<double>::quiet_NaN();
      } else if (const auto number = text::to_double(cells[c])) {
        value = *number;
      } else {
        throw InputError(file_.string() + ":" + std::to_string(line) + ":" + std::to_string(c + 1) + " (" +
                         describe(rows_.back()) + ", " + header_[c] + "): '" + text::printable(cells[c]) +
                         "' is not a number");
      }
    }
  }

  const std::filesystem::path& file_;
  std::vector<std::string> header_;
  std::vector<RowKey> rows_;
  Eigen::MatrixXd values_;
};

}  // namespace

FeatureTable read_feature_table(const std::filesystem::path& file) {
  std::optional<Reader> reader;
  {
    const std::string text = read_file(file);
    reader.emplace(text, file);
  }
  return reader->table();
}

std::string notes_to_csv(std::vector<Note> notes) {
  std::ranges::sort(notes);
  std::string all = csv_line({"case_id", "roi", "reader", "column", "reason"});
  for (const Note& note : notes)
    all += csv_line({note.row.case_id, note.row.roi, note.row.reader, note.column, note.reason});
  return all;
}

}  // namespace radfuse
