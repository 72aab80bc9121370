// SPDX-License-Identifier: Apache-2.0
// The chain of selection steps: fitted on training rows only, applied to tables without labels.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "radfuse/base/error.hpp"
#include "radfuse/select/dataset.hpp"
#include "radfuse/select/params.hpp"

namespace radfuse {

struct ChainEvidence;

/// What happened to one feature: kept, or dropped by which step, why, with which statistic.
struct SelectionRow {
  std::string feature;
  bool kept = false;
  std::string step;    ///< "2 correlation"; empty when kept
  std::string reason;  ///< "|r| = 0.97 with rad.us.original.glcm.contrast"; when kept: the statistics of the steps
};

/// A fitted chain: an immutable value.
class FittedChain {
 public:
  struct State;
  explicit FittedChain(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  const State& state() const { return *state_; }
  /// Columns that leave the chain, in order.
  const std::vector<std::string>& columns() const;
  /// Columns that must be present at the entrance.
  const std::vector<std::string>& input_columns() const;
  /// Case ids that it was fitted on, sorted.
  const std::vector<std::string>& fitted_on() const;
  /// One row for each feature that entered, in column order.
  const std::vector<SelectionRow>& selection() const;
  /// What a reader of the report should know of the fit ("1 combat: site C2 has one training row: ...").
  const std::vector<std::string>& remarks() const;

 private:
  std::shared_ptr<const State> state_;
};

/// What boosted trees that tell `y` (0 or 1) by the columns of `x` make of each column: one value for each, not
/// negative, 0 for a column that no tree uses. Called by many threads.
using TreeImportance = std::function<Eigen::VectorXd(const Eigen::MatrixXd& x, const std::vector<int>& y,
                                                     const EliminationTrees& trees, std::uint64_t seed)>;

/// What a fit is handed beside its settings, rows and seed.
struct ChainAids {
  int threads = 1;  ///< never changes the result
  /// Takes what steps found for people to look at (and the remarks tell of it); nullptr: nobody looks. It changes
  /// nothing else.
  ChainEvidence* evidence = nullptr;
  /// The learners live above this room, so their trees are handed down: tree_importance() of the room learn. A chain
  /// that asks for trees and was handed none is our mistake (ExitCode::bug).
  TreeImportance trees = {};
};

/// A chain has dropped every feature that it was given.
struct NothingSelected : InputError {
  using InputError::InputError;
};

/// Fits the steps one after the other on the columns whose name starts with one of `blocks` ("rad", "deep", "clin").
/// Throws NothingSelected when no column is left, naming the step.
FittedChain fit_chain(const std::vector<StepParams>& steps, const TrainingRows& rows,
                      std::span<const std::string> blocks, std::uint64_t seed, const ChainAids& aids = {});

/// Transforms any rows; takes no labels. `sites` has one entry for each row of `table`. A missing value is replaced by
/// the training median (or mean, when an impute step says so). What a reader of the report should know of these rows
/// (gaps that were filled, sites that could not be harmonised) is added to `remarks`.
FeatureTable apply(const FittedChain& chain, const FeatureTable& table, std::span<const std::string> sites,
                   std::vector<std::string>* remarks = nullptr);

/// Reads back to the same bytes and the same numbers.
std::string to_json(const FittedChain& chain);
FittedChain chain_from_json(std::string_view json);

}  // namespace radfuse
