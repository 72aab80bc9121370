// SPDX-License-Identifier: Apache-2.0
// The one table that stages pass: numbers keyed by case, region and reader. Labels, sites and splits live in Cohort.
#pragma once

#include <Eigen/Core>
#include <compare>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace radfuse {

struct RowKey {
  std::string case_id, roi, reader;
  auto operator<=>(const RowKey&) const = default;
};

/// Rows are sorted by key and unique, columns unique; a missing value is NaN, infinity is an error.
class FeatureTable {
 public:
  FeatureTable() = default;
  /// Sorts the rows. Throws InputError on duplicate rows or columns, on infinity, or when the shape is wrong.
  FeatureTable(std::vector<std::string> columns, std::vector<RowKey> rows, Eigen::MatrixXd values);

  const std::vector<std::string>& columns() const { return columns_; }
  const std::vector<RowKey>& rows() const { return rows_; }
  const Eigen::MatrixXd& values() const { return values_; }  ///< rows x columns
  Eigen::Index row_count() const { return values_.rows(); }
  Eigen::Index column_count() const { return values_.cols(); }
  /// -1 when absent.
  Eigen::Index column_index(std::string_view name) const;
  Eigen::Index row_index(const RowKey& key) const;

 private:
  std::vector<std::string> columns_;
  std::vector<RowKey> rows_;
  Eigen::MatrixXd values_;
};

/// Why a cell is empty: written beside the table as <file>.notes.csv.
struct Note {
  RowKey row;
  std::string column;
  std::string reason;
  auto operator<=>(const Note&) const = default;
};

/// Columns in the given order; throws InputError that names a column which is absent.
FeatureTable keep_columns(const FeatureTable& table, std::span<const std::string> columns);
FeatureTable keep_rows(const FeatureTable& table, std::span<const Eigen::Index> rows);
/// Columns of both, for the same set of rows; rows that only one side has are named in an InputError.
FeatureTable join(const FeatureTable& left, const FeatureTable& right);

/// First columns case_id,roi,reader; numbers in shortest round-trip form; empty cell for NaN; LF; RFC 4180 quoting.
std::string to_csv(const FeatureTable& table);
/// Names file, line, column and case in every message: "features.csv:17:5 (case P012, deep.x.003): 'abc' is not a
/// number".
FeatureTable read_feature_table(const std::filesystem::path& file);
std::string notes_to_csv(std::vector<Note> notes);

}  // namespace radfuse
