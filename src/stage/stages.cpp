// SPDX-License-Identifier: Apache-2.0
// The stages.
#include "radfuse/stage/stages.hpp"

#include <algorithm>

#include "radfuse/base/hash.hpp"
#include "radfuse/stage/manifest.hpp"

namespace radfuse {
namespace {

constexpr StageInfo kStages[] = {
    {StageId::import, "import", "radfuse-import", "1_import",
     "Take in images, masks and clinical values, check them, and draw the split", true},
    {StageId::segment, "segment", "radfuse-segment", "2_segment",
     "Train a U-Net on the training cases and outline the region in every case", true},
    {StageId::radiomics, "radiomics", "radfuse-radiomics", "3_radiomics",
     "Extract IBSI radiomic features of every case, region and reader", true},
    {StageId::deep, "deep", "radfuse-deep", "4_deep", "Extract deep features with trained or given networks", true},
    {StageId::select, "select", "radfuse-select", "5_select",
     "Fit the chain of selection steps on the training cases, for each model", false},
    {StageId::train, "train", "radfuse-train", "6_train",
     "Validate and train every learner for every model, and predict every case", false},
    {StageId::evaluate, "evaluate", "radfuse-evaluate", "7_evaluate",
     "Measure and compare the models, and write figures, checklists and the report", false},
    {StageId::attribution, "attribution", "radfuse-attribution", "8_attribution",
     "Draw where a trained model looks in the images, through its deep features", false},
};

constexpr const char* kCohort = "1_import/cohort.csv";
constexpr const char* kImported = "1_import/files.csv";
constexpr const char* kSegmented = "2_segment/files.csv";

bool deep_uses_regions(const Study& study) {
  return std::ranges::any_of(study.deep, [](const DeepParams& deep) { return deep.roi != "mask"; });
}

std::vector<std::string_view> sections_of(const StageInfo& stage, const Study& study) {
  switch (stage.id) {
    case StageId::import:
      return {"study.seed", "cohort", "images", "import"};
    case StageId::segment:
      return {"study.seed", "images", "segment"};
    case StageId::radiomics:
      return {"images", "radiomics"};
    case StageId::deep: {
      std::vector<std::string_view> sections = {"study.seed", "images", "deep"};
      if (deep_uses_regions(study)) sections.emplace_back("radiomics.rois");
      if (refits_each_fold(study)) sections.emplace_back("train.validation.folds");
      return sections;
    }
    case StageId::select:
      return {"study.seed", "select", "selection_frequency", "train.models", "train.learners_of", "report.maps"};
    case StageId::train:
      return {"study.seed", "select", "train"};
    case StageId::evaluate:  // the report tells of every section
      return {"study", "cohort",   "images", "import", "segment", "radiomics", "deep", "select", "selection_frequency",
              "train", "evaluate", "report"};
    case StageId::attribution: {
      std::vector<std::string_view> sections = {"study.seed", "images", "deep", "attribution"};
      if (deep_uses_regions(study)) sections.emplace_back("radiomics.rois");
      return sections;
    }
  }
  return {};
}

std::vector<std::string> feature_files(const Study& study) {
  std::vector<std::string> files;
  if (study.radiomics) files.emplace_back("3_radiomics/features.radiomics.csv");
  if (!study.deep.empty()) files.emplace_back("4_deep/features.deep.csv");
  return files;
}

// What crops are cut from.
void add_crop_files(const Study& study, std::vector<std::string>& files) {
  files.emplace_back(kImported);
  if (deep_uses_regions(study) && uses_segmentation(study)) files.emplace_back(kSegmented);
}

void add_encoder_files(const Study& study, std::vector<std::string>& files) {
  if (study.deep.empty()) return;
  files.emplace_back("4_deep/encoders.csv");
  files.emplace_back("4_deep/networks.csv");
}

// A table for each outer fold, where networks are fitted anew in each.
std::vector<std::string> fold_tables(const Study& study) {
  std::vector<std::string> files;
  if (!refits_each_fold(study)) return files;
  for (int repeat = 1; repeat <= study.train->validation.repeats; ++repeat)
    for (int fold = 1; fold <= study.train->validation.folds; ++fold) files.push_back(fold_table(repeat, fold));
  return files;
}

std::vector<std::string> model_files(const Study& study) {
  std::vector<std::string> files;
  if (study.train)
    for (const auto& model : study.train->models)
      for (const Learner learner : learners_of(*study.train, model.first))
        files.push_back("model/" + model.first + "." + std::string(name_of(kLearners, learner)) + ".json");
  return files;
}

}  // namespace

bool refits_each_fold(const Study& study) {
  return study.train && std::ranges::any_of(study.deep, [](const DeepParams& deep) {
           return deep.refit == Refit::each_fold && is_fitted(deep.network);
         });
}

std::string fold_table(int repeat, int fold) {
  return "features.deep.fold-" + std::to_string(repeat) + "-" + std::to_string(fold) + ".csv";
}

std::string vectors_table(const DeepParams& deep) {
  return "vectors." + deep.name + ".csv";
}

std::string attributed_model(const Study& study) {
  return "model/" + study.attribution->model + "." + std::string(name_of(kLearners, Learner::logistic)) + ".json";
}

std::string network_name(const DeepParams& deep, std::optional<int> fold) {
  return fold ? deep.name + ".fold-" + std::to_string(*fold) : deep.name;
}

std::vector<std::string> network_names(const DeepParams& deep) {
  std::vector<std::string> names;
  if (!is_fitted(deep.network)) return names;
  names.push_back(network_name(deep, std::nullopt));
  if (is_supervised(deep.network))
    for (int fold = 1; fold <= deep.folds; ++fold) names.push_back(network_name(deep, fold));
  return names;
}

bool uses_segmentation(const Study& study) {
  return study.radiomics && std::ranges::any_of(study.radiomics->rois, [](const auto& roi) {
           return roi.second.from == RoiSource::segment || roi.second.of == "segment";
         });
}

std::span<const StageInfo> stages() {
  return kStages;
}

const StageInfo& stage_info(StageId id) {
  return kStages[static_cast<std::size_t>(id)];
}

const StageInfo& stage_called(std::string_view name) {
  std::vector<std::string> names;
  for (const StageInfo& stage : kStages) {
    if (stage.name == name) return stage;
    names.emplace_back(stage.name);
  }
  throw StudyError("unknown stage '" + std::string(name) + "'" + text::did_you_mean(name, names) + " (" +
                   text::join(names, ", ") + ")");
}

bool is_wanted(const StageInfo& stage, const Study& study) {
  switch (stage.id) {
    case StageId::import:
      return true;
    case StageId::segment:
      return study.segment.has_value();
    case StageId::radiomics:
      return study.radiomics.has_value();
    case StageId::deep:
      return !study.deep.empty();
    case StageId::select:
      return !study.select.empty() && study.train.has_value();
    case StageId::train:
      return study.train.has_value();
    case StageId::evaluate:
      return study.evaluate.has_value();
    case StageId::attribution:
      return study.attribution.has_value();
  }
  return false;
}

namespace {

// Whether the chain has one of these steps.
bool has_step(const Study& study, std::initializer_list<std::string_view> steps) {
  return std::ranges::any_of(
      study.select, [&](const StepParams& step) { return std::ranges::find(steps, step.name()) != steps.end(); });
}

// What select writes for people, and the report shows.
std::vector<std::string> looked_at_files(const Study& study) {
  std::vector<std::string> files;
  if (has_step(study, {"combat", "site_scale"}))
    files.insert(files.end(), {"harmonisation.csv", "harmonisation_summary.csv"});
  if (study.selection_frequency.bootstraps > 0)
    files.insert(files.end(), {"selection_bootstraps.csv", "selection_stability.csv"});
  if (study.report.maps) files.insert(files.end(), {"map.csv", "map_summary.csv"});
  return files;
}

}  // namespace

std::vector<std::string> inputs_of(const StageInfo& stage, const Study& study) {
  std::vector<std::string> files;
  if (stage.id == StageId::import) return files;
  files.emplace_back(kCohort);
  switch (stage.id) {
    case StageId::segment:
      files.emplace_back(kImported);
      break;
    case StageId::radiomics:
      files.emplace_back(kImported);
      if (uses_segmentation(study)) files.emplace_back(kSegmented);
      break;
    case StageId::deep:
      add_crop_files(study, files);
      break;
    case StageId::select:
      std::ranges::copy(feature_files(study), std::back_inserter(files));
      add_encoder_files(study, files);
      break;
    case StageId::train:
      std::ranges::copy(feature_files(study), std::back_inserter(files));
      add_encoder_files(study, files);
      for (const std::string& table : fold_tables(study)) files.push_back("4_deep/" + table);
      files.emplace_back("5_select/chain.json");
      break;
    case StageId::evaluate:
      for (const char* file : {"1_import/acquisition.csv", "5_select/selection.csv", "5_select/chain.json",
                               "6_train/predictions.csv", "6_train/models.csv", "6_train/selection_frequency.csv"})
        files.emplace_back(file);
      for (const std::string& model : model_files(study)) files.push_back("6_train/" + model);
      for (const std::string& file : looked_at_files(study)) files.push_back("5_select/" + file);
      if (study.segment) files.emplace_back("2_segment/quality.csv");
      if (!study.deep.empty()) files.emplace_back("4_deep/networks.csv");
      for (const DeepParams& deep : study.deep)
        for (const std::string& network : network_names(deep))
          files.push_back("4_deep/model/" + network + ".learning.csv");
      break;
    case StageId::attribution:
      add_crop_files(study, files);
      std::ranges::copy(feature_files(study), std::back_inserter(files));
      add_encoder_files(study, files);
      files.emplace_back("5_select/chain.json");
      files.push_back("6_train/" + attributed_model(study));
      break;
    case StageId::import:
      break;
  }
  return files;
}

std::vector<std::filesystem::path> sources_of(const StageInfo& stage, const Study& study) {
  std::vector<std::filesystem::path> files;
  if (stage.id == StageId::import) {
    const Manifest manifest = read_manifest(study);
    files.push_back(manifest.file);
    for (const ManifestRow& row : manifest.rows)
      for (const ManifestImage& image : row.images)
        for (const Source& source : sources_of(image)) files.push_back(source.path);
  }
  if (stage.id == StageId::deep || stage.id == StageId::attribution)
    for (DeepParams deep : study.deep)
      if (const WeightsParams* weights = weights_of(deep.network)) files.push_back(study.folder / weights->file);
  return files;
}

namespace {

std::vector<std::string> select_files(const Study& study) {
  std::vector<std::string> files = {"features.selected.csv", "selection.csv", "selection_steps.csv", "chain.json"};
  if (has_step(study, {"reliability"})) files.insert(files.end(), {"reliability.csv", "reliability_levels.csv"});
  for (const std::string& file : looked_at_files(study)) files.push_back(file);
  return files;
}

}  // namespace

std::vector<std::string> outputs_of(const StageInfo& stage, const Study& study) {
  switch (stage.id) {
    case StageId::import:
      return {"cohort.csv", "acquisition.csv", "notes.csv", "files.csv", "status.csv"};
    case StageId::segment:
      return {"quality.csv", "files.csv", "status.csv"};
    case StageId::radiomics:
      return {"features.radiomics.csv", "features.radiomics.notes.csv", "features.radiomics.diagnostics.csv",
              "status.csv"};
    case StageId::deep: {
      std::vector<std::string> files = {
          "features.deep.csv", "features.deep.notes.csv", "encoders.csv", "networks.csv", "similarity.csv",
          "seen.csv",          "attention.csv",           "status.csv"};
      for (const std::string& table : fold_tables(study)) files.push_back(table);
      for (const DeepParams& deep : study.deep) {
        if (is_supervised(deep.network)) files.push_back(vectors_table(deep));
        for (const std::string& network : network_names(deep)) files.push_back("model/" + network + ".learning.csv");
      }
      return files;
    }
    case StageId::select:
      return select_files(study);
    case StageId::train: {
      std::vector<std::string> files = model_files(study);
      files.insert(files.end(), {"predictions.csv", "models.csv", "folds.csv", "selection_frequency.csv"});
      return files;
    }
    case StageId::evaluate:
      return {"metrics.csv",     "metrics.notes.csv",  "comparisons.csv",      "roc.csv",
              "calibration.csv", "decision_curve.csv", "checklists/clear.csv", "report.html"};
    case StageId::attribution:
      return {"seen.csv"};
  }
  return {};
}

std::string config_hash(const StageInfo& stage, const Study& study) {
  return sha256("radfuse " + std::string(version()) + "\n" + canonical_sections(study, sections_of(stage, study)));
}

std::string network_settings(const Study& study, const DeepParams& deep) {
  return "radfuse " + std::string(version()) + "\n" + canonical_deep(study, deep);
}

std::string_view version() {
  return RADFUSE_VERSION;
}

namespace {

using Versions = std::vector<std::pair<std::string, std::string>>;

Versions& versions() {
  static Versions all = [] {
    Versions built;
    for (const std::string& item : text::split(RADFUSE_LIBRARIES, '|'))
      if (const auto at = item.find('='); at != std::string::npos)
        built.emplace_back(item.substr(0, at), item.substr(at + 1));
    return built;
  }();
  return all;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> library_versions() {
  return versions();
}

void set_library_version(const std::string& name, const std::string& version) {
  for (auto& [known, number] : versions())
    if (known == name) number = version;
}

}  // namespace radfuse
