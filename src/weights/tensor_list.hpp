// SPDX-License-Identifier: Apache-2.0
// A list of expected tensors, layer by layer.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "radfuse/weights/architectures.hpp"

namespace radfuse::weights {

class TensorList {
 public:
  explicit TensorList(std::size_t dimensions = 2) : dimensions_(dimensions) {}

  /// A kernel of side `kernel` in each dimension.
  void conv(const std::string& name, std::int64_t out, std::int64_t in, std::int64_t kernel, bool bias = false) {
    std::vector<std::int64_t> shape{out, in};
    shape.resize(2 + dimensions_, kernel);
    all_.push_back({name + ".weight", std::move(shape)});
    if (bias) all_.push_back({name + ".bias", {out}});
  }
  void norm(const std::string& name, std::int64_t channels) {
    for (const char* part : {".weight", ".bias", ".running_mean", ".running_var"})
      all_.push_back({name + part, {channels}});
  }
  void layer_norm(const std::string& name, std::int64_t channels) {
    for (const char* part : {".weight", ".bias"}) all_.push_back({name + part, {channels}});
  }
  void linear(const std::string& name, std::int64_t out, std::int64_t in, bool bias = true) {
    all_.push_back({name + ".weight", {out, in}});
    if (bias) all_.push_back({name + ".bias", {out}});
  }
  void tensor(const std::string& name, std::vector<std::int64_t> shape) { all_.push_back({name, std::move(shape)}); }
  std::vector<Expected> take() && { return std::move(all_); }

 private:
  std::size_t dimensions_;
  std::vector<Expected> all_;
};

std::vector<Expected> expected_resnet(Architecture architecture, const Variant& variant);
std::vector<Expected> expected_densenet(const Variant& variant);
std::vector<Expected> expected_efficientnet(const Variant& variant, bool lite);
std::vector<Expected> expected_mobilenet(const Variant& variant);
std::vector<Expected> expected_squeezenet(const Variant& variant);
std::vector<Expected> expected_vgg(const Variant& variant);
std::vector<Expected> expected_vit(const Variant& variant);
std::vector<Expected> expected_swin(const Variant& variant);

/// `channels` of a network narrowed or widened by `width` / `own` (0: unchanged), to a multiple of 8 that loses at most
/// a tenth (Sandler et al. 2018, as torchvision writes it).
std::int64_t scaled_channels(std::int64_t channels, std::int64_t width, std::int64_t own);

}  // namespace radfuse::weights
