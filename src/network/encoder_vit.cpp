// SPDX-License-Identifier: Apache-2.0
// Vision Transformer with torchvision's names. End points before the last are the patches' tokens laid out as maps.
#include <cmath>

#include "encoders.hpp"

namespace radfuse::network {
namespace {

constexpr double kEpsilon = 1e-6;
constexpr std::int64_t kHeadWidth = 64;

torch::Tensor self_attention(const Layers& net, const std::string& name, const torch::Tensor& x) {
  const std::int64_t batch = x.size(0), length = x.size(1), width = x.size(2), heads = width / kHeadWidth;
  const torch::Tensor qkv = at::linear(x, net.tensor(name + ".in_proj_weight"), net.tensor(name + ".in_proj_bias"))
                                .view({batch, length, 3, heads, kHeadWidth})
                                .permute({2, 0, 3, 1, 4});
  const torch::Tensor scores =
      at::matmul(qkv[0] * (1 / std::sqrt(static_cast<double>(kHeadWidth))), qkv[1].transpose(-2, -1));
  const torch::Tensor mixed = at::matmul(at::softmax(scores, -1), qkv[2]).transpose(1, 2);
  return net.linear(name + ".out_proj", mixed.reshape({batch, length, width}));
}

torch::Tensor encoder_block(const Layers& net, const std::string& name, torch::Tensor x) {
  x = x + self_attention(net, name + ".self_attention", net.layer_norm(name + ".ln_1", x, kEpsilon));
  const torch::Tensor wide = at::gelu(net.linear(name + ".mlp.0", net.layer_norm(name + ".ln_2", x, kEpsilon)));
  return x + net.linear(name + ".mlp.3", wide);
}

// Without the class token, as maps.
torch::Tensor maps_of(const torch::Tensor& tokens, std::int64_t side) {
  return tokens.slice(1, 1).transpose(1, 2).reshape({tokens.size(0), tokens.size(2), side, side});
}

}  // namespace

void forward_vit(const Layers& net, torch::Tensor x, Trace& trace) {
  const torch::Tensor& projection = net.tensor("conv_proj.weight");
  x = net.conv("conv_proj", x, {.stride = projection.size(2), .padding = 0});
  const std::int64_t side = x.size(2);
  if (trace.pass("stem", x)) return;
  x = x.flatten(2).transpose(1, 2);
  const torch::Tensor& token = net.tensor("class_token");
  x = at::cat({token.expand({x.size(0), 1, token.size(2)}), x}, 1) + net.tensor("encoder.pos_embedding");
  for (int i = 0;; ++i) {
    const std::string name = "encoder.layers.encoder_layer_" + std::to_string(i);
    if (!net.has(name + ".ln_1.weight")) break;
    x = encoder_block(net, name, x);
    if (trace.pass("block" + std::to_string(i + 1), maps_of(x, side))) return;
  }
  x = net.attend(net.layer_norm("encoder.ln", x, kEpsilon).select(1, 0));
  if (trace.pass("class_token", x)) return;
  if (net.has("heads.head.weight")) trace.pass("logits", net.linear("heads.head", x));
}

}  // namespace radfuse::network
