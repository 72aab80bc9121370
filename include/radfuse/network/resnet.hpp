// SPDX-License-Identifier: Apache-2.0
// ResNet-18 with torchvision's names, as a frozen source of features.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "radfuse/network/params.hpp"
#include "radfuse/volume/patch.hpp"

namespace radfuse::network {

class Resnet18 {
 public:
  /// Refuses a file whose SHA-256 is not `sha256`, and one whose tensors are not those of a ResNet-18 (any width: the
  /// first convolution tells it). Throws InputError that lists what does not fit. There are no random weights.
  static Resnet18 load(const std::filesystem::path& file, std::string_view sha256);

  /// Images of 1 channel (repeated as red, green, blue) or 3, values in [0, 1], at least 32 x 32; normalised here with
  /// ImageNet's means and deviations. Each image is computed by itself: neither the others nor `threads` can change it.
  std::vector<std::vector<float>> features(std::span<const Patch> images, ResnetLayer layer, Pooling pooling,
                                           int threads) const;

  struct Net;
  explicit Resnet18(std::shared_ptr<const Net> net) : net_(std::move(net)) {}

 private:
  std::shared_ptr<const Net> net_;
};

}  // namespace radfuse::network
