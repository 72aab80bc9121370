// SPDX-License-Identifier: Apache-2.0
// Rules that reach across the sections of a study.
#include "study_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace radfuse::config {
namespace {

std::vector<std::string> image_names(const Study& s) {
  std::vector<std::string> names;
  for (const auto& [name, params] : s.images) names.push_back(name);
  return names;
}

const ImageParams* image_called(const Study& s, const std::string& name) {
  const auto found = std::ranges::find(s.images, name, [](const auto& item) { return item.first; });
  return found == s.images.end() ? nullptr : &found->second;
}

std::string unknown(const std::string& kind, const std::string& name, const std::vector<std::string>& known) {
  return fmt::format("there is no {} '{}'{}{}", kind, name, text::did_you_mean(name, known),
                     known.empty() ? "" : " (" + text::join(known, ", ") + ")");
}

void check_cohort(Fields& f, const Study& s) {
  if (s.cohort.split.random)
    for (const std::string& by : s.cohort.split.random->stratify) {
      f.require(by == "outcome" || by == "site", "cohort.split.random.stratify",
                "'" + by + "' is not known here; write outcome, site or both");
      f.require(by != "site" || !s.cohort.site.empty(), "cohort.split.random.stratify",
                "site needs cohort.site: the column that names the centre");
    }
  const bool external = s.cohort.split.random && s.cohort.split.random->external;
  f.require(!external || !s.cohort.site.empty(), "cohort.split.random.external",
            "external sites need cohort.site: the column that names the centre");
  f.require(std::ranges::find(s.cohort.clinical, s.cohort.outcome.column) == s.cohort.clinical.end(), "cohort.clinical",
            "the outcome column cannot be its own predictor");
}

void check_images(Fields& f, const Study& s) {
  const auto names = image_names(s);
  f.require(!s.images.empty() || (!s.segment && !s.radiomics && s.deep.empty()), "images",
            "segment, radiomics and deep need images");
  if (s.segment) {
    const ImageParams* image = image_called(s, s.segment->image);
    f.require(image != nullptr, "segment.image", unknown("image", s.segment->image, names));
    f.require(image == nullptr || !image->mask.empty(), "segment.image",
              "training a U-Net needs masks: give images." + s.segment->image + ".mask");
  }
  if (s.radiomics)
    for (const auto& [name, image] : s.images)
      f.require(!image.mask.empty() || s.segment, "images." + name + ".mask",
                "radiomic features need a region: give the mask column, or a segment: section");
}

/// 2 or 3; 0 where only the file knows.
int dimensions_of(const NetworkParams& network) {
  if (const auto* p = std::get_if<AutoencoderParams>(&network)) return p->dimensions;
  if (const auto* p = std::get_if<EndToEndParams>(&network)) return p->dimensions;
  if (const auto* p = std::get_if<EncoderParams>(&network))
    return name_of(kArchitectures, p->architecture).ends_with("_3d") ? 3 : 2;
  return std::holds_alternative<TorchScriptParams>(network) ? 0 : 2;
}

void check_network(Fields& f, const Study& s, const DeepParams& deep) {
  const std::string name(kNetworks[network_index(deep.network)].name), who = "'" + deep.name + "': ";
  const int dimensions = dimensions_of(deep.network);
  const bool block = deep.slices == CropSlices::block;
  f.require(dimensions != 3 || block, "deep", who + name + " takes blocks: set slices: 3d");
  f.require(dimensions != 2 || !block, "deep", who + name + " takes slices, not slices: 3d");
  if (const ImageParams* image = image_called(s, deep.image))
    f.require(image->dimension != Dimension::two || !block, "deep",
              who + "image " + deep.image + " has one slice (dimension: 2d), so there is no block to cut");
  f.require(deep.refit == Refit::once || s.train, "deep",
            who + "refit: each_fold needs a train: section, whose outer folds it means");
  f.require(deep.refit == Refit::once || is_fitted(deep.network), "deep",
            who + name + " is not fitted to the study, so there is nothing to refit");
  for (const char* taken : {".fold-", ".outer-"})
    f.require(deep.name.find(taken) == std::string::npos, "deep",
              who + "'" + taken + "' is for networks of folds; choose another name");
}

/// Does a model's block name something of this set? "deep", "deep.t1", "deep.t1.us", "deep.t1.score".
bool names_set(const std::string& block, const DeepParams& deep) {
  const std::string set = "deep." + deep.name, own = set + "." + deep.image;
  return block == "deep" || block == set + ".score" || block == own || block.starts_with(own + ".") ||
         (set + ".").starts_with(block + ".");
}

void check_deep(Fields& f, const Study& s) {
  std::set<std::string> seen;
  std::vector<std::string> rois = {"mask"};
  if (s.radiomics)
    for (const auto& [name, roi] : s.radiomics->rois) rois.push_back(name);
  for (const DeepParams& deep : s.deep) {
    f.require(seen.insert(deep.name).second, "deep", "two sets of deep features are called '" + deep.name + "'");
    f.require(image_called(s, deep.image) != nullptr, "deep", unknown("image", deep.image, image_names(s)));
    f.require(std::ranges::find(rois, deep.roi) != rois.end(), "deep", unknown("region", deep.roi, rois));
    check_network(f, s, deep);
  }
}

/// 1: the blocks are the score of one set, and nothing else.
std::size_t scores_of(const Study& s, const std::vector<std::string>& blocks) {
  std::size_t scores = 0;
  for (const std::string& block : blocks) {
    if (block.substr(0, block.find('.')) != "deep") return 0;
    for (const DeepParams& deep : s.deep)
      if (names_set(block, deep)) scores += is_supervised(deep.network) ? 1 : 2;
  }
  return scores;
}

void check_learning(Fields& f, const Study& s) {
  for (const StepParams& step : s.select)
    if (const auto* combat = std::get_if<CombatParams>(&step.step)) {
      f.require(!s.cohort.site.empty(), "select", "combat needs cohort.site: the column that names the batch");
      for (const std::string& covariate : combat->covariates)
        f.require(covariate != s.cohort.outcome.column, "select",
                  "combat: the outcome must not be a covariate; it is unknown for a new patient, and protecting it "
                  "leaks it into the features");
    }
  if (!s.train) {
    f.require(!s.evaluate, "evaluate", "evaluate needs a train: section");
    return;
  }
  f.require(!s.select.empty(), "train", "train needs a select: section, if only [{step: scale}]");
  std::vector<std::string> models;
  for (const auto& [model, blocks] : s.train->models) {
    models.push_back(model);
    for (const std::string& block : blocks) {
      const std::string kind = block.substr(0, block.find('.'));
      const std::string where = "train.models." + model;
      f.require(kind == "rad" || kind == "deep" || kind == "clin", where,
                "'" + block + "' begins with none of rad, deep, clin");
      f.require(kind != "rad" || s.radiomics, where, "'" + block + "' needs a radiomics: section");
      f.require(kind != "deep" || !s.deep.empty(), where, "'" + block + "' needs a deep: section");
      f.require(kind != "deep" || s.deep.empty() ||
                    std::ranges::any_of(s.deep, [&](const DeepParams& deep) { return names_set(block, deep); }),
                where, "'" + block + "' names no set of deep: (deep.<name>, deep.<name>.<image>, deep.<name>.score)");
      f.require(kind != "clin" || !s.cohort.clinical.empty(), where, "'" + block + "' needs cohort.clinical");
    }
  }
  for (const auto& [model, blocks] : s.train->models)
    f.require(!is_as_is(*s.train, model) || scores_of(s, blocks) == 1, "train.learners_of." + model,
              "as_is takes one probability: the model's features must be the score of one deep set with a network that "
              "learns the outcome, such as [deep.cnn]");
  if (s.evaluate)
    for (const auto& pair : s.evaluate->compare)
      for (const std::string& model : pair)
        f.require(std::ranges::find(models, model) != models.end(), "evaluate.compare",
                  unknown("model", model, models));
}

}  // namespace

void check_rules(Fields& f, const Study& study) {
  check_cohort(f, study);
  check_images(f, study);
  check_deep(f, study);
  check_learning(f, study);
}

}  // namespace radfuse::config
