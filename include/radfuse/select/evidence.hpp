// SPDX-License-Identifier: Apache-2.0
// What the fit of a chain found on the way, for people to look at: reliability of each feature, and what harmonisation
// did to each. Nothing of it is needed to apply the chain.
#pragma once

#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "radfuse/stats/agreement.hpp"
#include "radfuse/stats/reliability.hpp"

namespace radfuse {

/// What a step measured of a feature; NaN: nothing, or nothing that is defined.
struct Measured {
  static constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  std::string what;                            ///< "ICC(A,1)", "|r|", "mann_whitney", "coefficient"; empty: nothing
  double value = kNone, p = kNone, q = kNone;  ///< q: p corrected for the number of features
};
/// What one step said of one feature that it looked at.
struct StepVerdict {
  std::string step, feature;
  bool kept = true;
  Measured measured = {};
  std::string reason;
};

/// One feature at one reliability step.
struct ReliabilityRow {
  std::string step;  ///< "1 reliability"
  std::string feature, block;
  std::string region;  ///< empty where the study has one
  stats::Icc icc;
  stats::Agreement agreement;
  double judged = 0;     ///< the coefficient that the study asked for
  std::string level;     ///< poor, moderate, good, excellent, or undefined
  std::string decision;  ///< "kept", "dropped", "not tested"
  std::string reason;    ///< of an undefined value, or of no test
};

/// Differences between batches of one feature, over the training rows.
struct BatchDifference {
  double statistic = 0;  ///< t of Student for two batches, F for more
  double p = 0;
  double cohens_f = 0;
  std::string reason;  ///< why they are NaN
};
/// One feature at one harmonising step.
struct HarmonisationRow {
  std::string step, feature;
  BatchDifference before, after;
};
/// One harmonising step.
struct HarmonisationSummary {
  std::string step;
  std::vector<std::string> by;  ///< what was brought together: "site", or clinical columns
  std::vector<std::string> batches;
  std::size_t features = 0;                          ///< with a test before and after
  double differ_before = 0, differ_after = 0;        ///< share of them with p < 0.05
  double predicted_before = 0, predicted_after = 0;  ///< balanced accuracy of predicting the batch; NaN: no estimate
  double chance = 0;                                 ///< the accuracy of guessing
  double outcome_v = 0, outcome_p = 0;  ///< Cramer's V of batch and outcome in the training rows; chi-squared's p
};

struct ChainEvidence {
  std::vector<StepVerdict> verdicts;  ///< in the order of the steps
  std::vector<ReliabilityRow> reliability;
  std::vector<HarmonisationRow> harmonisation;
  std::vector<HarmonisationSummary> harmonisation_summary;
};

/// Koo and Li (2016): below 0.5 poor, below 0.75 moderate, below 0.9 good, else excellent.
inline constexpr const char* kReliabilityLevels[] = {"poor", "moderate", "good", "excellent", "undefined"};

/// A model's name and what the fit of its chain found.
using NamedEvidence = std::pair<std::string, ChainEvidence>;
/// selection_steps.csv: one row for each model, step and feature that the step looked at.
std::string selection_steps_to_csv(std::span<const NamedEvidence> evidence);
/// reliability.csv: one row for each model, step and feature.
std::string reliability_to_csv(std::span<const NamedEvidence> evidence);
/// reliability_levels.csv: how many features of each block and region are on each level.
std::string reliability_levels_to_csv(std::span<const NamedEvidence> evidence);
/// harmonisation.csv: one row for each model, step and feature.
std::string harmonisation_to_csv(std::span<const NamedEvidence> evidence);
/// harmonisation_summary.csv: one row for each model and step.
std::string harmonisation_summary_to_csv(std::span<const NamedEvidence> evidence);

}  // namespace radfuse
