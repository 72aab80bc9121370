// SPDX-License-Identifier: Apache-2.0
// The study file: binding, rules across sections, canonical text.
#include "radfuse/config/study.hpp"

#include <algorithm>
#include <set>

#include "radfuse/base/files.hpp"
#include "radfuse/config/fields_io.hpp"
#include "radfuse/config/problems.hpp"
#include "study_rules.hpp"

namespace radfuse {
namespace fs = std::filesystem;

void bind(Fields& f, Study& s) {
  f.section("study", s.study, "Name, seed and output folder", Need::required);
  f.section("cohort", s.cohort, "Who is in the study, and what is to be predicted", Need::required);
  f.map("images", s.images, "The images of each case");
  f.section("import", s.import, "How images and masks are taken in");
  f.section("segment", s.segment, "A U-Net that outlines the region; left out: the masks of the manifest only");
  f.section("radiomics", s.radiomics, "IBSI radiomic features; left out: none");
  f.list("deep", s.deep, "Deep features, one set for each item; left out: none");
  f.list("select", s.select, "The chain of selection steps, in order");
  f.section("selection_frequency", s.selection_frequency, "How often features are selected on samples of the patients");
  f.section("train", s.train, "The models; left out: the study ends with its features");
  f.section("evaluate", s.evaluate, "Performance, comparisons and the report; left out: none");
  f.section("attribution", s.attribution,
            "Where a trained model looks, through its deep features; left out: not drawn");
  f.section("report", s.report, "What only the authors know, and whether cases are mapped");
}

Study read_study(const fs::path& file) {
  const std::string text = read_file(file);
  config::Problems problems(file.string(), text);
  Study study;
  config::read_yaml(
      text,
      [&](Fields& f) {
        bind(f, study);
        if (problems.empty()) config::check_rules(f, study);
      },
      problems);
  problems.throw_if_any();
  study.file = file;
  study.folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  const fs::path output(study.study.output);
  study.output = (output.is_absolute() ? output : study.folder / output).lexically_normal();
  return study;
}

std::string canonical_sections(const Study& study, const std::vector<std::string_view>& sections) {
  Study copy = study;
  std::string text;
  const auto write = [&](std::string_view name, const Bind& bind_section) {
    if (std::ranges::find(sections, name) != sections.end()) text += config::canonical_text(bind_section);
  };
  // Bind once for each top-level key, so that a section's text does not depend on its neighbours.
  if (std::ranges::find(sections, "study.seed") != sections.end())
    text += "study.seed: " + std::to_string(study.study.seed) + "\n";
  write("study", [&](Fields& f) { f.section("study", copy.study, ""); });
  write("cohort", [&](Fields& f) { f.section("cohort", copy.cohort, ""); });
  write("images", [&](Fields& f) { f.map("images", copy.images, ""); });
  write("import", [&](Fields& f) { f.section("import", copy.import, ""); });
  write("segment", [&](Fields& f) { f.section("segment", copy.segment, ""); });
  write("radiomics", [&](Fields& f) { f.section("radiomics", copy.radiomics, ""); });
  write("radiomics.rois", [&](Fields& f) {
    if (copy.radiomics) f.map("radiomics.rois", copy.radiomics->rois, "");
  });
  write("deep", [&](Fields& f) { f.list("deep", copy.deep, ""); });
  write("select", [&](Fields& f) { f.list("select", copy.select, ""); });
  write("selection_frequency", [&](Fields& f) { f.section("selection_frequency", copy.selection_frequency, ""); });
  write("train", [&](Fields& f) { f.section("train", copy.train, ""); });
  write("train.models", [&](Fields& f) {
    if (copy.train) f.field("train.models", copy.train->models, "");
  });
  write("train.learners_of", [&](Fields& f) {
    if (copy.train) f.field("train.learners_of", copy.train->learners_of, "");
    if (copy.train) f.choices("train.learners", copy.train->learners, kLearners, "");
  });
  write("train.validation.folds", [&](Fields& f) {
    if (copy.train) f.field("train.validation.folds", copy.train->validation.folds, {}, "");
    if (copy.train) f.field("train.validation.repeats", copy.train->validation.repeats, {}, "");
  });
  write("evaluate", [&](Fields& f) { f.section("evaluate", copy.evaluate, ""); });
  write("attribution", [&](Fields& f) { f.section("attribution", copy.attribution, ""); });
  write("report.maps", [&](Fields& f) { f.field("report.maps", copy.report.maps, ""); });
  write("report", [&](Fields& f) { f.section("report", copy.report, ""); });
  return text;
}

std::string canonical_deep(const Study& study, const DeepParams& deep) {
  DeepParams copy = deep;
  copy.pictures = {};
  copy.folds = DeepParams{}.folds;  // the cases of each network say it
  copy.refit = Refit::once;
  if (TrainingParams* training = training_of(copy.network)) {
    training->budget_minutes = TrainingParams{}.budget_minutes;
    training->checkpoint_minutes = TrainingParams{}.checkpoint_minutes;
  }
  return canonical_sections(study, {"study.seed", "images", "radiomics.rois"}) +
         config::canonical_text([&](Fields& f) { bind(f, copy); });
}

std::string canonical_study(const Study& study) {
  Study copy = study;
  return config::canonical_text([&](Fields& f) { bind(f, copy); });
}

std::string study_reference() {
  Study study;
  return "# Every key of a study file, with its meaning, type and default. Generated by `radfuse list keys`.\n" +
         config::reference_text([&](Fields& f) { bind(f, study); });
}

std::string study_schema() {
  Study study;
  return config::schema_text([&](Fields& f) { bind(f, study); }, "Radfuse study");
}

}  // namespace radfuse
