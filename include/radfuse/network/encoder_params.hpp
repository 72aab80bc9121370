// SPDX-License-Identifier: Apache-2.0
// Pretrained encoders: which, where the weights are, which layers become features.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "radfuse/network/training_params.hpp"
#include "radfuse/weights/params.hpp"

namespace radfuse {

enum class Pooling { average, maximum, average_deviation, flatten };
inline constexpr Named<Pooling> kPoolings[] = {
    {"average", Pooling::average, "mean of each map"},
    {"maximum", Pooling::maximum, "maximum of each map"},
    {"average_deviation", Pooling::average_deviation, "mean of each map, then the standard deviation of each"},
    {"flatten", Pooling::flatten, "every value of every map, map by map, row by row"},
};
enum class Attention { none, channel, spatial, both };
inline constexpr Named<Attention> kAttentions[] = {
    {"none", Attention::none, "maps as the encoder makes them"},
    {"channel", Attention::channel, "squeeze and excitation (Hu et al. 2018): weights maps against each other"},
    {"spatial", Attention::spatial, "7 x 7 on mean and maximum over maps (Woo et al. 2018): weights places"},
    {"both", Attention::both, "channel, then spatial (CBAM)"},
};
enum class Normalisation { weights_own, imagenet, zero_one, minus_one_one, z_score, caffe };
inline constexpr Named<Normalisation> kNormalisations[] = {
    {"weights_own", Normalisation::weights_own, "what the weights were trained with, as far as the architecture tells"},
    {"imagenet", Normalisation::imagenet, "minus .485, .456, .406, divided by .229, .224, .225"},
    {"zero_one", Normalisation::zero_one, "values from 0 to 1, unchanged"},
    {"minus_one_one", Normalisation::minus_one_one, "0 to 1 becomes -1 to 1"},
    {"z_score", Normalisation::z_score, "each image to mean 0 and standard deviation 1"},
    {"caffe", Normalisation::caffe, "0 to 255, minus 123, 117, 104: networks converted from Caffe"},
};

/// Fine-tuning on the training cases of the study; present: the encoder is fitted to the outcome.
struct FineTuneParams {
  std::vector<std::string> frozen;
  TrainingParams train{.epochs = 20, .learning_rate = 3e-4, .weight_decay = 1e-2, .patience = 5};
};
inline void bind(Fields& f, FineTuneParams& p) {
  f.field("frozen", p.frozen, "Parts that keep their weights, as beginnings of tensor names: [conv1, bn1, layer1]");
  f.section("train", p.train, "The training");
}

struct EncoderParams {
  Architecture architecture = Architecture::resnet18;
  std::optional<WeightsParams> weights;
  bool random_weights = false;
  Attention attention = Attention::none;
  std::vector<std::string> layers;
  Pooling pooling = Pooling::average;
  int size = 224;
  Normalisation normalisation = Normalisation::weights_own;
  std::optional<FineTuneParams> fine_tune;
};
inline void bind(Fields& f, EncoderParams& p) {
  f.section("weights", p.weights, "The pretrained weights");
  f.field("random_weights", p.random_weights, "Take random weights: for tests and for training from nothing");
  f.choice("attention", p.attention, kAttentions, "Attention on the last maps, learnt by fine_tune");
  f.field("layers", p.layers,
          "Where the features are taken: one or several end points (radfuse list networks); empty: the last before the "
          "classifier");
  f.choice("pooling", p.pooling, kPoolings, "How each feature map becomes numbers");
  f.field("size", p.size, {32, 1024}, "Side, in pixels, to which a crop is brought");
  f.choice("normalisation", p.normalisation, kNormalisations, "What happens to values from 0 to 1 before the network");
  f.section("fine_tune", p.fine_tune, "Train the encoder further, to tell the outcome");
  f.require(p.weights.has_value() != p.random_weights, "weights",
            "name the weights' file and its sha256, or say random_weights: true");
  f.require(p.attention == Attention::none || p.fine_tune.has_value(), "attention",
            "attention has nothing to learn from without fine_tune");
}

/// A TorchScript model from outside, used as it is.
struct TorchScriptParams {
  WeightsParams weights;
  int size = 224;
  int channels = 3;
  Normalisation normalisation = Normalisation::imagenet;
};
inline void bind(Fields& f, TorchScriptParams& p) {
  f.section("weights", p.weights, "The model's file", Need::required);
  f.field("size", p.size, {8, 1024}, "Side, in pixels, to which a crop is brought");
  f.field("channels", p.channels, {1, 3}, "Channels that the model takes");
  f.choice("normalisation", p.normalisation, kNormalisations, "What happens to values from 0 to 1 before the network");
}

}  // namespace radfuse
