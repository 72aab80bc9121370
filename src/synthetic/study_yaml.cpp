// SPDX-License-Identifier: Apache-2.0
// The study file of a synthetic cohort: every stage, sized so that 60 cases take about a minute or two on two cores.
#include <algorithm>
#include <array>

#include "radfuse/base/text.hpp"
#include "radfuse/synthetic/texts.hpp"

namespace radfuse::synthetic {
namespace {

// What differs between the kinds.
struct Words {
  std::string_view modality, dimension, resample, discretise, intensity, note;
};
Words words_of(Kind kind) {
  switch (kind) {
    case Kind::us2d:
      return {"US",
              "2d",
              "{spacing_mm: [0.25, 0.25], interpolator: linear}",
              "{method: fixed_bin_number, bins: 32}",
              "unit8",
              "grey levels of an ultrasound are in no unit: a fixed number of bins"};
    case Kind::xray2d:
      return {"XR",
              "2d",
              "{spacing_mm: [0.2, 0.2], interpolator: linear}",
              "{method: fixed_bin_number, bins: 32}",
              "percentile",
              "grey levels of a radiograph are in no unit: a fixed number of bins"};
    case Kind::ct3d:
      return {"CT",
              "3d",
              "{spacing_mm: [1, 1, 1], interpolator: linear, round_intensities: true}",
              "{method: fixed_bin_size, width: 10}",
              "window",
              "CT is calibrated in HU: bins of a fixed size"};
    case Kind::mri3d:
      return {"MR",
              "3d",
              "{spacing_mm: [1, 1, 1], interpolator: linear}",
              "{method: fixed_bin_number, bins: 32}",
              "percentile",
              "grey levels of MR are in no unit: a fixed number of bins"};
    case Kind::pet3d:
      return {"PET",
              "3d",
              "{spacing_mm: [2, 2, 2], interpolator: linear}",
              "{method: fixed_bin_size, width: 0.5}",
              "window",
              "SUV are calibrated: bins of a fixed size"};
  }
  throw Error(ExitCode::bug, "no such kind of cohort");
}

struct Folds {
  int outer, inner, lasso, repeats;
};
// Every fold, also the innermost, needs cases of both outcomes. The rarer outcome has `rarer` training cases; an outer
// and an inner fold leave (1 - 1/outer)(1 - 1/inner) of them to the LASSO.
Folds folds_for(const CohortPlan& plan) {
  std::array<std::size_t, 2> count{};
  for (const PlannedCase& c : plan.cases)
    if (c.role == Role::train) ++count[static_cast<std::size_t>(c.outcome)];
  const std::size_t rarer = std::min(count[0], count[1]);
  if (rarer >= 10) return {5, 3, 5, 2};
  if (rarer >= 5) return {3, 3, 3, 2};
  return {2, 2, 3, 2};
}

std::string cohort_section(const CohortPlan& plan, const Words& words) {
  const std::string name = image_name(plan.kind);
  std::string out =
      "cohort:\n"
      "  manifest: manifest.csv                # one row for each case and reader; relative to this file\n"
      "  outcome: {column: outcome, positive: 1}\n"
      "  site: site                            # C1 and C2 train and test; C3 is the external centre\n"
      "  split: {column: split}\n"
      "  clinical: [age, sex, marker_a, marker_b]\n"
      "  reference_reader: R1                  # R2's outlines tell how reliable each feature is\n"
      "\n"
      "images:\n  " +
      name + ":\n    image: " + name + "_path\n    mask: " + name +
      "_mask\n    dimension: " + std::string(words.dimension) + "\n    modality: " + std::string(words.modality) + "\n";
  if (region_form(plan, kReaders[0]) != RegionForm::file)
    out += "    roi: " + std::string(kRegionName) + "                         # which region of the structure set\n";
  if (!states_spacing(plan)) out += "    spacing_column: spacing_mm          # a PNG states no pixel size\n";
  return out;
}

std::string image_sections(const CohortPlan& plan, const Words& words) {
  const std::string name = image_name(plan.kind);
  std::string out =
      "segment:                                # a U-Net learns to outline the lesion\n"
      "  image: " +
      name + "\n  size: 64\n  levels: 3\n  train: {epochs: 20}\n  folds: 2\n";
  if (!is_plane(plan.kind)) out += "  slices_per_case: 6\n";
  out +=
      "\n"
      "radiomics:\n"
      "  rois:\n"
      "    lesion: {from: mask}                # add  rim: {ring_mm: [0, 3], of: lesion}  to measure the rim, too\n"
      "  families: [morphology, intensity_statistics, intensity_histogram, glcm]\n"
      "  resample: " +
      std::string(words.resample) + "\n" + "  discretise: " + std::string(words.discretise) + "   # " +
      std::string(words.note) +
      "\n"
      "\n"
      "deep:                                   # an autoencoder that sees the lesion and the 4 mm around it\n"
      "  - name: ae\n"
      "    image: " +
      name +
      "\n    roi: lesion\n    margin_mm: 4\n    margin_fraction: 0\n    intensity: " + std::string(words.intensity) +
      "\n";
  if (plan.kind == Kind::ct3d) out += "    window: [-20, 180]                  # HU that become 0 and 1\n";
  if (plan.kind == Kind::pet3d) out += "    window: [0, 15]                     # SUV that become 0 and 1\n";
  out +=
      "    network: attention_autoencoder_2d\n"
      "    features: 128\n"
      "    size: 64\n"
      "    train: {epochs: 60}\n";
  return out;
}

std::string learning_sections(const CohortPlan& plan) {
  const Folds folds = folds_for(plan);
  const auto number = [](int value) { return std::to_string(value); };
  return "select:                                 # fitted on training cases only, anew in every fold\n"
         "  - {step: reliability, icc: A1, threshold: 0.75}\n"
         "  - {step: combat, unseen: adapt_unlabelled, min_samples: 5}\n"
         "  - {step: scale}\n"
         "  - {step: correlation, method: pearson, threshold: 0.9}\n"
         "  - {step: lasso, folds: " +
         number(folds.lasso) +
         ", lambda: min}\n"
         "\n"
         "train:\n"
         "  models:\n"
         "    clinical: [clin]\n"
         "    rad: [rad]\n"
         "    deep: [deep]\n"
         "    fusion: [rad, deep, clin]\n"
         "  learners: [logistic, xgboost]\n"
         "  validation: {scheme: nested_cv, folds: " +
         number(folds.outer) + ", repeats: " + number(folds.repeats) + ", inner_folds: " + number(folds.inner) +
         "}\n"
         "\n"
         "evaluate:\n"
         "  intervals: {method: delong}\n"
         "  compare: [[fusion, clinical], [fusion, rad], [fusion, deep]]\n"
         "  calibration: true\n"
         "  decision_curve: true\n";
}

}  // namespace

std::string study_yaml(const CohortPlan& plan) {
  const std::string kind(name_of(kKinds, plan.kind));
  const Words words = words_of(plan.kind);
  return "# A synthetic cohort with known truth: " + std::to_string(plan.cases.size()) + " cases of kind " + kind +
         ", seed " + std::to_string(plan.seed) + (plan.form == Form::dicom ? ", as DICOM" : "") + ".\n" +
         "# truth.csv holds what made each outcome: texture and shape of the lesion, the rim around it, and marker_a.\n"
         "# Every key is explained by configs/reference.yaml; a section that is left out means \"not this stage\".\n"
         "study:\n"
         "  name: sample-" +
         kind + "\n  seed: 20260101\n" +
         "  output: out                           # relative to this file\n"
         "\n" +
         cohort_section(plan, words) + "\n" + image_sections(plan, words) + "\n" + learning_sections(plan) +
         "\nreport:\n  title: Synthetic sample cohort (" + kind + ")\n";
}

}  // namespace radfuse::synthetic
