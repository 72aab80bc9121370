// SPDX-License-Identifier: Apache-2.0
// The attention autoencoder in 2-D and 3-D: features are the values of its narrow middle layer.
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

/// A trained autoencoder; copies share the weights. Every image is computed by itself: neither the others nor
/// `threads` can change it. Images are size x size, blocks size x size x size; one channel, values in [0, 1].
class Autoencoder {
 public:
  /// `features` numbers for each image.
  std::vector<std::vector<float>> encode(std::span<const Patch> images, int threads) const;
  /// What the decoder makes of each image's features.
  std::vector<Patch> reconstruct(std::span<const Patch> images, int threads) const;
  int features() const;
  int size() const;
  /// 2 or 3.
  int dimensions() const;
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
  LearningCurve curve;          ///< errors are mean squared errors
  double training_error = 0;    ///< of the kept weights, without augmentation
  double validation_error = 0;  ///< of the kept weights; NaN without validation
};

/// Mean squared error, AdamW, learning rate rising over 20 steps and then falling to 0 by (1 - t)^0.9; the weights with
/// the smallest error on held-out patients are kept. `patients[i]` (any text) says whose image i is: a patient's images
/// stay together. Nothing but images, patients, settings and seed changes the result; a checkpoint of the same training
/// goes on to the same bytes. Throws InputError (no images, sizes that differ), StudyError (longer than the budget,
/// diverged), TryAgain.
AutoencoderTraining train_autoencoder(std::span<const Patch> images, std::span<const std::string> patients,
                                      const AutoencoderParams& settings, std::uint64_t seed, const Harness& harness);

}  // namespace radfuse::network
