// SPDX-License-Identifier: Apache-2.0
// Scores of cases, folds of training cases, and the comparison of two models on the same cases.
#pragma once

#include <Eigen/Core>
#include <span>
#include <vector>

#include "radfuse/report/evaluate.hpp"
#include "radfuse/stats/resampled.hpp"

namespace radfuse {

struct Scores {
  Eigen::VectorXi label;
  Eigen::VectorXd score;
};
Scores scores_of(const std::vector<Prediction>& cases);

/// The AUC of each outer fold; folds that hold one outcome only have none.
std::vector<FoldAuc> fold_aucs(std::span<const Prediction> predictions, const Judged& judged);
int folds_in_a_repeat(const std::vector<FoldAuc>& folds);
/// Mean of one value for each fold, its limits cut to `low` and 1; undefined limits where there is no interval.
Estimate over_folds(const stats::ResampledMean& mean, double low);

/// Adds the comparison on the cases that both models judged.
void compare(const ScoredCases& first, const ScoredCases& second, double level, Evaluation& to);

}  // namespace radfuse
