// SPDX-License-Identifier: Apache-2.0
// Batches: which group of cases (site, scanner, both) a row belongs to.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "radfuse/select/params.hpp"
#include "radfuse/table/feature_table.hpp"

namespace radfuse {

/// What makes a batch.
struct BatchKey {
  std::vector<std::string> by;       ///< "site", or clinical columns by their name in the manifest
  std::vector<std::string> columns;  ///< the table's columns that `by` needs: clin.dose, clin.scanner=GE
  /// "site", "batch": what messages call it.
  std::string what() const { return by.size() == 1 && by[0] == "site" ? "site" : "batch"; }
};

/// The table's columns of a clinical variable: age -> clin.age; sex -> clin.sex=male (one level is implied). Throws
/// InputError when there is none; `role` is for the message ("covariate").
std::vector<std::string> clinical_columns_of(const std::string& variable, std::span<const std::string> columns,
                                             const std::string& role);
BatchKey batch_key(const std::vector<std::string>& by, const FeatureTable& table);

/// "S1", "S1 / GE", "S1 / 1.5", one for each row; of a category's implied level "S1 / (other)". A part that is missing
/// reads "?", and no training row may have one.
std::vector<std::string> batch_names(const BatchKey& key, const FeatureTable& table,
                                     std::span<const std::string> sites);

/// Rows of each batch, batches by name.
std::vector<std::pair<std::string, std::vector<Eigen::Index>>> rows_by_name(std::span<const std::string> names);

/// How a fitted step tells batches apart, which it knows, and what it does with others.
struct Batches {
  BatchKey key;
  std::vector<std::string> known;  ///< names, in the order of the step's estimates
  UnseenSite unseen = UnseenSite::error;
  int min_samples = 0;
};

/// What becomes of the rows of one batch.
struct BatchFate {
  enum class Kind { known, pooled, own, left } kind = Kind::left;
  std::size_t at = 0;  ///< of a known one
};
/// Throws InputError when batches.unseen says so; what was done with a new batch goes to `remarks`. For messages: the
/// name of the step, and what a batch gave that it does not know ("no training row").
BatchFate fate_of(const std::string& name, std::size_t rows, const Batches& batches, const std::string& step,
                  const std::string& gave, std::vector<std::string>& remarks);

}  // namespace radfuse
