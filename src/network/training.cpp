// SPDX-License-Identifier: Apache-2.0
// The training loop and its optimiser.
#include "training.hpp"

#include <algorithm>
#include <cmath>

#include "radfuse/base/error.hpp"
#include "radfuse/base/parallel.hpp"
#include "radfuse/base/stop.hpp"

namespace radfuse::network {
namespace {

constexpr std::size_t kMicroBatch = 2;  // part of the arithmetic: another number gives other last bits
constexpr double kMostNorm = 12, kBeta1 = 0.9, kBeta2 = 0.999, kEpsilon = 1e-8;
constexpr double kWarmSteps = 20;  // Adam's first steps are as long as the rate, whatever the gradient

}  // namespace

Trainer::Trainer(Parameters& parameters, TrainingPlan plan, LossSum loss)
    : parameters_(parameters), plan_(std::move(plan)), loss_(std::move(loss)) {
  for (auto& [name, tensor] : parameters_) {
    tensor.set_requires_grad(true);
    leaves_.push_back(tensor);
    mean_.push_back(torch::zeros_like(tensor, torch::TensorOptions().requires_grad(false)));
    square_.push_back(torch::zeros_like(tensor, torch::TensorOptions().requires_grad(false)));
  }
  const auto batch = static_cast<std::size_t>(plan_.batch);
  all_steps_ = static_cast<std::int64_t>((plan_.samples + batch - 1) / batch) * plan_.epochs;
}

double Trainer::epoch(int epoch) {
  const auto order =
      Rng(plan_.seed, plan_.stream + ".order", static_cast<std::uint64_t>(epoch)).permutation(plan_.samples);
  const auto batch = static_cast<std::size_t>(plan_.batch);
  double sum = 0;
  for (std::size_t at = 0; at < order.size(); at += batch) {
    throw_if_stopped();
    sum += step(epoch, std::span(order).subspan(at, std::min(batch, order.size() - at)));
  }
  const double mean = sum / static_cast<double>(plan_.samples);
  if (!std::isfinite(mean))
    throw StudyError("training diverged in epoch " + std::to_string(epoch + 1) +
                     " (the loss is no longer a number): lower learning_rate");
  return mean;
}

double Trainer::step(int epoch, std::span<const std::size_t> batch) {
  const std::size_t parts = (batch.size() + kMicroBatch - 1) / kMicroBatch;
  std::vector<std::vector<torch::Tensor>> gradients(parts);
  std::vector<double> losses(parts);
  parallel_for(parts, plan_.threads, [&](std::size_t part) {
    settle_thread();
    const torch::AutoGradMode with(true);
    const auto samples = batch.subspan(part * kMicroBatch, std::min(kMicroBatch, batch.size() - part * kMicroBatch));
    const torch::Tensor loss = loss_(parameters_, epoch, samples);
    losses[part] = loss.item<double>();
    // Gradients are returned, not accumulated in the shared leaves, so that threads do not meet.
    gradients[part] = torch::autograd::grad({loss / static_cast<double>(batch.size())}, leaves_);
  });
  settle_thread();
  const torch::NoGradGuard without;
  for (std::size_t part = 1; part < parts; ++part)
    for (std::size_t i = 0; i < leaves_.size(); ++i) gradients[0][i].add_(gradients[part][i]);
  const double left = 1 - static_cast<double>(steps_) / static_cast<double>(all_steps_);
  const double warm = std::min(1.0, static_cast<double>(steps_ + 1) / kWarmSteps);
  update(gradients[0], plan_.learning_rate * warm * std::pow(left, 0.9));
  double sum = 0;
  for (const double loss : losses) sum += loss;
  return sum;
}

void Trainer::update(const std::vector<torch::Tensor>& gradients, double rate) {
  double square = 0;
  for (const torch::Tensor& g : gradients) square += g.square().sum().item<double>();
  const double clip = std::min(1.0, kMostNorm / (std::sqrt(square) + 1e-6));
  ++steps_;
  const double correction1 = 1 - std::pow(kBeta1, static_cast<double>(steps_));
  const double correction2 = 1 - std::pow(kBeta2, static_cast<double>(steps_));
  for (std::size_t i = 0; i < leaves_.size(); ++i) {
    const torch::Tensor g = gradients[i] * clip;
    mean_[i].mul_(kBeta1).add_(g, 1 - kBeta1);
    square_[i].mul_(kBeta2).addcmul_(g, g, 1 - kBeta2);
    leaves_[i].addcdiv_(mean_[i], (square_[i] / correction2).sqrt_().add_(kEpsilon), -rate / correction1);
  }
}

}  // namespace radfuse::network
