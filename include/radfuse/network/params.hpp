// SPDX-License-Identifier: Apache-2.0
// segment: and deep: which networks are trained or loaded, on what, and how long.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "radfuse/base/fields.hpp"
#include "radfuse/network/encoder_params.hpp"
#include "radfuse/network/training_params.hpp"

namespace radfuse {

/// The U-Net and its training. The defaults train 36 cases of one slice in well under a minute on 2 cores.
struct UNetParams {
  int base_features = 8;
  int levels = 4;
  TrainingParams train{.epochs = 40, .learning_rate = 1e-2, .validation = 0};
};
inline void bind(Fields& f, UNetParams& p) {
  f.field("base_features", p.base_features, {4, 64}, "Feature maps of the first level; doubled at each level below");
  f.field("levels", p.levels, {2, 5}, "Levels of the U-Net; each halves the side of the patch");
  f.section("train", p.train, "The training");
}

struct SegmentParams {
  std::string image;
  int size = 128;
  UNetParams network;
  int folds = 3;
  int slices_per_case = 8;
  double threshold = 0.5;
  bool keep_largest = true;
};
inline void bind(Fields& f, SegmentParams& p) {
  f.field("image", p.image, "Which of images: is segmented", Need::required);
  f.field("size", p.size, {32, 1024}, "Side, in pixels, to which a slice is brought for the network (multiple of 16)");
  bind(f, p.network);
  f.field(
      "folds", p.folds, {2, 20},
      "Parts of the training split for cross-fitting: a training case's mask comes from a network that never saw it");
  f.field("slices_per_case", p.slices_per_case, {1, 1000},
          "Slices of a volume used for training, drawn evenly; half of them cross the region where there are enough");
  f.field("threshold", p.threshold, {0.01, 0.99}, "Probability from which a pixel belongs to the region");
  f.field("keep_largest", p.keep_largest, "Keep only the largest connected part");
  f.require(p.size % 16 == 0, "size", "must be a multiple of 16");
}

/// The attention autoencoder: channel (squeeze and excitation) and spatial attention at every level.
struct AutoencoderParams {
  int dimensions = 2;
  int features = 128;
  int size = 128;
  int base_features = 8;
  TrainingParams train{.learning_rate = 2e-3};
};
inline void bind(Fields& f, AutoencoderParams& p) {
  f.field("features", p.features, {2, 4096}, "Deep features: the width of the bottleneck");
  f.field("size", p.size, {32, 512}, "Side, in pixels, to which a crop is brought (multiple of 16)");
  f.field("base_features", p.base_features, {8, 64}, "Feature maps of the first level; doubled at each level below");
  f.section("train", p.train, "The training");
  f.require(p.size % 16 == 0, "size", "must be a multiple of 16");
}

/// A convolutional network for each slice, a bidirectional LSTM over the slices, attention over its states.
struct SliceAttentionParams {
  int features = 256;
  int size = 64;
  int base_features = 8;
  TrainingParams train{.epochs = 40, .learning_rate = 1e-3, .weight_decay = 1e-2};
};
inline void bind(Fields& f, SliceAttentionParams& p) {
  f.field("features", p.features, {4, 2048}, "Width of the vector of a volume: both directions of the LSTM");
  f.field("size", p.size, {32, 512}, "Side, in pixels, to which a crop is brought (multiple of 16)");
  f.field("base_features", p.base_features, {4, 64}, "Feature maps of the first level; doubled at each level below");
  f.section("train", p.train, "The training");
  f.require(p.size % 16 == 0, "size", "must be a multiple of 16");
  f.require(p.features % 2 == 0, "features", "must be even: half from each direction");
}

/// A convolutional network from the image to the outcome, trained from nothing.
struct EndToEndParams {
  int dimensions = 2;
  int size = 64;
  int base_features = 8;
  TrainingParams train{.epochs = 40, .learning_rate = 1e-3, .weight_decay = 1e-2};
};
inline void bind(Fields& f, EndToEndParams& p) {
  f.field("size", p.size, {32, 512}, "Side, in pixels, to which a crop is brought (multiple of 16)");
  f.field("base_features", p.base_features, {4, 64}, "Feature maps of the first level; doubled at each level below");
  f.section("train", p.train, "The training");
  f.require(p.size % 16 == 0, "size", "must be a multiple of 16");
}

using NetworkParams =
    std::variant<AutoencoderParams, SliceAttentionParams, EndToEndParams, TorchScriptParams, EncoderParams>;
inline constexpr Choice kOwnNetworks[] = {
    {"attention_autoencoder_2d",
     "learns to rebuild the training crops through a narrow layer, whose values are the features"},
    {"attention_autoencoder_3d", "the same for blocks of a volume"},
    {"cnn_lstm", "learns the outcome from all slices: a CNN for each, an LSTM over them, attention over its states"},
    {"cnn_2d", "learns the outcome from a crop, from nothing: the end-to-end baseline"},
    {"cnn_3d", "the same for blocks of a volume"},
    {"torchscript", "a TorchScript model from a file, not trained further"},
};
inline constexpr std::size_t kFirstEncoder = std::size(kOwnNetworks);
/// Our own, then the encoders of kArchitectures in their order.
inline constexpr auto kNetworks = [] {
  std::array<Choice, kFirstEncoder + std::size(kArchitectures)> all;
  std::copy(std::begin(kOwnNetworks), std::end(kOwnNetworks), all.begin());
  for (std::size_t i = 0; i < std::size(kArchitectures); ++i)
    all[kFirstEncoder + i] = {kArchitectures[i].name, kArchitectures[i].doc};
  return all;
}();

inline std::size_t network_index(const NetworkParams& network) {
  if (const auto* p = std::get_if<AutoencoderParams>(&network)) return p->dimensions == 2 ? 0 : 1;
  if (std::holds_alternative<SliceAttentionParams>(network)) return 2;
  if (const auto* p = std::get_if<EndToEndParams>(&network)) return p->dimensions == 2 ? 3 : 4;
  if (std::holds_alternative<TorchScriptParams>(network)) return 5;
  return kFirstEncoder + static_cast<std::size_t>(std::get<EncoderParams>(network).architecture);
}
inline NetworkParams fresh_network(std::size_t index) {
  switch (index) {
    case 0:
      return AutoencoderParams{};
    case 1:
      return AutoencoderParams{.dimensions = 3, .features = 256, .size = 48, .train = {.learning_rate = 2e-3}};
    case 2:
      return SliceAttentionParams{};
    case 3:
      return EndToEndParams{};
    case 4:
      return EndToEndParams{.dimensions = 3, .size = 32};
    case 5:
      return TorchScriptParams{};
    default:
      break;
  }
  EncoderParams encoder;
  encoder.architecture = kArchitectures[index - kFirstEncoder].value;
  return encoder;
}

/// The file that a network's weights come from; nullptr: it has none.
inline WeightsParams* weights_of(NetworkParams& network) {
  if (auto* p = std::get_if<TorchScriptParams>(&network)) return &p->weights;
  auto* p = std::get_if<EncoderParams>(&network);
  return p != nullptr && p->weights ? &*p->weights : nullptr;
}

/// The outcome teaches the network: its training rows need answers of networks that never saw them.
inline bool is_supervised(const NetworkParams& network) {
  if (const auto* p = std::get_if<EncoderParams>(&network)) return p->fine_tune.has_value();
  return std::holds_alternative<SliceAttentionParams>(network) || std::holds_alternative<EndToEndParams>(network);
}

/// How a network is trained; nullptr: it is not.
inline TrainingParams* training_of(NetworkParams& network) {
  if (auto* p = std::get_if<AutoencoderParams>(&network)) return &p->train;
  if (auto* p = std::get_if<SliceAttentionParams>(&network)) return &p->train;
  if (auto* p = std::get_if<EndToEndParams>(&network)) return &p->train;
  auto* p = std::get_if<EncoderParams>(&network);
  return p != nullptr && p->fine_tune ? &p->fine_tune->train : nullptr;
}

/// Anything is fitted to the study's own cases.
inline bool is_fitted(const NetworkParams& network) {
  return is_supervised(network) || std::holds_alternative<AutoencoderParams>(network);
}

enum class CropMasking { none, zero, soft };
inline constexpr Named<CropMasking> kCropMaskings[] = {
    {"none", CropMasking::none, "keep the surroundings of the region"},
    {"zero", CropMasking::zero, "set what lies outside the region to 0, after normalisation"},
    {"soft", CropMasking::soft, "let what lies outside fade to 0 within soft_mm of the region, after normalisation"},
};
enum class CropSlices { largest_area, n_largest, all, two_and_a_half, three_planes, block };
inline constexpr Named<CropSlices> kCropSlices[] = {
    {"largest_area", CropSlices::largest_area, "the slice in which the region is largest"},
    {"n_largest", CropSlices::n_largest, "the count: slices in which it is largest"},
    {"all", CropSlices::all, "every slice with the region"},
    {"2.5d", CropSlices::two_and_a_half, "the largest slice and its neighbours as red, green and blue"},
    {"three_planes", CropSlices::three_planes, "the largest slice across each axis: axial, coronal, sagittal"},
    {"3d", CropSlices::block, "a block of the volume, for 3-D networks"},
};
enum class CropIntensity { percentile, window, unit8, z_score };
inline constexpr Named<CropIntensity> kCropIntensities[] = {
    {"percentile", CropIntensity::percentile, "the percentiles: of the case's crops become 0 and 1"},
    {"window", CropIntensity::window, "the two values of window: become 0 and 1"},
    {"unit8", CropIntensity::unit8, "0 to 255 become 0 to 1"},
    {"z_score", CropIntensity::z_score,
     "3 standard deviations of the case's crops below and above their mean become 0 and 1"},
};
enum class Aggregate { mean, maximum, mean_maximum, area_weighted };
inline constexpr Named<Aggregate> kAggregates[] = {
    {"mean", Aggregate::mean, "mean over slices"},
    {"maximum", Aggregate::maximum, "maximum over slices"},
    {"mean_maximum", Aggregate::mean_maximum, "both, one after the other"},
    {"area_weighted", Aggregate::area_weighted, "mean over slices, each weighted by the region's area in it"},
};
enum class Refit { once, each_fold };
inline constexpr Named<Refit> kRefits[] = {
    {"once", Refit::once, "one network (and its folds) on the training split"},
    {"each_fold", Refit::each_fold,
     "anew in every outer fold of train.validation, so that nothing in its cross-validation has seen the held-out "
     "cases"},
};

/// Pictures of what a network sees and heeds, for people; no number depends on them.
struct PicturesParams {
  int cases = 12;
  std::vector<std::string> list;
  bool grad_cam = false;
  std::string maps_of;
};
inline void bind(Fields& f, PicturesParams& p) {
  f.field("cases", p.cases, {0, 100000}, "How many cases are drawn, evenly over the cohort; 0: none");
  f.field("list", p.list, "These cases, by case_id, instead");
  f.field("grad_cam", p.grad_cam, "Grad-CAM: where a network that learns the outcome looks for it");
  f.field("maps_of", p.maps_of, "Draw the feature maps of this end point (radfuse list networks)");
}

/// One set of deep features: a name for its columns, where the crops come from, and the network.
struct DeepParams {
  std::string name;
  std::string image;
  std::string roi = "mask";
  double margin_mm = 5;
  double margin_fraction = 0.1;
  CropMasking masking = CropMasking::none;
  double soft_mm = 5;
  CropSlices slices = CropSlices::largest_area;
  int count = 3;
  CropIntensity intensity = CropIntensity::percentile;
  std::vector<double> window;
  std::vector<double> percentiles = {0.5, 99.5};
  Aggregate aggregate = Aggregate::mean;
  int folds = 5;
  Refit refit = Refit::once;
  PicturesParams pictures;
  NetworkParams network;
};
inline void bind(Fields& f, DeepParams& p) {
  f.field("name", p.name, "Name of this set; its columns begin with deep.<name>.<image>", Need::required);
  f.field("image", p.image, "Which of images: is cropped", Need::required);
  f.field("roi", p.roi, "Region of interest around which is cropped");
  f.field("margin_mm", p.margin_mm, {0, 500}, "Least margin around the region's bounding box, in mm");
  f.field("margin_fraction", p.margin_fraction, {0, 5}, "Margin as a share of the longer side of the bounding box");
  f.choice("masking", p.masking, kCropMaskings, "What happens to pixels outside the region");
  f.field("soft_mm", p.soft_mm, {0.1, 500},
          "Distance from the region, in mm, at which nothing is left (masking: soft); the fall is half a cosine wave");
  f.choice("slices", p.slices, kCropSlices, "Which slices of a volume are used");
  f.field("count", p.count, {1, 1000}, "How many slices (slices: n_largest)");
  f.choice("intensity", p.intensity, kCropIntensities,
           "How grey levels become numbers from 0 to 1; one scale for all crops of a case");
  f.field("window", p.window, {0, 2}, "Grey levels that become 0 and 1 (intensity: window)");
  f.field("percentiles", p.percentiles, {2, 2, {0, 100}}, "Percentiles that become 0 and 1 (intensity: percentile)");
  f.choice("aggregate", p.aggregate, kAggregates, "How the vectors of several slices become one");
  f.field(
      "folds", p.folds, {2, 20},
      "Parts of the training split for networks that learn the outcome: a training case's score comes from a network "
      "that never saw its patient");
  f.choice("refit", p.refit, kRefits, "How often a network is fitted");
  f.section("pictures", p.pictures, "Pictures of crops, masks and what the network heeds");
  f.alternatives("network", p.network, kNetworks, network_index, fresh_network, "The network that makes the features");
  f.require(text::is_identifier(p.name), "name", "must consist of letters, digits, '.', '_' and '-'");
  f.require((p.intensity == CropIntensity::window) == (p.window.size() == 2), "window",
            "give two values with intensity: window, and only then");
  f.require(p.window.size() != 2 || p.window[0] < p.window[1], "window", "the first value must be the smaller one");
  f.require(p.percentiles.size() != 2 || p.percentiles[0] < p.percentiles[1], "percentiles",
            "the first must be the smaller one");
}

}  // namespace radfuse
