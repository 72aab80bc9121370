// SPDX-License-Identifier: Apache-2.0
// The optimiser's arithmetic.
#include "optimiser.hpp"

#include <algorithm>
#include <cmath>

namespace radfuse::network {
namespace {

constexpr double kMostNorm = 12, kBeta1 = 0.9, kBeta2 = 0.999, kEpsilon = 1e-8;
constexpr double kWarmSteps = 20;  // Adam's first steps are as long as the rate, whatever the gradient

}  // namespace

Optimiser::Optimiser(std::vector<torch::Tensor> leaves, const Rate& rate) : leaves_(std::move(leaves)), rate_(rate) {
  for (const torch::Tensor& leaf : leaves_) {
    mean.push_back(torch::zeros_like(leaf, torch::TensorOptions().requires_grad(false)));
    square.push_back(torch::zeros_like(leaf, torch::TensorOptions().requires_grad(false)));
  }
}

void Optimiser::step(const std::vector<torch::Tensor>& gradients) {
  const double left = 1 - static_cast<double>(steps) / static_cast<double>(rate_.all_steps);
  const double warm = std::min(1.0, static_cast<double>(steps + 1) / kWarmSteps);
  const double rate = rate_.largest * warm * std::pow(left, 0.9);
  double sum = 0;
  for (const torch::Tensor& g : gradients) sum += g.square().sum().item<double>();
  const double clip = std::min(1.0, kMostNorm / (std::sqrt(sum) + 1e-6));
  ++steps;
  const double correction1 = 1 - std::pow(kBeta1, static_cast<double>(steps));
  const double correction2 = 1 - std::pow(kBeta2, static_cast<double>(steps));
  for (std::size_t i = 0; i < leaves_.size(); ++i) {
    torch::Tensor& leaf = leaves_[i];
    const torch::Tensor g = gradients[i] * clip;
    mean[i].mul_(kBeta1).add_(g, 1 - kBeta1);
    square[i].mul_(kBeta2).addcmul_(g, g, 1 - kBeta2);
    // Biases and normalisations have one dimension; pulling them to 0 does not make a network simpler.
    if (rate_.weight_decay > 0 && leaf.dim() > 1) leaf.mul_(1 - rate * rate_.weight_decay);
    leaf.addcdiv_(mean[i], (square[i] / correction2).sqrt_().add_(kEpsilon), -rate / correction1);
  }
}

}  // namespace radfuse::network
