// SPDX-License-Identifier: Apache-2.0
// What all networks that learn the outcome have in common, seen from training, answers and Grad-CAM.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "radfuse/network/classifier.hpp"
#include "tensors.hpp"

namespace radfuse::network {

/// Of one case, in float32.
struct Opinion {
  torch::Tensor log_odds;   ///< one value
  torch::Tensor features;   ///< one vector, which the last layer sees
  torch::Tensor attention;  ///< one value for each image, sum 1; a single 1 without attention
  /// Of convolutional layers in their order, each images x maps x places.
  std::vector<torch::Tensor> maps;
};

using Metadata = std::vector<std::pair<std::string, std::string>>;

/// An architecture without its weights.
class Judge {
 public:
  Judge() = default;
  Judge(const Judge&) = delete;
  Judge& operator=(const Judge&) = delete;
  virtual ~Judge() = default;
  /// The names and shapes of its tensors with random values, from the stream of `seed`.
  virtual Parameters fresh(std::uint64_t seed) const = 0;
  /// A batch of one. Throws InputError for an image that does not suit the network.
  virtual torch::Tensor prepared(const Patch& image) const = 0;
  virtual Opinion look(const Parameters& parameters, const torch::Tensor& images) const = 0;
  /// The tensors of a file; throws InputError when they do not fit.
  virtual Parameters fitted(const StateDict& file) const { return from_state_dict(file, fresh(0)); }
  /// From which own_judge or encoder_judge make it again.
  virtual Metadata metadata() const = 0;
};

/// What a training starts from.
struct Beginning {
  std::unique_ptr<const Judge> judge;
  Parameters parameters;
  std::set<std::string> frozen;
  TrainingParams train;
};

/// CNN-LSTM and end-to-end networks for images as `like`.
Beginning begin_own(const NetworkParams& network, const Patch& like, std::uint64_t seed);
/// A pretrained encoder with a new last layer. Throws InputError.
Beginning begin_fine_tuning(const EncoderParams& params, const std::filesystem::path& folder, std::uint64_t seed);
/// From a file; nullptr where its metadata name another network. Throws InputError.
std::unique_ptr<const Judge> own_judge(const StateDict& file);
std::unique_ptr<const Judge> encoder_judge(const StateDict& file);

/// images x channels x places; throws InputError when there is none, or their sizes differ.
torch::Tensor batch_of(const Judge& judge, std::span<const Patch> images);

struct Classifier::Net {
  std::unique_ptr<const Judge> judge;
  Parameters parameters;
  double prior = 0;  ///< log odds of outcome 1 among the training cases; the network itself was taught classes alike
};

}  // namespace radfuse::network
