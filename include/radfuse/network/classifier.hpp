// SPDX-License-Identifier: Apache-2.0
// Networks that learn the outcome: fine-tuned encoders, CNN-LSTM with attention over slices, end-to-end baselines.
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

struct LabelledCase {
  std::vector<Patch> images = {};  ///< slices in order, or one block, all of one size
  int outcome = 0;                 ///< 1 or 0
  std::string patient = {};
};

/// What the network says of one case.
struct Answer {
  double probability = 0;        ///< of outcome 1, where it is as frequent as it was among the training cases
  std::vector<float> features;   ///< what the last layer sees
  std::vector<float> attention;  ///< share of each image, sum 1; one value 1 where the network has no attention
};

/// A trained network; copies share the weights.
class Classifier {
 public:
  /// Neither the other cases nor `threads` change a case's numbers.
  std::vector<Answer> answer(std::span<const std::vector<Patch>> cases, int threads) const;
  /// Grad-CAM: for each image of the case the map max(0, sum over maps of (mean gradient of the log odds) * map) of the
  /// last convolutional layer, brought to the image's size; the case's largest value is 1 (all 0 where nothing speaks
  /// for outcome 1).
  std::vector<Patch> grad_cam(std::span<const Patch> images) const;
  /// safetensors with the settings in its metadata; same network, same bytes.
  void save(const std::filesystem::path& file) const;
  /// Throws InputError.
  static Classifier load(const std::filesystem::path& file);

  struct Net;
  explicit Classifier(std::shared_ptr<const Net> net) : net_(std::move(net)) {}

 private:
  std::shared_ptr<const Net> net_;
};

struct ClassifierTraining {
  Classifier network;
  LearningCurve curve;
};

/// `network` must be supervised (is_supervised). Binary cross-entropy, classes weighted to count alike; the weights
/// with the smallest loss on held-out patients are kept. Nothing but cases, settings and seed changes the result; a
/// checkpoint of the same training goes on to the same bytes. `folder`: where weights: is relative to. Throws
/// InputError (one class, sizes that differ), StudyError (longer than the budget, diverged), TryAgain.
ClassifierTraining train_classifier(std::span<const LabelledCase> cases, const NetworkParams& network,
                                    const std::filesystem::path& folder, std::uint64_t seed, const Harness& harness);

}  // namespace radfuse::network
