// SPDX-License-Identifier: Apache-2.0
// XGBoost behind one class: the only file of the project that knows its C interface is booster.cpp.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "radfuse/learn/params.hpp"
#include "radfuse/select/params.hpp"

namespace radfuse {

/// The settings of one booster.
struct BoosterSettings {
  int rounds = 100;
  int depth = 6;
  double learning_rate = 0.3;
  double subsample = 1;
  double columns = 1;
  double lambda = 1;
  double min_child_weight = 1;
  TreeMethod tree_method = TreeMethod::exact;
  std::uint64_t seed = 0;
};

/// Boosted trees for a binary outcome, one thread, base score 0.5. Missing values (NaN) are allowed. XGBoost works in
/// single precision: a finite feature value is rounded to float, and beyond its range to its largest number.
class Booster {
 public:
  /// `weight` has one entry for each row. Throws Error(bug) with XGBoost's own message when it fails.
  static Booster train(const Eigen::MatrixXd& x, const std::vector<int>& y, const std::vector<double>& weight,
                       const BoosterSettings& settings);
  /// Reads what `to_json` wrote; throws InputError.
  static Booster from_json(std::string_view json);
  std::string to_json() const;

  Eigen::Index column_count() const;
  Eigen::VectorXd probability(const Eigen::MatrixXd& x) const;
  /// Log-odds.
  Eigen::VectorXd margin(const Eigen::MatrixXd& x) const;
  /// Exact path-dependent TreeSHAP (Lundberg 2018) in log-odds: one column for each feature and a last one, the same
  /// for all rows, for the mean; a row sums to the margin.
  Eigen::MatrixXd contributions(const Eigen::MatrixXd& x) const;
  /// Of each column what its splits gained (twice the fall of the training loss, by its second-order approximation and
  /// the penalty); 0 for a column that no tree uses.
  Eigen::VectorXd gains(TreeGain kind) const;

 private:
  struct Handle;
  explicit Booster(std::shared_ptr<Handle> handle) : handle_(std::move(handle)) {}
  Eigen::MatrixXd predict(const Eigen::MatrixXd& x, int type) const;
  std::shared_ptr<Handle> handle_;
};

}  // namespace radfuse
