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

// What is fitted how often.
void check_fits(Fields& f, const Study& s, const DeepParams& deep) {
  const std::string name(kNetworks[network_index(deep.network)].name), who = "'" + deep.name + "': ";
  f.require(deep.refit == Refit::once || s.train, "deep",
            who + "refit: each_fold needs a train: section, whose outer folds it means");
  f.require(deep.refit == Refit::once || is_fitted(deep.network), "deep",
            who + name + " is not fitted to the study, so there is nothing to refit");
  f.require(deep.aggregate == Aggregate::mean || !is_supervised(deep.network), "deep",
            who + name + " gives one score for all images of a case: there is nothing to aggregate");
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

enum class Takes { images, blocks, either };
Takes taken_by(const NetworkParams& network) {
  if (std::holds_alternative<TorchScriptParams>(network)) return Takes::either;
  if (const auto* p = std::get_if<AutoencoderParams>(&network))
    return p->dimensions == 3 ? Takes::blocks : Takes::images;
  if (const auto* p = std::get_if<EndToEndParams>(&network)) return p->dimensions == 3 ? Takes::blocks : Takes::images;
  const auto* p = std::get_if<EncoderParams>(&network);
  const bool blocks = p != nullptr && name_of(kArchitectures, p->architecture).ends_with("_3d");
  return blocks ? Takes::blocks : Takes::images;
}

// Slices, planes and blocks against the image and the network.
void check_views(Fields& f, const Study& s, const DeepParams& deep) {
  const std::string where = "deep." + deep.name + ".", slices(name_of(kCropSlices, deep.slices));
  const std::string network(kNetworks[network_index(deep.network)].name);
  const bool block = deep.slices == CropSlices::block, n_largest = deep.slices == CropSlices::n_largest;
  const bool several = n_largest || deep.slices == CropSlices::all || deep.slices == CropSlices::three_planes;
  const bool lstm = std::holds_alternative<SliceAttentionParams>(deep.network);
  const bool autoencoder = std::holds_alternative<AutoencoderParams>(deep.network);
  const Takes takes = taken_by(deep.network);
  const ImageParams* image = image_called(s, deep.image);

  f.require(takes != Takes::blocks || block, where + "slices", network + " takes blocks of a volume: write slices: 3d");
  f.require(takes != Takes::images || !block, where + "slices",
            network + " takes images, not blocks: choose other slices:, or a 3-D network");
  f.require(!lstm || deep.slices == CropSlices::all || n_largest, where + "slices",
            "cnn_lstm reads a case slice by slice: write slices: all or n_largest");
  const bool needs_volume = block || n_largest || lstm || deep.slices == CropSlices::two_and_a_half ||
                            deep.slices == CropSlices::three_planes;
  f.require(image == nullptr || image->dimension == Dimension::three || !needs_volume, where + "slices",
            (lstm ? network : "slices: " + slices) + " needs a volume; image " + deep.image + " is 2d");
  f.require(!autoencoder || deep.slices != CropSlices::two_and_a_half, where + "slices",
            "an autoencoder takes one grey channel; 2.5d gives three");
  f.require(n_largest || deep.count == DeepParams{}.count, where + "count",
            "has a meaning with slices: n_largest only");
  f.require(several || deep.aggregate == Aggregate::mean, where + "aggregate",
            "slices: " + slices + " gives one image of a case: there is nothing to aggregate");
  f.require(deep.masking == CropMasking::soft || deep.soft_mm == DeepParams{}.soft_mm, where + "soft_mm",
            "has a meaning with masking: soft only");
  f.require(deep.pictures.maps_of.empty() || std::holds_alternative<EncoderParams>(deep.network),
            where + "pictures.maps_of", network + " has no end points with names; only encoders have");
  f.require(!deep.pictures.grad_cam || is_supervised(deep.network), where + "pictures.grad_cam",
            "Grad-CAM shows where a network looks for the outcome; " + network + " does not learn it here");
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
    check_fits(f, s, deep);
    const ImageParams* image = image_called(s, deep.image);
    f.require(image == nullptr || !image->mask.empty() || (s.segment && deep.roi != "mask"),
              "images." + deep.image + ".mask",
              "deep features need a region to crop around: give the mask column, or a segment: section and a region of "
              "radiomics.rois drawn from it");
    check_views(f, s, deep);
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

void check_batches(Fields& f, const Study& s, const std::vector<std::string>& batch, const std::string& step) {
  for (const std::string& column : batch) {
    if (column == "site") {
      f.require(!s.cohort.site.empty(), "select", step + " needs cohort.site: the column that names the batch");
      continue;
    }
    f.require(column != s.cohort.outcome.column, "select", step + ": the outcome must not be a batch");
    f.require(std::ranges::find(s.cohort.clinical, column) != s.cohort.clinical.end(), "select",
              step + ": batch '" + column + "' must stand in cohort.clinical (or be site)" +
                  text::did_you_mean(column, s.cohort.clinical));
  }
}

void check_learning(Fields& f, const Study& s) {
  for (const StepParams& step : s.select) {
    if (const auto* scale = std::get_if<SiteScaleParams>(&step.step)) check_batches(f, s, scale->batch, "site_scale");
    if (const auto* lasso = std::get_if<LassoParams>(&step.step))
      f.require(lasso->fold_column.empty() ||
                    std::ranges::find(s.cohort.clinical, lasso->fold_column) != s.cohort.clinical.end(),
                "select",
                "lasso: fold_column '" + lasso->fold_column + "' must stand in cohort.clinical" +
                    text::did_you_mean(lasso->fold_column, s.cohort.clinical));
    if (const auto* combat = std::get_if<CombatParams>(&step.step)) {
      check_batches(f, s, combat->batch, "combat");
      for (const std::string& covariate : combat->covariates)
        f.require(covariate != s.cohort.outcome.column, "select",
                  "combat: the outcome must not be a covariate; it is unknown for a new patient, and protecting it "
                  "leaks it into the features");
    }
  }
  f.require(s.train || s.selection_frequency.bootstraps == 0, "selection_frequency.bootstraps",
            "needs a train: section, whose models have the chains");
  if (!s.train) {
    f.require(!s.evaluate, "evaluate", "evaluate needs a train: section");
    f.require(!s.attribution, "attribution", "attribution needs a train: section");
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

// Networks through whose features a model can be followed back to the image.
bool has_maps(const NetworkParams& network) {
  return std::holds_alternative<EncoderParams>(network) || is_supervised(network);
}

bool looks_through(const Study& s, const std::vector<std::string>& blocks) {
  return std::ranges::any_of(s.deep, [&](const DeepParams& deep) {
    return has_maps(deep.network) &&
           std::ranges::any_of(blocks, [&](const std::string& block) { return names_set(block, deep); });
  });
}

void check_attribution(Fields& f, const Study& s) {
  if (!s.attribution || !s.train) return;
  const std::string& name = s.attribution->model;
  std::vector<std::string> models;
  for (const auto& [model, blocks] : s.train->models) {
    models.push_back(model);
    if (model != name) continue;
    const std::vector<Learner> learners = learners_of(*s.train, model);
    f.require(std::ranges::find(learners, Learner::logistic) != learners.end(), "attribution.model",
              "model " + name + " has no learner logistic: trees have steps, and no direction in which they look");
    f.require(
        looks_through(s, blocks), "attribution.model",
        "model " + name + " has no deep set of an encoder, or of a network that learns the outcome, to look through");
  }
  f.require(std::ranges::find(models, name) != models.end(), "attribution.model", unknown("model", name, models));
}

}  // namespace

void check_rules(Fields& f, const Study& study) {
  check_cohort(f, study);
  check_images(f, study);
  check_deep(f, study);
  check_learning(f, study);
  check_attribution(f, study);
}

}  // namespace radfuse::config
