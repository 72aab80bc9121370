// SPDX-License-Identifier: Apache-2.0
// The study file of a proposal: what is known is filled in, what is not stands in comments.
#include "proposal.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>

#include "radfuse/base/text.hpp"

namespace radfuse {
namespace {

std::string yaml_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text::printable(text)) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

/// What a file of a case needs to be told about its regions.
struct RoiAdvice {
  std::string roi;           ///< the one name that every structure set has; empty: none, or each has one region only
  bool must_choose = false;  ///< some file has several regions and no name is common to all
};

RoiAdvice advice_for(const Proposal& proposal, std::size_t image, const RegionNames& names) {
  RoiAdvice advice;
  std::optional<std::set<std::string>> common;
  std::string spelling;
  bool several = false;
  for (const ProposedCase& one : proposal.cases) {
    if (one.images[image].empty() || one.images[image][0].regions.empty()) continue;
    std::set<std::string> here, both;
    const NumberedNames found = names(*one.images[image][0].regions[0]);
    several |= found.size() > 1;
    for (const auto& [number, name] : found) {
      here.insert(text::lower(name));
      if (common && common->contains(text::lower(name))) spelling = name;
    }
    if (!common) {
      common = here;
      if (!found.empty()) spelling = found[0].second;
      continue;
    }
    std::ranges::set_intersection(*common, here, std::inserter(both, both.end()));
    common = both;
  }
  if (!several) return advice;
  if (common && common->size() == 1 && text::lower(spelling) == *common->begin())
    advice.roi = spelling;
  else if (common && common->size() == 1)
    advice.roi = *common->begin();  // names are compared without regard to case
  else
    advice.must_choose = true;
  return advice;
}

std::string image_section(const Proposal& proposal, std::size_t i, const RegionNames& names) {
  const ProposedImage& image = proposal.images[i];
  const bool masks = std::ranges::any_of(proposal.cases, [&](const ProposedCase& one) {
    return !one.images[i].empty() && !one.images[i][0].regions.empty();
  });
  const RoiAdvice advice = advice_for(proposal, i, names);
  std::string text = "  " + image.name + ":\n    image: " + image.name + "_path\n    mask: " + image.name + "_mask" +
                     (masks ? "" : "                      # none was found: name mask files in this column") +
                     "\n    dimension: " + std::string(name_of(kDimensions, image.dimension)) +
                     "\n    modality: " + std::string(name_of(kModalities, image.modality)) + "\n";
  if (!advice.roi.empty())
    text += "    roi: " + yaml_text(advice.roi) + "    # the one region that every structure set has\n";
  else if (advice.must_choose)
    text += "    # roi: GTV-1                        # choose: regions.csv lists the regions of each case\n";
  return text;
}

std::string radiomics_section(const Proposal& proposal) {
  const bool volumes = std::ranges::all_of(
      proposal.images, [](const ProposedImage& image) { return image.dimension == Dimension::three; });
  const bool only_ct = proposal.images.size() == 1 && proposal.images[0].modality == Modality::ct;
  return std::string(
             "radiomics:\n"
             "  rois:\n"
             "    lesion: {from: mask}\n"
             "  families: [morphology, intensity_statistics, intensity_histogram, glcm]\n") +
         (volumes ? "  resample: {spacing_mm: [1, 1, 1], interpolator: linear}\n" : "") +
         (only_ct ? "  discretise: {method: fixed_bin_size, width: 25}   # CT is calibrated in HU\n"
                  : "  discretise: {method: fixed_bin_number, bins: 32}\n");
}

constexpr const char* kLearning =
    "# When the features look right, take the # away:\n"
    "# select:\n"
    "#   - {step: scale}\n"
    "#   - {step: correlation, method: pearson, threshold: 0.9}\n"
    "#   - {step: lasso, folds: 5, lambda: min}\n"
    "#\n"
    "# train:\n"
    "#   models: {rad: [rad]}\n"
    "#   learners: [logistic]\n"
    "#   validation: {scheme: nested_cv, folds: 5, repeats: 2, inner_folds: 3}\n"
    "#\n"
    "# evaluate:\n"
    "#   intervals: {method: delong}\n";

}  // namespace

std::string proposed_study(const Proposal& proposal, const RegionNames& names, const std::string& root) {
  std::string images;
  for (std::size_t i = 0; i < proposal.images.size(); ++i) images += image_section(proposal, i, names);
  return "# Written by radfuse init --from-dicom for " + std::to_string(proposal.cases.size()) +
         " cases. Every key is explained by configs/reference.yaml.\n"
         "study:\n"
         "  name: my-study\n"
         "  seed: 1\n"
         "  output: out                           # relative to this file\n"
         "\n"
         "cohort:\n"
         "  manifest: manifest.csv                # fill in outcome, site and split there\n"
         "  outcome: {column: outcome, positive: 1}\n"
         "  site: site                            # the centre or scanner; without several, take this line away\n"
         "  split: {column: split}                # train, validation, test, external; or let the split be drawn:\n"
         "  # split: {random: {train: 0.7, stratify: [outcome]}}\n"
         "  roots: [" +
         yaml_text(root) +
         "]   # where the series that the manifest names by UID are searched\n"
         "\n"
         "images:\n" +
         images + "\n" + radiomics_section(proposal) + "\n" + kLearning;
}

}  // namespace radfuse
