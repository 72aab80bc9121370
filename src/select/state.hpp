// SPDX-License-Identifier: Apache-2.0
// What a fitted chain remembers: all that apply() needs, and what a reader of the report wants to know.
#pragma once

#include <variant>

#include "batches.hpp"
#include "radfuse/select/chain.hpp"
#include "radfuse/stats/combat.hpp"

namespace radfuse {

struct FittedCombat {
  std::vector<std::string> columns;
  std::vector<std::string> covariates;  ///< columns of the table at the entrance
  Eigen::VectorXd covariate_fill;       ///< what takes the place of a missing value of each
  Batches batches;                      ///< known: the model's, in its order
  stats::CombatModel model;
  stats::CombatBatch pooled;  ///< of all training rows together
};

/// Of each site (and last of all training rows together) a centre and a scale of each column.
struct FittedSiteScale {
  std::vector<std::string> columns;
  Batches batches;
  Eigen::MatrixXd centre, scale;  ///< (known batches + 1) x columns
};

/// Of each site (and last of all training rows together) the quantiles of each column, and what they become.
struct FittedQuantiles {
  std::vector<std::string> columns;
  Batches batches;
  std::vector<Eigen::MatrixXd> from;  ///< known batches + 1, each quantiles x columns
  Eigen::MatrixXd to;                 ///< quantiles x columns
};

/// What takes the place of a missing value.
struct FittedImpute {
  std::vector<std::string> columns;
  Eigen::VectorXd value;
};

/// Missing values become the mean of the nearest training rows that have one.
struct FittedNeighbours {
  std::vector<std::string> columns;
  int neighbours = 0;
  Eigen::MatrixXd rows;  ///< training rows x columns, NaN where missing
};

struct FittedScale {
  std::vector<std::string> columns;
  Eigen::VectorXd centre, scale;
};

/// Yeo and Johnson's power of each column.
struct FittedPower {
  std::vector<std::string> columns;
  Eigen::VectorXd lambda;
};

/// Values beyond low and high are brought to them.
struct FittedClip {
  std::vector<std::string> columns;
  Eigen::VectorXd low, high;
};

/// `columns` are replaced by `components`: (x - mean) * loadings.
struct FittedProjection {
  std::vector<std::string> columns, components;
  Eigen::VectorXd mean;
  Eigen::MatrixXd loadings;  ///< columns x components
};

/// A column more: intercept + sum of coefficient x value. The columns that it is made of stay for whoever wants them.
struct FittedScore {
  std::vector<std::string> columns;
  std::string name;
  double intercept = 0;
  Eigen::VectorXd coefficients;
};

/// Steps that only drop columns leave nothing here: what they leave over is FittedChain::columns().
using FittedStep = std::variant<FittedCombat, FittedScale, FittedPower, FittedClip, FittedProjection, FittedScore,
                                FittedSiteScale, FittedQuantiles, FittedImpute, FittedNeighbours>;

/// What a step tells batches apart by, or nullptr.
inline const BatchKey* batch_of_step(const FittedStep& step) {
  if (const auto* combat = std::get_if<FittedCombat>(&step)) return &combat->batches.key;
  if (const auto* scale = std::get_if<FittedSiteScale>(&step)) return &scale->batches.key;
  if (const auto* quantiles = std::get_if<FittedQuantiles>(&step)) return &quantiles->batches.key;
  return nullptr;
}

struct FittedChain::State {
  std::vector<std::string> input;  ///< columns at the entrance
  Eigen::VectorXd fill;            ///< what takes the place of a missing value of each of them
  std::vector<FittedStep> steps;
  std::vector<std::string> columns;
  std::vector<std::string> fitted_on;
  std::vector<SelectionRow> selection;
  std::vector<std::string> remarks;
};

/// Columns of numbers with their names, on their way through a chain.
struct Columns {
  std::vector<std::string> names;
  Eigen::MatrixXd values;
  /// Positions of `wanted`; throws a bug when one is absent.
  std::vector<Eigen::Index> find(const std::vector<std::string>& wanted) const;
};

void apply_step(const FittedScale& step, Columns& columns);
void apply_step(const FittedPower& step, Columns& columns);
void apply_step(const FittedClip& step, Columns& columns);
void apply_step(const FittedProjection& step, Columns& columns);
void apply_step(const FittedScore& step, Columns& columns);
/// `covariates`: the step's covariates, row by row, gaps filled. Rows of an unseen site are treated as the step says.
void apply_step(const FittedCombat& step, Columns& columns, const Eigen::MatrixXd& covariates,
                std::span<const std::string> sites, std::vector<std::string>& remarks);
void apply_step(const FittedSiteScale& step, Columns& columns, std::span<const std::string> sites,
                std::vector<std::string>& remarks);
void apply_step(const FittedQuantiles& step, Columns& columns, std::span<const std::string> sites,
                std::vector<std::string>& remarks);
void apply_step(const FittedImpute& step, Columns& columns, std::vector<std::string>& remarks);
void apply_step(const FittedNeighbours& step, Columns& columns, std::vector<std::string>& remarks);
/// The step with estimates for `kept` alone, in that order.
FittedCombat keep_columns(const FittedCombat& step, const std::vector<std::string>& kept);
FittedSiteScale keep_columns(const FittedSiteScale& step, const std::vector<std::string>& kept);
FittedQuantiles keep_columns(const FittedQuantiles& step, const std::vector<std::string>& kept);
FittedImpute keep_columns(const FittedImpute& step, const std::vector<std::string>& kept);
FittedScale keep_columns(const FittedScale& step, const std::vector<std::string>& kept);
FittedPower keep_columns(const FittedPower& step, const std::vector<std::string>& kept);
FittedClip keep_columns(const FittedClip& step, const std::vector<std::string>& kept);
/// `kept` are components: a component needs all of its columns.
FittedProjection keep_components(const FittedProjection& step, const std::vector<std::string>& kept);
/// Positions of `kept` in `all`; a bug when one is absent.
std::vector<std::size_t> positions_in(const std::vector<std::string>& all, const std::vector<std::string>& kept);

}  // namespace radfuse
