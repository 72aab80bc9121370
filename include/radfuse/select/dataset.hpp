// SPDX-License-Identifier: Apache-2.0
// The rows a study learns from, and the type that keeps test cases out of every fit.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "radfuse/base/rng.hpp"
#include "radfuse/select/encoders.hpp"
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
  std::vector<std::string> reader;  ///< whose reading the row is
  std::vector<KnownCase> known;     ///< every case of the cohort, with or without features
  /// All readers' readings of the same columns (without clin.), for the reliability step: row keys carry the reader. No
  /// rows when no case was read by two.
  FeatureTable readings;
  std::vector<std::string> regions = {};  ///< that stand after the block in names of columns; empty: one region
};

/// Joins features (regions and readers as rows) with the cohort. Regions become columns: rad.<rest> -> rad.<roi>.<rest>
/// when there is more than one region. Cases without features are left out and named in `missing`. Tables with columns
/// "deep." must pass check_encoders: this is the only way from tables to rows that something is fitted on.
Dataset make_dataset(const Cohort& cohort, std::span<const FeatureTable> features, const Encoders& encoders,
                     std::vector<std::string>* missing);

/// Rows that may be learned from: they exist only as a study's training split or as the fitting part of a fold of it.
class TrainingRows {
 public:
  const Dataset& data() const { return *data_; }
  /// Ascending; every outcome is 0 or 1. A row stands more than once only in a bootstrap sample.
  const std::vector<Eigen::Index>& rows() const { return rows_; }

 private:
  TrainingRows(const Dataset& data, std::vector<Eigen::Index> rows) : data_(&data), rows_(std::move(rows)) {}
  const Dataset* data_;
  std::vector<Eigen::Index> rows_;
  friend TrainingRows training_split(const Dataset&);
  friend struct Fold;
  friend TrainingRows bootstrap_sample(const TrainingRows&, Rng&);
  friend struct RefittedFold in_fold(const struct Fold&, const struct FoldFeatures&);
  friend std::vector<struct Fold> folds_from(const TrainingRows&, int, const std::vector<int>&);
};

/// All rows with split == train and a known outcome. Throws InputError when one class is missing. `data` must outlive
/// the result.
TrainingRows training_split(const Dataset& data);

/// As many patients of each outcome class as there are, drawn with replacement, each with all of its rows: the rows of
/// a patient who is drawn twice stand there twice. A patient with a positive row is a positive one.
TrainingRows bootstrap_sample(const TrainingRows& rows, Rng& rng);

/// One fold of a training split: what it may fit on, and the rows held out of it.
struct Fold {
  TrainingRows fit;
  std::vector<Eigen::Index> held_out;
};
/// `count` folds, stratified by outcome, all rows of a patient in one fold, drawn from `rng`. Throws InputError when a
/// class has fewer patients than folds.
std::vector<Fold> make_folds(const TrainingRows& rows, int count, Rng& rng);

/// The outer folds of train.validation, `repeat` from 1. They are drawn over all cases of the cohort that models may
/// learn from, so that the stages that fit networks in each fold leave out the same ones; cases without features are
/// then taken out. Throws InputError when that leaves a fold without a case, or one class to fit on.
std::vector<Fold> outer_folds(const TrainingRows& rows, int count, std::uint64_t seed, int repeat);

/// Deep features made anew for one outer fold, by networks that never saw its held-out patients.
struct FoldFeatures {
  int repeat = 1, fold = 1;
  FeatureTable table = {};
  Encoders encoders = {};  ///< the rows of that table
  std::string file = {};   ///< for messages
};
/// A fold whose deep columns are those made for it.
struct RefittedFold {
  std::shared_ptr<const Dataset> data;
  Fold fold;  ///< of `data`
};
/// The columns of `features` take the place of those of the same name. Throws InputError when a network saw what it
/// must not have seen (check_encoders), or a case or column is absent.
RefittedFold in_fold(const Fold& fold, const FoldFeatures& features);

}  // namespace radfuse
