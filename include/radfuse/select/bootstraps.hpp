// SPDX-License-Identifier: Apache-2.0
// How often each feature is selected when the whole chain is fitted anew on bootstrap samples of the training patients,
// and how much these selections agree.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "radfuse/select/chain.hpp"
#include "radfuse/stats/selection_stability.hpp"

namespace radfuse {

/// The chain of one model.
struct ChainPlan {
  std::string model;
  std::vector<std::string> blocks;
  std::vector<StepParams> steps;
};

/// What a model's chain selected on each sample.
struct SampledSelection {
  std::string model = {};
  std::vector<std::string> features = {};  ///< that enter the chain, in column order
  /// A row for each sample on which the chain could be fitted, a column for each feature: 1 when it was not dropped
  /// (the parts of a component or score are not), else 0.
  Eigen::MatrixXd selected = {};
  /// Which of the features some step chooses among (its `on`); others pass untouched and say nothing of stability.
  std::vector<bool> competes = {};
  std::size_t drawn = 0;     ///< samples
  std::size_t empty = 0;     ///< samples on which no feature was left: they select nothing
  std::size_t failed = 0;    ///< samples on which the chain could not be fitted, and that are left out
  std::string failure = {};  ///< why the first of these could not
};

/// The samples are the same for all plans: Rng(seed, "bootstrap", b). Samples are fitted in parallel on aids.threads
/// threads, one thread each, and leave no evidence; `progress` is never called by two threads at once and may be empty.
std::vector<SampledSelection> fit_bootstraps(std::span<const ChainPlan> plans, const TrainingRows& rows, int samples,
                                             std::uint64_t seed, const ChainAids& aids,
                                             const std::function<void(std::size_t done, std::size_t total)>& progress);

/// Of the features that compete. NaN with a reason where it does not exist.
stats::SelectionStability stability_of(const SampledSelection& selection);

/// "5.1 of 30 competing features on average over 100 bootstrap samples, stability 0.62 [0.55, 0.69], intermediate": for
/// the log and the report.
std::string told(const SampledSelection& selection);

/// selection_bootstraps.csv: model,feature,selected,samples,share; features that any sample selected, the most often
/// selected first.
std::string selection_bootstraps_to_csv(std::span<const SampledSelection> selections);
/// selection_stability.csv: model,features,samples,empty,failed,mean_selected,stability,lower,upper,remark; `features`
/// and `mean_selected` are of those that compete.
std::string selection_stability_to_csv(std::span<const SampledSelection> selections);

}  // namespace radfuse
