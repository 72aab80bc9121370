// SPDX-License-Identifier: Apache-2.0
// The rows a study learns from, and the type that keeps test cases out of every fit.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "radfuse/base/rng.hpp"
#include "radfuse/table/cohort.hpp"
#include "radfuse/table/feature_table.hpp"

namespace radfuse {

/// One row for each case: the reference reader's features with regions pivoted into columns, clinical columns as
/// clin.<column>, and beside them what is known of the case. All vectors have table.row_count() entries.
struct Dataset {
  FeatureTable table;                ///< row keys carry an empty roi and reader
  std::vector<int> outcome;          ///< 1, 0, or -1 unknown
  std::vector<std::string> patient;  ///< splits and folds always go by patient
  std::vector<std::string> site;
  std::vector<Split> split;
  /// All readers' readings of the same columns (without clin.), for the reliability step: row keys carry the reader.
  FeatureTable readings;
};

/// Joins features (regions and readers as rows) with the cohort. Regions become columns: rad.<rest> -> rad.<roi>.<rest>
/// when there is more than one region. Cases without features are left out and named in `missing`.
Dataset make_dataset(const Cohort& cohort, std::span<const FeatureTable> features, std::vector<std::string>* missing);

/// Rows that may be learned from: they exist only as a study's training split or as the fitting part of a fold of it.
class TrainingRows {
 public:
  const Dataset& data() const { return *data_; }
  const std::vector<Eigen::Index>& rows() const { return rows_; }  ///< ascending; every outcome is 0 or 1

 private:
  TrainingRows(const Dataset& data, std::vector<Eigen::Index> rows) : data_(&data), rows_(std::move(rows)) {}
  const Dataset* data_;
  std::vector<Eigen::Index> rows_;
  friend TrainingRows training_split(const Dataset&);
  friend struct Fold;
  friend std::vector<struct Fold> make_folds(const TrainingRows&, int, Rng&);
};

/// All rows with split == train and a known outcome. Throws InputError when one class is missing. `data` must outlive
/// the result.
TrainingRows training_split(const Dataset& data);

/// One fold of a training split: what it may fit on, and the rows held out of it.
struct Fold {
  TrainingRows fit;
  std::vector<Eigen::Index> held_out;
};
/// `count` folds, stratified by outcome, all rows of a patient in one fold, drawn from `rng`. Throws InputError when a
/// class has fewer patients than folds.
std::vector<Fold> make_folds(const TrainingRows& rows, int count, Rng& rng);

}  // namespace radfuse
