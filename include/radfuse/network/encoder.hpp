// SPDX-License-Identifier: Apache-2.0
// A pretrained network as a source of features: frozen, in evaluation mode, each image by itself.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "radfuse/network/encoder_params.hpp"
#include "radfuse/volume/patch.hpp"

namespace radfuse::network {

/// Maps of one end point for one image.
struct FeatureMaps {
  std::string layer;
  Patch maps;
};

class Encoder {
 public:
  /// Weights from params.weights (file relative to `folder`; another SHA-256 is refused, tensors that do not fit are
  /// named), or random ones where params says so. Throws InputError.
  static Encoder load(const EncoderParams& params, const std::filesystem::path& folder, std::uint64_t seed);
  static Encoder load(const TorchScriptParams& params, const std::filesystem::path& folder);

  /// The pooled values of the layers that the settings name, one layer after the other. Images: values in [0, 1], 1
  /// channel (repeated where the network takes 3) or 3; 3-D networks take blocks. Neither the other images nor
  /// `threads` change an image's numbers. Throws InputError when the size does not suit the network.
  std::vector<std::vector<float>> features(std::span<const Patch> images, int threads) const;
  /// The maps of any end point of the architecture.
  FeatureMaps maps(const Patch& image, std::string_view layer) const;
  /// The last maps, and the gradient with respect to them of sum(direction * pooled features of the last layer): what
  /// Grad-CAM weighs maps with. `direction` has as many values as the features.
  FeatureMaps gradient(const Patch& image, std::span<const double> direction) const;
  /// Numbers that features() gives for one image, and what they are called: "layer4.0137".
  std::vector<std::string> names() const;

  struct Net;
  explicit Encoder(std::shared_ptr<const Net> net) : net_(std::move(net)) {}
  const Net& net() const { return *net_; }

 private:
  std::shared_ptr<const Net> net_;
};

}  // namespace radfuse::network
