// SPDX-License-Identifier: Apache-2.0
// Training that gives the same bytes for any number of threads: each batch is cut into micro-batches of fixed size,
// each of which is one thread's work, and their gradients are added in order.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "tensors.hpp"

namespace radfuse::network {

struct TrainingPlan {
  std::string stream;  ///< names the random order of the samples
  std::size_t samples = 0;
  int epochs = 1, batch = 1;
  double learning_rate = 1e-3;
  std::uint64_t seed = 0;
  int threads = 1;
};

/// The sum of the losses of some samples in some epoch. Called from several threads at once.
using LossSum = std::function<torch::Tensor(const Parameters&, int epoch, std::span<const std::size_t> samples)>;

/// Adam (Kingma and Ba 2015) with a gradient norm of at most 12 and a rate that rises over the first 20 steps and
/// falls to 0 by (1 - t)^0.9.
class Trainer {
 public:
  Trainer(Parameters& parameters, TrainingPlan plan, LossSum loss);
  /// One pass over the samples; returns their mean loss. Throws TryAgain when asked to stop. StudyError: training
  /// diverged.
  double epoch(int epoch);

 private:
  double step(int epoch, std::span<const std::size_t> batch);
  void update(const std::vector<torch::Tensor>& gradients, double rate);

  Parameters& parameters_;
  TrainingPlan plan_;
  LossSum loss_;
  std::vector<torch::Tensor> leaves_, mean_, square_;
  std::int64_t steps_ = 0, all_steps_ = 1;
};

}  // namespace radfuse::network
