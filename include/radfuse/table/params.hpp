// SPDX-License-Identifier: Apache-2.0
// cohort: and images: who is in the study, what is to be predicted, how cases are split.
#pragma once

#include <optional>

#include "radfuse/base/fields.hpp"

namespace radfuse {

struct OutcomeParams {
  std::string column;
  std::string positive = "1";
};
inline void bind(Fields& f, OutcomeParams& p) {
  f.field("column", p.column, "Manifest column that holds the outcome (two values; an empty cell: unknown)",
          Need::required);
  f.field("positive", p.positive, "The value of that column that means positive");
}

struct ExternalParams {
  std::vector<std::string> sites;
};
inline void bind(Fields& f, ExternalParams& p) {
  f.field("sites", p.sites, "Sites whose cases are all kept for the external test", Need::required);
}

struct RandomSplitParams {
  double train = 0.7;
  std::vector<std::string> stratify = {"outcome"};
  std::optional<ExternalParams> external;
};
inline void bind(Fields& f, RandomSplitParams& p) {
  f.field("train", p.train, {0.1, 0.95}, "Share of the patients that train; the others test");
  f.field("stratify", p.stratify, "Keep the shares equal within: outcome, site");
  f.section("external", p.external, "Sites that only test");
}

struct SplitParams {
  std::string column;
  std::optional<RandomSplitParams> random;
};
inline void bind(Fields& f, SplitParams& p) {
  f.field("column", p.column, "Manifest column with train, validation, test or external");
  f.section("random", p.random, "Draw the split (by patient, from the study's seed)");
  f.require(p.column.empty() == p.random.has_value(), "split", "give either column or random");
}

struct CohortParams {
  std::string manifest;
  OutcomeParams outcome;
  std::string site;
  SplitParams split;
  std::vector<std::string> clinical;
  std::string reference_reader;
  std::vector<std::string> roots;
  bool allow_outside = false;
};
inline void bind(Fields& f, CohortParams& p) {
  f.field("manifest", p.manifest, "The manifest CSV, relative to the study file", Need::required);
  f.section("outcome", p.outcome, "What is to be predicted", Need::required);
  f.field("site", p.site, "Manifest column that names the centre or scanner: the batch for harmonisation");
  f.section("split", p.split, "Which cases train and which test", Need::required);
  f.field("clinical", p.clinical, "Manifest columns used as clinical predictors (numbers, or words as categories)");
  f.field("reference_reader", p.reference_reader,
          "Reader whose masks the models use; empty: the first in the manifest");
  f.field("roots", p.roots,
          "Folders, relative to the study file, that may hold images and masks, and that are searched for series named "
          "by their UID; the manifest's own folder always may");
  f.field("allow_outside", p.allow_outside, "Take images and masks from outside these folders, too");
}

enum class Dimension { two, three };
inline constexpr Named<Dimension> kDimensions[] = {
    {"2d", Dimension::two, "a single image: features in the plane"},
    {"3d", Dimension::three, "a volume"},
};
enum class Modality { ct, mr, pet, spect, us, xray, other };
inline constexpr Named<Modality> kModalities[] = {
    {"CT", Modality::ct, "computed tomography, Hounsfield units"},
    {"MR", Modality::mr, "magnetic resonance, arbitrary units"},
    {"PET", Modality::pet, "positron emission tomography"},
    {"SPECT", Modality::spect, "single-photon emission tomography"},
    {"US", Modality::us, "ultrasound"},
    {"XR", Modality::xray, "radiograph"},
    {"other", Modality::other, "anything else"},
};

struct ImageParams {
  std::string image, mask;
  Dimension dimension = Dimension::three;
  Modality modality = Modality::other;
  std::vector<double> spacing_mm;
  std::string spacing_column;
  std::string roi;
  std::optional<double> volume;
};
inline void bind(Fields& f, ImageParams& p) {
  f.field("image", p.image, "Manifest column with the image file, DICOM folder or SeriesInstanceUID", Need::required);
  f.field("mask", p.mask, "Manifest column with the mask file; empty: no mask");
  f.field("roi", p.roi,
          "Region of structure sets and segmentations: a name, a number or /a regular expression/, joined by ' + ' or "
          "' - '; "
          "empty: the only one of the file");
  f.field("volume", p.volume, {1, 100000},
          "Which volume of a 4-D image, the first is 1; left out: such an image is refused");
  f.choice("dimension", p.dimension, kDimensions, "Plane or volume");
  f.choice("modality", p.modality, kModalities, "What made the image");
  f.field("spacing_mm", p.spacing_mm, {0, 3, {1e-3, 1e2}},
          "Pixel size of images whose file states none (PNG, JPEG, TIFF): one number, or one for each axis");
  f.field("spacing_column", p.spacing_column, "Manifest column with the pixel size in mm of each case");
}

}  // namespace radfuse
