// SPDX-License-Identifier: Apache-2.0
// AdamW (Loshchilov and Hutter 2019) with a gradient norm of at most 12 and a rate that rises over the first 20 steps
// and falls to 0 by (1 - t)^0.9.
#pragma once

#include <cstdint>
#include <vector>

#include "tensors.hpp"

namespace radfuse::network {

class Optimiser {
 public:
  struct Rate {
    double largest = 1e-3;
    double weight_decay = 0;
    std::int64_t all_steps = 1;
  };
  Optimiser(std::vector<torch::Tensor> leaves, const Rate& rate);
  /// Call it without gradients being recorded.
  void step(const std::vector<torch::Tensor>& gradients);

  const std::vector<torch::Tensor>& leaves() const { return leaves_; }

  /// All that a later step depends on, beside the leaves.
  std::vector<torch::Tensor> mean, square;
  std::int64_t steps = 0;

 private:
  std::vector<torch::Tensor> leaves_;
  Rate rate_;
};

}  // namespace radfuse::network
