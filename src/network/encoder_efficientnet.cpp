// SPDX-License-Identifier: Apache-2.0
// EfficientNet-B0, its Lite0 (no squeeze and excitation, ReLU6), and MobileNetV2: inverted residuals.
#include "encoders.hpp"

namespace radfuse::network {
namespace {

enum class Activation { silu, relu6 };

torch::Tensor activated(const torch::Tensor& x, Activation how) {
  const bool own = !at::GradMode::is_enabled();
  torch::Tensor out = x;
  if (how == Activation::relu6) return own ? out.clamp_(0, 6) : out.clamp(0, 6);
  return own ? at::silu_(out) : at::silu(out);
}

// Convolutions of one network: TensorFlow's padding or PyTorch's.
struct Convolutions {
  const Layers& net;
  Activation activation = Activation::relu6;
  bool same = false;

  torch::Tensor plain(const NormPair& names, const torch::Tensor& x, std::int64_t stride = 1) const {
    return net.norm_after(names,
                          same ? net.conv_same(names.first, x, stride) : net.conv(names.first, x, {.stride = stride}));
  }
  torch::Tensor active(const NormPair& names, const torch::Tensor& x, std::int64_t stride = 1) const {
    return activated(plain(names, x, stride), activation);
  }
};

NormPair pair_at(const std::string& name) {
  return {name + ".0", name + ".1"};
}

torch::Tensor residual(const torch::Tensor& out, const torch::Tensor& x, std::int64_t stride) {
  return stride == 1 && out.size(1) == x.size(1) ? add_to_own(out, x) : out;
}

torch::Tensor squeeze_excite(const Layers& net, const std::string& name, const torch::Tensor& x) {
  const torch::Tensor small = at::silu(net.conv(name + ".fc1", x.mean({2, 3}, true)));
  return x * at::sigmoid(net.conv(name + ".fc2", small));
}

torch::Tensor mbconv(const Convolutions& convs, const std::string& name, const torch::Tensor& x, std::int64_t stride,
                     bool lite) {
  const auto part = [&](int i) { return name + ".block." + std::to_string(i); };
  const int parts = lite ? 2 : 3;
  int i = 0;
  torch::Tensor out = x;
  if (convs.net.has(part(parts) + ".0.weight")) out = convs.active(pair_at(part(i++)), out);
  out = convs.active(pair_at(part(i++)), out, stride);
  if (!lite) out = squeeze_excite(convs.net, part(i++), out);
  return residual(convs.plain(pair_at(part(i)), out), x, stride);
}

torch::Tensor inverted_residual(const Convolutions& convs, const std::string& name, const torch::Tensor& x,
                                std::int64_t stride) {
  const auto part = [&](int i) { return name + ".conv." + std::to_string(i); };
  int i = 0;
  torch::Tensor out = x;
  if (convs.net.has(part(1) + ".0.weight")) out = convs.active(pair_at(part(i++)), out);
  out = convs.active(pair_at(part(i++)), out, stride);
  return residual(convs.plain({part(i), part(i + 1)}, out), x, stride);
}

}  // namespace

void forward_efficientnet(const Layers& net, torch::Tensor x, Trace& trace, bool lite, bool tensorflow) {
  constexpr std::int64_t kStrides[] = {1, 2, 2, 2, 1, 2, 1};
  const Convolutions convs{net, lite ? Activation::relu6 : Activation::silu, tensorflow};
  x = convs.active(pair_at("features.0"), x, 2);
  if (trace.pass("stem", x)) return;
  for (int stage = 1; stage <= 7; ++stage) {
    for (int i = 0;; ++i) {
      const std::string name = "features." + std::to_string(stage) + "." + std::to_string(i);
      if (!net.has(name + ".block.0.0.weight")) break;
      x = mbconv(convs, name, x, i == 0 ? kStrides[stage - 1] : 1, lite);
    }
    if (trace.pass("stage" + std::to_string(stage), x)) return;
  }
  x = net.attend(convs.active(pair_at("features.8"), x));
  if (trace.pass("features", x)) return;
  if (net.has("classifier.1.weight")) trace.pass("logits", net.linear("classifier.1", mean_of_maps(x)));
}

void forward_mobilenet(const Layers& net, torch::Tensor x, Trace& trace) {
  struct Stage {
    int blocks;
    std::int64_t stride;
  };
  constexpr Stage kStages[] = {{1, 1}, {2, 2}, {3, 2}, {4, 2}, {3, 1}, {3, 2}, {1, 1}};
  const Convolutions convs{net};
  x = convs.active(pair_at("features.0"), x, 2);
  if (trace.pass("stem", x)) return;
  int block = 1;
  for (std::size_t stage = 0; stage < std::size(kStages); ++stage) {
    for (int i = 0; i < kStages[stage].blocks; ++i)
      x = inverted_residual(convs, "features." + std::to_string(block++), x, i == 0 ? kStages[stage].stride : 1);
    if (trace.pass("stage" + std::to_string(stage + 1), x)) return;
  }
  x = net.attend(convs.active(pair_at("features." + std::to_string(block)), x));
  if (trace.pass("features", x)) return;
  if (net.has("classifier.1.weight")) trace.pass("logits", net.linear("classifier.1", mean_of_maps(x)));
}

}  // namespace radfuse::network
