// SPDX-License-Identifier: Apache-2.0
// The 2-D U-Net (Ronneberger et al. 2015) with instance normalisation: trained on slices, then applied to any.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "radfuse/network/harness.hpp"
#include "radfuse/network/params.hpp"
#include "radfuse/volume/patch.hpp"

namespace radfuse::network {

struct SegmentationSample {
  Patch image;  ///< values about [0, 1]
  Patch mask;   ///< one channel of 0 and 1, same height and width
  std::string patient = {};
};

/// A trained network; copies share the weights.
class UNet {
 public:
  /// Foreground probability (one channel) of each image. Height and width must be multiples of 2^(levels-1). Each image
  /// is computed by itself, so that neither the others nor `threads` can change it.
  std::vector<Patch> predict(std::span<const Patch> images, int threads) const;
  /// safetensors, with the architecture in its metadata; same network, same bytes.
  void save(const std::filesystem::path& file) const;
  /// Throws InputError.
  static UNet load(const std::filesystem::path& file);

  struct Net;
  explicit UNet(std::shared_ptr<const Net> net) : net_(std::move(net)) {}

 private:
  std::shared_ptr<const Net> net_;
};

struct UNetTraining {
  UNet network;
  LearningCurve curve;
};

/// Soft Dice + binary cross-entropy, AdamW, learning rate rising over 20 steps and then falling to 0 by (1 - t)^0.9;
/// where patients are held out, the weights with the smallest loss on them are kept. Nothing but samples, settings and
/// seed changes the result; a checkpoint of the same training goes on to the same bytes. Throws InputError (no samples,
/// sizes that differ), StudyError (longer than the budget, diverged), TryAgain.
UNetTraining train_unet(std::span<const SegmentationSample> samples, const UNetParams& settings, std::uint64_t seed,
                        const Harness& harness);

}  // namespace radfuse::network
