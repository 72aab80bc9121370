// SPDX-License-Identifier: Apache-2.0
// A made-up study from a seed: predictions that discriminate as stated, for tests of tables, figures and pages.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "radfuse/base/rng.hpp"
#include "radfuse/report/report.hpp"

namespace radfuse::test {

struct MadeUp {
  EvaluateParams evaluate_params;
  ReportParams report_params;
  std::vector<std::string> models = {"clinical", "rad", "deep", "fusion"};
  std::vector<Prediction> predictions;
  std::vector<Threshold> thresholds;
  StudyResults results;
};

inline double squash(double z) {
  return 1 / (1 + std::exp(-z));
}

inline void make_cases(MadeUp& study, const std::vector<std::string>& sites) {
  Rng rng(7, "cases");
  study.results.cohort.clinical_columns = {"age", "sex=f"};
  study.results.cohort.image_names = {"us"};
  for (int i = 0; i < 120; ++i) {
    CaseRow row;
    row.case_id = "P" + std::string(i < 10 ? "00" : i < 100 ? "0" : "") + std::to_string(i);
    row.patient_id = row.case_id;
    row.outcome = rng.uniform() < 0.4 ? 1 : 0;
    row.split = i < 70 ? Split::train : i < 95 ? Split::test : Split::external;
    row.site = row.split == Split::external ? sites[2] : sites[static_cast<std::size_t>(i % 2)];
    row.clinical = {50 + 10 * rng.normal(), rng.uniform() < 0.5 ? 1.0 : 0.0};
    if (i % 17 == 0) row.clinical[0].reset();
    row.images.resize(1);
    study.results.cohort.rows.push_back(row);
  }
}

inline void make_predictions(MadeUp& study) {
  for (std::size_t m = 0; m < study.models.size(); ++m)
    for (const auto& learner : kLearners) {
      study.thresholds.push_back({study.models[m], learner.value, 0.42});
      Rng rng(7, study.models[m], static_cast<std::uint64_t>(learner.value));
      int rank = 0;
      for (const CaseRow& row : study.results.cohort.rows) {
        ++rank;
        const double strength = 0.2 + 0.25 * static_cast<double>(m);
        const bool train = row.split == Split::train;
        for (int repeat = 1; repeat <= (train ? 3 : 1); ++repeat) {
          Prediction p;
          p.case_id = row.case_id;
          p.patient_id = row.patient_id;
          p.site = row.site;
          p.split = row.split;
          p.model = study.models[m];
          p.learner = learner.value;
          p.kind = train ? PredictionKind::oof : PredictionKind::final;
          p.repeat = train ? repeat : 0;
          p.fold = train ? 1 + rank % 5 : 0;
          p.outcome = row.outcome;
          p.probability = squash(strength * (row.outcome == 1 ? 1 : -1) * 0.9 - 0.4 + rng.normal());
          study.predictions.push_back(p);
        }
      }
    }
}

inline void make_results(MadeUp& study) {
  StudyResults& r = study.results;
  Rng rng(7, "results");
  r.name = "made-up-study";
  r.seed = 7;
  r.settings =
      "cohort:\n  outcome:\n    column: \"erosion\"\n    positive: \"1\"\nradiomics:\n  resample:\n"
      "    spacing_mm: [1, 1]\n    interpolator: \"linear\"\nselect:\n  -\n    step: \"combat\"\n  -\n"
      "    step: \"lasso\"\n    folds: 10\n";
  for (const std::string& model : study.models) {
    r.train.models.emplace_back(model, std::vector<std::string>{model == "clinical" ? "clin" : model});
    for (const auto& learner : kLearners) {
      FinalModel told{.model = model, .learner = learner.value, .settings = "c=0.1"};
      for (int i = 0; i < 9; ++i) {
        const std::string feature = "rad.us.original.glcm.feature_" + std::to_string(i);
        told.features.push_back(feature);
        if (learner.value == Learner::logistic) told.coefficients.push_back({feature, rng.normal() * 0.4});
      }
      r.models.push_back(told);
      Fitted fitted{.what = "model " + model + " (" + std::string(learner.name) + ")"};
      for (const CaseRow& row : r.cohort.rows)
        if (row.split == Split::train) fitted.cases.push_back(row.case_id);
      r.fitted.push_back(fitted);
    }
    for (int i = 0; i < 60; ++i)
      r.selection.push_back({.model = model,
                             .feature = "rad.us.original.glcm.feature_" + std::to_string(i),
                             .kept = i < 9,
                             .step = i < 9    ? ""
                                     : i < 30 ? "1 reliability"
                                     : i < 45 ? "3 correlation"
                                              : "4 lasso",
                             .reason = i < 9 ? "" : "ICC 0.61 < 0.75"});
  }
  ImageParams image;
  image.mask = "us_mask";
  image.dimension = Dimension::two;
  image.modality = Modality::us;
  r.images.emplace_back("us", image);
  for (const CaseRow& row : r.cohort.rows)
    r.quality.push_back({.case_id = row.case_id,
                         .image = "us",
                         .split = row.split,
                         .dice = squash((row.split == Split::train ? 2.5 : 1.6) + 0.8 * rng.normal())});
  for (const CaseRow& row : r.cohort.rows)
    r.acquisition.push_back({.case_id = row.case_id,
                             .image = "us",
                             .facts = {{"format", "DICOM"},
                                       {"manufacturer", row.site == "C1" ? "Maker A" : "Maker B"},
                                       {"us_depth_mm", rng.uniform() < 0.5 ? "40" : "60"}}});
  r.blocks = {{"rad", "3_radiomics/features.radiomics.csv", 60}, {"clin", "1_import/cohort.csv", 2}};
  r.versions = {{"radfuse", "0.1.0"}, {"ITK", "5.2.1"}};
  r.inputs = {{"6_train/predictions.csv", std::string(64, 'a')}};
}

// One harmonising step of model rad, and two maps of it.
inline void make_looked_at(MadeUp& study) {
  StudyResults& r = study.results;
  Rng rng(7, "maps");
  const std::string model = study.models[1];
  HarmonisedStep step{.model = model, .step = "2 combat", .by = {"site"}, .batches = {"C1", "C2"}, .features = 60};
  step.differ_before = 0.85;
  step.differ_after = 0.05;
  step.predicted_before = 0.91;
  step.predicted_after = 0.48;
  step.chance = 0.5;
  step.outcome_v = 0.31;
  step.outcome_p = 0.011;
  for (int i = 0; i < 60; ++i) {
    step.effect_before.push_back(0.2 + 0.4 * rng.uniform());
    step.effect_after.push_back(0.1 * rng.uniform());
  }
  r.harmonised.push_back(step);
  for (const char* which : {"entering", "leaving"}) {
    MappedCases map{.model = model, .map = which, .features = 60, .components = 50};
    map.variance_share = 0.987;
    map.perplexity = 30;
    map.trustworthiness = 0.9432;
    for (const CaseRow& row : r.cohort.rows)
      map.points.push_back({row.case_id, 20 * rng.normal() + (row.site == "C1" ? 60 : 0), 20 * rng.normal()});
    r.maps.push_back(map);
  }
  r.maps.push_back({.model = study.models[0],
                    .map = "entering",
                    .features = 1,
                    .components = 1,
                    .perplexity = std::nan(""),
                    .trustworthiness = std::nan(""),
                    .reason = "features that vary: 1; a map needs two or more"});
}

inline MadeUp make_up(const std::vector<std::string>& sites = {"C1", "C2", "C3"},
                      const std::vector<std::string>& models = {"clinical", "rad", "deep", "fusion"}) {
  MadeUp study;
  study.models = models;
  study.evaluate_params.compare = {{models.back(), models[1]}, {models.back(), models[0]}};
  make_cases(study, sites);
  make_predictions(study);
  make_results(study);
  make_looked_at(study);
  return study;
}

}  // namespace radfuse::test
