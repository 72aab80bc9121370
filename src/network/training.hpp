// SPDX-License-Identifier: Apache-2.0
// The one training loop. It gives the same bytes for any number of threads: each batch is cut into micro-batches of
// fixed size, each of which is one thread's work, and their gradients are added in order.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <span>
#include <string>

#include "radfuse/network/harness.hpp"
#include "radfuse/network/training_params.hpp"
#include "tensors.hpp"

namespace radfuse::network {

struct TrainingPlan {
  std::string stream;  ///< names the random order of the samples
  TrainingParams settings;
  std::uint64_t seed = 0;
  std::size_t samples = 0, held_out = 0;
  std::string data;                   ///< fingerprint of the samples
  std::set<std::string> frozen = {};  ///< tensors that are not trained
};

/// The sum of the losses of some samples in some epoch, in float32. Called from several threads at once.
using LossSum = std::function<torch::Tensor(const Parameters&, int epoch, std::span<const std::size_t> samples)>;
/// The error of the weights on the held-out samples; empty: none are held out.
using ValidationError = std::function<double(const Parameters&)>;

/// Trains `parameters` and leaves the weights to keep in them. Throws TryAgain when asked to stop (after writing the
/// checkpoint), StudyError when the training would take longer than its budget or diverged.
LearningCurve train(Parameters& parameters, const TrainingPlan& plan, const LossSum& loss,
                    const ValidationError& validation, const Harness& harness);

/// `images` where the weights are.
torch::Tensor beside(const Parameters& parameters, const torch::Tensor& images);

}  // namespace radfuse::network
