// SPDX-License-Identifier: Apache-2.0
// The 2-D attention autoencoder: features are the values of its narrow middle layer.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "radfuse/network/params.hpp"
#include "radfuse/network/progress.hpp"
#include "radfuse/volume/patch.hpp"

namespace radfuse::network {

/// A trained autoencoder; copies share the weights. Every image is computed by itself: neither the others nor
/// `threads` can change it. Images are size x size, one channel, values in [0, 1].
class Autoencoder {
 public:
  /// `features` numbers for each image.
  std::vector<std::vector<float>> encode(std::span<const Patch> images, int threads) const;
  /// What the decoder makes of each image's features.
  std::vector<Patch> reconstruct(std::span<const Patch> images, int threads) const;
  int features() const;
  int size() const;
  void save(const std::filesystem::path& file) const;
  /// Throws InputError.
  static Autoencoder load(const std::filesystem::path& file);

  struct Net;
  explicit Autoencoder(std::shared_ptr<const Net> net) : net_(std::move(net)) {}

 private:
  std::shared_ptr<const Net> net_;
};

struct AutoencoderTraining {
  Autoencoder network;
  int epochs = 0;               ///< the epoch whose weights were kept
  double training_error = 0;    ///< mean squared error of the kept weights, without augmentation
  double validation_error = 0;  ///< NaN without validation
};

/// Mean squared error, Adam, learning rate rising over 20 steps and then falling to 0 by (1 - t)^0.9; the weights with
/// the smallest error on held-out patients are kept. `patients[i]` (any text) says whose image i is: a patient's images
/// stay together. The result does not depend on `threads`. Throws InputError (no images, sizes that differ), TryAgain.
AutoencoderTraining train_autoencoder(std::span<const Patch> images, std::span<const std::string> patients,
                                      const AutoencoderParams& settings, std::uint64_t seed, int threads,
                                      const OnProgress& progress = {});

}  // namespace radfuse::network
