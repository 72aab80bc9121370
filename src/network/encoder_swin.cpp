// SPDX-License-Identifier: Apache-2.0
// Swin Transformer with torchvision's names: attention in windows that are shifted in every second block.
#include <cmath>

#include "encoders.hpp"

namespace radfuse::network {
namespace {

constexpr std::int64_t kHeadWidth = 32;
constexpr double kEpsilon = 1e-5;

// How one block cuts the padded maps into windows.
struct Windows {
  std::int64_t side = 7, rows = 0, columns = 0, down = 0, right = 0;
  std::int64_t count() const { return rows * columns; }
  bool shifted() const { return down + right > 0; }

  // batch x height x width x channels -> windows x tokens x channels
  torch::Tensor cut(const torch::Tensor& x) const {
    return x.view({x.size(0), rows, side, columns, side, x.size(3)})
        .permute({0, 1, 3, 2, 4, 5})
        .reshape({x.size(0) * count(), side * side, x.size(3)});
  }
  torch::Tensor join(const torch::Tensor& windows, std::int64_t batch) const {
    return windows.view({batch, rows, columns, side, side, windows.size(2)})
        .permute({0, 1, 3, 2, 4, 5})
        .reshape({batch, rows * side, columns * side, windows.size(2)});
  }
};

// Row of the bias table for each pair of places in a window.
torch::Tensor relative_index(std::int64_t side) {
  const std::int64_t n = side * side;
  torch::Tensor index = torch::empty({n * n}, torch::kInt64);
  auto* out = index.data_ptr<std::int64_t>();
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t j = 0; j < n; ++j)
      out[i * n + j] = (i / side - j / side + side - 1) * (2 * side - 1) + i % side - j % side + side - 1;
  return index;
}

// After a shift, a window at the border holds places that were never neighbours: -100 between those.
torch::Tensor border_mask(const Windows& w) {
  const std::int64_t height = w.rows * w.side, width = w.columns * w.side;
  torch::Tensor region = torch::empty({1, height, width, 1}, torch::kFloat32);
  float* out = region.data_ptr<float>();
  const auto zone = [&](std::int64_t at, std::int64_t length, std::int64_t shift) {
    return at < length - w.side ? 0 : at < length - shift ? 1 : 2;
  };
  for (std::int64_t y = 0; y < height; ++y)
    for (std::int64_t x = 0; x < width; ++x)
      out[y * width + x] = static_cast<float>(3 * zone(y, height, w.down) + zone(x, width, w.right));
  const torch::Tensor own = w.cut(region).squeeze(2);
  return (own.unsqueeze(1) != own.unsqueeze(2)).to(torch::kFloat32) * -100;
}

torch::Tensor attention(const Layers& net, const std::string& name, const torch::Tensor& windows, const Windows& w) {
  const std::int64_t count = windows.size(0), n = windows.size(1), width = windows.size(2), heads = width / kHeadWidth;
  const torch::Tensor qkv =
      net.linear(name + ".qkv", windows).view({count, n, 3, heads, kHeadWidth}).permute({2, 0, 3, 1, 4});
  torch::Tensor scores =
      at::matmul(qkv[0] * (1 / std::sqrt(static_cast<double>(kHeadWidth))), qkv[1].transpose(-2, -1));
  scores = scores + net.tensor(name + ".relative_position_bias_table")
                        .index_select(0, relative_index(w.side))
                        .view({n, n, heads})
                        .permute({2, 0, 1})
                        .unsqueeze(0);
  if (w.shifted())
    scores = (scores.view({count / w.count(), w.count(), heads, n, n}) + border_mask(w).unsqueeze(1).unsqueeze(0))
                 .view({count, heads, n, n});
  const torch::Tensor mixed = at::matmul(at::softmax(scores, -1), qkv[2]).transpose(1, 2);
  return net.linear(name + ".proj", mixed.reshape({count, n, width}));
}

torch::Tensor windowed_attention(const Layers& net, const std::string& name, const torch::Tensor& x, bool shifted) {
  const std::int64_t rows = net.tensor(name + ".relative_position_bias_table").size(0);
  Windows w{.side = (static_cast<std::int64_t>(std::lround(std::sqrt(static_cast<double>(rows)))) + 1) / 2};
  const std::int64_t height = x.size(1), width = x.size(2);
  w.rows = (height + w.side - 1) / w.side;
  w.columns = (width + w.side - 1) / w.side;
  if (shifted && w.rows > 1) w.down = w.side / 2;
  if (shifted && w.columns > 1) w.right = w.side / 2;
  const std::vector<std::int64_t> padding{0, 0, 0, w.columns * w.side - width, 0, w.rows * w.side - height};
  torch::Tensor y = at::constant_pad_nd(x, padding, 0);
  if (w.shifted()) y = at::roll(y, {-w.down, -w.right}, {1, 2});
  y = w.join(attention(net, name, w.cut(y), w), x.size(0));
  if (w.shifted()) y = at::roll(y, {w.down, w.right}, {1, 2});
  return y.slice(1, 0, height).slice(2, 0, width);
}

torch::Tensor block(const Layers& net, const std::string& name, torch::Tensor x, bool shifted) {
  x = x + windowed_attention(net, name + ".attn", net.layer_norm(name + ".norm1", x, kEpsilon), shifted);
  const torch::Tensor wide = at::gelu(net.linear(name + ".mlp.0", net.layer_norm(name + ".norm2", x, kEpsilon)));
  return x + net.linear(name + ".mlp.3", wide);
}

// Four neighbours become one place.
torch::Tensor merged(const Layers& net, const std::string& name, const torch::Tensor& x) {
  const std::vector<std::int64_t> padding{0, 0, 0, x.size(2) % 2, 0, x.size(1) % 2};
  const torch::Tensor even = at::constant_pad_nd(x, padding, 0);
  const auto every = [&](std::int64_t row, std::int64_t column) {
    return even.slice(1, row, even.size(1), 2).slice(2, column, even.size(2), 2);
  };
  const torch::Tensor four = at::cat({every(0, 0), every(1, 0), every(0, 1), every(1, 1)}, 3);
  return at::linear(net.layer_norm(name + ".norm", four, kEpsilon), net.tensor(name + ".reduction.weight"));
}

torch::Tensor maps_of(const torch::Tensor& x) {
  return x.permute({0, 3, 1, 2});
}

}  // namespace

void forward_swin(const Layers& net, torch::Tensor x, Trace& trace) {
  x = net.conv("features.0.0", x, {.stride = net.tensor("features.0.0.weight").size(2), .padding = 0});
  x = net.layer_norm("features.0.2", x.permute({0, 2, 3, 1}).contiguous(), kEpsilon);
  if (trace.pass("stem", maps_of(x))) return;
  for (int stage = 1; stage <= 4; ++stage) {
    for (int i = 0;; ++i) {
      const std::string name = "features." + std::to_string(2 * stage - 1) + "." + std::to_string(i);
      if (!net.has(name + ".norm1.weight")) break;
      x = block(net, name, x, i % 2 == 1);
    }
    if (trace.pass("stage" + std::to_string(stage), maps_of(x))) return;
    if (stage < 4) x = merged(net, "features." + std::to_string(2 * stage), x);
  }
  const torch::Tensor maps = net.attend(maps_of(net.layer_norm("norm", x, kEpsilon)));
  if (trace.pass("features", maps)) return;
  if (net.has("head.weight")) trace.pass("logits", net.linear("head", mean_of_maps(maps)));
}

}  // namespace radfuse::network
