// SPDX-License-Identifier: Apache-2.0
// segment: and deep: which networks are trained or loaded, on what, and how long.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "radfuse/base/fields.hpp"

namespace radfuse {

/// The U-Net and its training. The defaults train 36 cases of one slice in well under a minute on 2 cores.
struct UNetParams {
  int base_features = 8;
  int levels = 4;
  int epochs = 40;
  int batch = 8;
  double learning_rate = 1e-2;
  bool augment = true;
};
inline void bind(Fields& f, UNetParams& p) {
  f.field("base_features", p.base_features, {4, 64}, "Feature maps of the first level; doubled at each level below");
  f.field("levels", p.levels, {2, 5}, "Levels of the U-Net; each halves the side of the patch");
  f.field("epochs", p.epochs, {1, 10000}, "Times that every training slice is seen");
  f.field("batch", p.batch, {1, 64}, "Slices for one step of the optimiser");
  f.field("learning_rate", p.learning_rate, {1e-6, 1},
          "Adam's largest step size, reached after 20 steps; it falls to 0 over the epochs");
  f.field("augment", p.augment, "Mirror, turn, scale, brighten and blur the training slices at random");
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
  int features = 128;
  int size = 128;
  int base_features = 8;
  int epochs = 60;
  int batch = 8;
  double learning_rate = 2e-3;
  double validation = 0.15;
  int patience = 10;
  bool augment = true;
};
inline void bind(Fields& f, AutoencoderParams& p) {
  f.field("features", p.features, {2, 4096}, "Deep features: the width of the bottleneck");
  f.field("size", p.size, {32, 512}, "Side, in pixels, to which a crop is brought (multiple of 16)");
  f.field("base_features", p.base_features, {8, 64}, "Feature maps of the first level; doubled at each level below");
  f.field("epochs", p.epochs, {1, 10000}, "Most times that every training crop is seen");
  f.field("batch", p.batch, {1, 64}, "Crops for one step of the optimiser");
  f.field("learning_rate", p.learning_rate, {1e-6, 1},
          "Adam's largest step size, reached after 20 steps; it falls to 0 over the epochs");
  f.field("validation", p.validation, {0, 0.5},
          "Share of the training patients held out to tell when to stop; 0: train for all epochs");
  f.field("patience", p.patience, {1, 10000}, "Epochs without a smaller validation error before training stops");
  f.field("augment", p.augment, "Mirror and brighten the training crops at random");
  f.require(p.size % 16 == 0, "size", "must be a multiple of 16");
}

struct WeightsParams {
  std::string file;
  std::string sha256;
};
inline void bind(Fields& f, WeightsParams& p) {
  f.field("file", p.file, "PyTorch state dict (.pth, .pt, .th) or .safetensors, relative to the study file",
          Need::required);
  f.field("sha256", p.sha256, "SHA-256 of that file (64 hexadecimal digits); the program refuses any other file",
          Need::required);
  f.require(p.sha256.empty() || p.sha256.size() == 64, "sha256", "must have 64 hexadecimal digits");
}

enum class ResnetLayer { stem, layer1, layer2, layer3, layer4, avgpool };
inline constexpr Named<ResnetLayer> kResnetLayers[] = {
    {"stem", ResnetLayer::stem, "after the first convolution and pooling: 64 maps of side size/4"},
    {"layer1", ResnetLayer::layer1, "64 maps of side size/4"},
    {"layer2", ResnetLayer::layer2, "128 maps of side size/8"},
    {"layer3", ResnetLayer::layer3, "256 maps of side size/16"},
    {"layer4", ResnetLayer::layer4, "512 maps of side size/32"},
    {"avgpool", ResnetLayer::avgpool, "the mean of each map of layer4: 512 numbers, whatever pooling says"},
};
enum class Pooling { gap, gmp, flatten };
inline constexpr Named<Pooling> kPoolings[] = {
    {"gap", Pooling::gap, "mean of each map"},
    {"gmp", Pooling::gmp, "maximum of each map"},
    {"flatten", Pooling::flatten, "every value of every map, map by map, row by row"},
};

/// ResNet-18 (He et al. 2016) with weights from a file; frozen, so that nothing is learnt from the study.
struct Resnet18Params {
  WeightsParams weights;
  ResnetLayer layer = ResnetLayer::avgpool;
  Pooling pooling = Pooling::gap;
  int size = 224;
};
inline void bind(Fields& f, Resnet18Params& p) {
  f.section("weights", p.weights, "The pretrained weights", Need::required);
  f.choice("layer", p.layer, kResnetLayers, "Where the features are taken");
  f.choice("pooling", p.pooling, kPoolings, "How each feature map becomes numbers");
  f.field("size", p.size, {32, 1024}, "Side, in pixels, to which a crop is brought");
}

inline constexpr Choice kNetworks[] = {
    {"attention_autoencoder_2d",
     "learns to rebuild the training crops through a narrow layer, whose values are the features"},
    {"resnet18", "ResNet-18 with weights from a file, not trained further"},
};

enum class CropMasking { none, zero };
inline constexpr Named<CropMasking> kCropMaskings[] = {
    {"none", CropMasking::none, "keep the surroundings of the region"},
    {"zero", CropMasking::zero, "set what lies outside the region to 0, after normalisation"},
};
enum class CropSlices { largest_area, all };
inline constexpr Named<CropSlices> kCropSlices[] = {
    {"largest_area", CropSlices::largest_area, "the slice in which the region is largest"},
    {"all", CropSlices::all, "every slice with the region; the features are averaged over slices"},
};
enum class CropIntensity { percentile, window, unit8 };
inline constexpr Named<CropIntensity> kCropIntensities[] = {
    {"percentile", CropIntensity::percentile, "0.5th to 99.5th percentile of the crop become 0 to 1"},
    {"window", CropIntensity::window, "the two values of window: become 0 and 1"},
    {"unit8", CropIntensity::unit8, "0 to 255 become 0 to 1"},
};

/// One set of deep features: a name for its columns, where the crops come from, and the network.
struct DeepParams {
  std::string name;
  std::string image;
  std::string roi = "mask";
  double margin_mm = 5;
  double margin_fraction = 0.1;
  CropMasking masking = CropMasking::none;
  CropSlices slices = CropSlices::largest_area;
  CropIntensity intensity = CropIntensity::percentile;
  std::vector<double> window;
  std::variant<AutoencoderParams, Resnet18Params> network;
};
inline void bind(Fields& f, DeepParams& p) {
  f.field("name", p.name, "Name of this set; its columns begin with deep.<name>.<image>", Need::required);
  f.field("image", p.image, "Which of images: is cropped", Need::required);
  f.field("roi", p.roi, "Region of interest around which is cropped");
  f.field("margin_mm", p.margin_mm, {0, 500}, "Least margin around the region's bounding box, in mm");
  f.field("margin_fraction", p.margin_fraction, {0, 5}, "Margin as a share of the longer side of the bounding box");
  f.choice("masking", p.masking, kCropMaskings, "What happens to pixels outside the region");
  f.choice("slices", p.slices, kCropSlices, "Which slices of a volume are used");
  f.choice("intensity", p.intensity, kCropIntensities, "How grey levels become numbers from 0 to 1");
  f.field("window", p.window, {0, 2}, "Grey levels that become 0 and 1 (intensity: window)");
  f.alternatives("network", p.network, kNetworks, "The network that makes the features");
  f.require(text::is_identifier(p.name), "name", "must consist of letters, digits, '.', '_' and '-'");
  f.require((p.intensity == CropIntensity::window) == (p.window.size() == 2), "window",
            "give two values with intensity: window, and only then");
  f.require(p.window.size() != 2 || p.window[0] < p.window[1], "window", "the first value must be the smaller one");
}

}  // namespace radfuse
