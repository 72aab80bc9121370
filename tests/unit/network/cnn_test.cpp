// SPDX-License-Identifier: Apache-2.0
// The parts of our own classifiers against LibTorch's own and against finite differences.
#include "cnn.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <memory>

#include "judge.hpp"
#include "radfuse/network/prepare.hpp"

namespace radfuse::network {
namespace {

torch::Tensor normal(std::vector<std::int64_t> shape, std::uint64_t index) {
  torch::Tensor made = torch::empty(shape, torch::kFloat32);
  Rng rng(2, "test", index);
  float* to = made.data_ptr<float>();
  for (std::int64_t i = 0; i < made.numel(); ++i) to[i] = static_cast<float>(rng.normal());
  return made;
}

TEST(Cnn, LstmIsPyTorchs) {
  prepare_process();
  Parameters p;
  Rng rng(1, "lstm");
  add_lstm(p, "forward", 5, 3, rng);
  add_lstm(p, "backward", 5, 3, rng);
  const torch::Tensor steps = normal({7, 5}, 1), zero = torch::zeros({2, 1, 3});
  std::vector<torch::Tensor> weights;
  for (const std::string name : {"forward", "backward"}) {
    weights.push_back(get(p, name + ".weight_ih"));
    weights.push_back(get(p, name + ".weight_hh"));
    weights.push_back(get(p, name + ".bias"));
    weights.push_back(torch::zeros({12}));
  }
  const std::vector<torch::Tensor> first{zero, zero};
  const torch::Tensor theirs =
      std::get<0>(at::lstm(steps.unsqueeze(1), first, weights, true, 1, 0.0, false, true, false)).squeeze(1);
  const torch::Tensor ours = at::cat({lstm(p, "forward", steps, false), lstm(p, "backward", steps, true)}, 1);
  EXPECT_LT((ours - theirs).abs().max().item<double>(), 1e-6);
}

TEST(Cnn, AttentionIsASoftmaxOverStates) {
  Parameters p;
  Rng rng(1, "attention");
  add_attention_over_states(p, 6, rng);
  const torch::Tensor states = normal({9, 6}, 2);
  const torch::Tensor shares = attention_over_states(p, states);
  EXPECT_NEAR(shares.sum().item<double>(), 1, 1e-6);
  // By hand: w2 tanh(W1 h + b1) + b2, then softmax.
  const torch::Tensor inner = at::tanh(states.mm(get(p, "attention.1.weight").t()) + get(p, "attention.1.bias"));
  const torch::Tensor scores = (inner.mm(get(p, "attention.2.weight").t()) + get(p, "attention.2.bias")).exp();
  EXPECT_LT((shares - (scores / scores.sum()).flatten()).abs().max().item<double>(), 1e-6);
}

// The gradient of the log odds against central differences, for a few weights of every tensor.
void check_gradients(const NetworkParams& network, const Patch& like, std::int64_t images) {
  Beginning begun = begin_own(network, like, 4);
  Parameters p;
  for (const auto& [name, tensor] : begun.parameters) p[name] = tensor.to(torch::kFloat64).set_requires_grad(true);
  std::vector<std::int64_t> shape{images, 1, like.height, like.width};
  if (like.depth > 1) shape.insert(shape.begin() + 2, like.depth);
  const torch::Tensor batch = normal(shape, 3).to(torch::kFloat64);
  std::vector<torch::Tensor> leaves;
  for (const auto& [name, tensor] : p) leaves.push_back(tensor);
  // In double: features, because the answer is rounded to float.
  const auto value = [&] { return begun.judge->look(p, batch).features.to(torch::kFloat64).square().sum(); };
  const auto gradients = torch::autograd::grad({value()}, leaves, {}, {}, false, true);
  const torch::NoGradGuard without;
  std::size_t at = 0;
  for (auto& [name, tensor] : p) {
    const torch::Tensor gradient = gradients[at++];
    if (!gradient.defined()) {
      EXPECT_THAT(name, testing::StartsWith("head"));
      continue;
    }
    for (const std::int64_t i : {std::int64_t{0}, tensor.numel() / 2}) {
      torch::Tensor flat = tensor.view({-1});
      const double before = flat[i].item<double>(), step = 1e-6;
      flat[i] = before + step;
      const double above = value().item<double>();
      flat[i] = before - step;
      const double below = value().item<double>();
      flat[i] = before;
      const double told = gradient.flatten()[i].item<double>(), measured = (above - below) / (2 * step);
      EXPECT_NEAR(told, measured, 1e-6 * (1 + std::abs(measured))) << name << " " << i;
    }
  }
}

// The kinks of the leaky ReLU are far from every value that a step of 1e-6 moves.
TEST(Cnn, GradientsAgreeWithFiniteDifferences) {
  check_gradients(EndToEndParams{.size = 16, .base_features = 4}, Patch(1, 16, 16), 2);
  check_gradients(EndToEndParams{.dimensions = 3, .size = 16, .base_features = 4}, Patch::block(1, 16, 16, 16), 1);
  check_gradients(SliceAttentionParams{.features = 8, .size = 16, .base_features = 4}, Patch(1, 16, 16), 3);
}

// With a linear layer on mean maps, Grad-CAM is the maps weighted by that layer (Zhou et al. 2016), which can be
// written down.
TEST(Cnn, GradCamIsTheMapsWeightedByTheLastLayer) {
  Beginning begun = begin_own(EndToEndParams{.size = 16, .base_features = 4}, Patch(1, 16, 16), 4);
  Patch image(1, 16, 16);
  Rng rng(3, "image");
  for (float& v : image.values) v = static_cast<float>(rng.uniform());
  const torch::Tensor maps = begun.judge->look(begun.parameters, begun.judge->prepared(image)).maps[0];
  begun.parameters["head.weight"].detach().neg_();  // as drawn, nothing speaks for the outcome
  const torch::Tensor weights = get(begun.parameters, "head.weight").view({1, -1, 1, 1});
  torch::Tensor expected = at::upsample_bilinear2d(at::relu((weights * maps).sum(1, true)), {16, 16}, false);
  ASSERT_GT(expected.max().item<double>(), 0);
  expected = expected / expected.max();

  auto net = std::make_shared<Classifier::Net>();
  net->judge = std::move(begun.judge);
  net->parameters = begun.parameters;
  const std::vector<Patch> found = Classifier(net).grad_cam(std::vector<Patch>{image});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_LT((to_tensor(found[0]) - expected).abs().max().item<double>(), 1e-5);
}

}  // namespace
}  // namespace radfuse::network
