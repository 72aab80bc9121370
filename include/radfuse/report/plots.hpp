// SPDX-License-Identifier: Apache-2.0
// The figures of a study, made from its numbers; figures.hpp draws them.
#pragma once

#include <string>
#include <vector>

#include "radfuse/report/evaluate.hpp"
#include "radfuse/report/figures.hpp"
#include "radfuse/report/results.hpp"

namespace radfuse {

/// All models of one learner on one split.
Figure roc_figure(const Evaluation& evaluation, Learner learner, Split split);
Figure calibration_figure(const Evaluation& evaluation, Learner learner, Split split);
Figure decision_figure(const Evaluation& evaluation, Learner learner, Split split);
/// Every AUC with its interval, by split, model and learner.
Figure forest_figure(const Evaluation& evaluation);
/// Every case's probability by one model, by split and outcome, with the threshold.
Figure probability_figure(const Evaluation& evaluation, const std::string& model, Learner learner);
/// How many features each step of a model's chain dropped, and how many were kept.
Figure selection_figure(const std::vector<SelectedFeature>& selection, const std::string& model);
/// The coefficients of a logistic model, largest first, at most 25.
Figure coefficient_figure(const FinalModel& model);
/// Dice by image and split, one dot for each case.
Figure dice_figure(const std::vector<SegmentationQuality>& quality);
/// Training loss and validation error by epoch of a set's first network, and in grey what its fold networks were judged
/// by.
Figure learning_figure(const std::string& set, const std::vector<NetworkCurve>& curves);

/// Cohen's f of the features between batches, before and after a harmonising step, as two histograms.
Figure harmonisation_figure(const HarmonisedStep& step);
/// The maps of a model side by side, by outcome, and below by site where there are several.
Figure map_figure(const std::string& model, const std::vector<MappedCases>& maps, const Cohort& cohort);

/// Every figure that these numbers allow, in the order of the report.
std::vector<Figure> study_figures(const Evaluation& evaluation, const StudyResults& results);

}  // namespace radfuse
