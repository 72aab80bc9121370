// SPDX-License-Identifier: Apache-2.0
// Layers of encoders in evaluation mode.
#include "layers.hpp"

#include <algorithm>

namespace radfuse::network {
namespace {

std::vector<std::int64_t> places(const torch::Tensor& maps) {
  std::vector<std::int64_t> dims;
  for (std::int64_t d = 2; d < maps.dim(); ++d) dims.push_back(d);
  return dims;
}

}  // namespace

torch::Tensor Layers::conv(const std::string& name, const torch::Tensor& x, const Convolution& how) const {
  const torch::Tensor& weight = get(p_, name + ".weight");
  const auto bias = p_.find(name + ".bias");
  const auto dims = static_cast<std::size_t>(weight.dim() - 2);
  const std::vector<std::int64_t> stride(dims, how.stride), dilation(dims, how.dilation);
  std::vector<std::int64_t> padding(dims, how.padding);
  if (how.padding < 0)
    for (std::size_t d = 0; d < dims; ++d)
      padding[d] = how.dilation * (weight.size(static_cast<std::int64_t>(d) + 2) / 2);
  const std::int64_t groups = x.size(1) / weight.size(1);
  if (packed_ != nullptr)
    (*packed_)[name + ".weight"] =
        dims == 2 ? at::mkldnn_reorder_conv2d_weight(weight.to_mkldnn(), padding, stride, dilation, groups)
                  : at::mkldnn_reorder_conv3d_weight(weight.to_mkldnn(), padding, stride, dilation, groups);
  // Not at::convolution, which autocast to bfloat16 does not know.
  const c10::optional<torch::Tensor> offset = bias == p_.end() ? c10::optional<torch::Tensor>() : bias->second;
  return dims == 2 ? at::conv2d(x, weight, offset, stride, padding, dilation, groups)
                   : at::conv3d(x, weight, offset, stride, padding, dilation, groups);
}

torch::Tensor Layers::conv_same(const std::string& name, const torch::Tensor& x, std::int64_t stride) const {
  const torch::Tensor& weight = get(p_, name + ".weight");
  std::vector<std::int64_t> around;  // last dimension first
  bool even = true;
  for (std::int64_t d = weight.dim() - 1; d >= 2; --d) {
    const std::int64_t n = x.size(d), out = (n + stride - 1) / stride;
    const std::int64_t total = std::max<std::int64_t>(0, (out - 1) * stride + weight.size(d) - n);
    around.insert(around.end(), {total / 2, total - total / 2});
    even = even && total % 2 == 0 && total == around.front() * 2;
  }
  if (even) return conv(name, x, {.stride = stride, .padding = around.front()});
  return conv(name, at::constant_pad_nd(x, around, 0), {.stride = stride, .padding = 0});
}

torch::Tensor Layers::norm(const std::string& name, const torch::Tensor& x) const {
  return at::batch_norm(x, get(p_, name + ".weight"), get(p_, name + ".bias"), get(p_, name + ".running_mean"),
                        get(p_, name + ".running_var"), false, 0.1, epsilon_, false);
}

torch::Tensor Layers::norm_after(const NormPair& names, const torch::Tensor& convolved) const {
  if (!p_.contains(names.second + ".weight")) return convolved;
  if (pairs_ != nullptr) pairs_->push_back(names);
  return norm(names.second, convolved);
}

torch::Tensor Layers::layer_norm(const std::string& name, const torch::Tensor& x, double epsilon) const {
  const torch::Tensor& weight = get(p_, name + ".weight");
  return at::layer_norm(x, weight.sizes(), weight, get(p_, name + ".bias"), epsilon, false);
}

torch::Tensor Layers::linear(const std::string& name, const torch::Tensor& x) const {
  return at::linear(x, get(p_, name + ".weight"), get(p_, name + ".bias"));
}

// Gates are 2 sigmoid(...): with last layers that begin at 0 they begin at 1, and the pretrained features are whole.
torch::Tensor Layers::attend(const torch::Tensor& x) const {
  torch::Tensor out = x;
  if (has("attention.channel.fc2.weight")) {
    const torch::Tensor squeezed = at::relu(linear("attention.channel.fc1", mean_of_maps(out)));
    std::vector<std::int64_t> shape{out.size(0), out.size(1)};
    shape.resize(static_cast<std::size_t>(out.dim()), 1);
    out = out * (2 * at::sigmoid(linear("attention.channel.fc2", squeezed))).view(shape);
  }
  if (has("attention.spatial.conv.weight")) {
    const torch::Tensor both = at::cat({out.mean(1, true), std::get<0>(out.max(1, true))}, 1);
    out = out * (2 * at::sigmoid(conv("attention.spatial.conv", both)));
  }
  return out;
}

torch::Tensor relu_of_own(const torch::Tensor& x) {
  if (at::GradMode::is_enabled()) return at::relu(x);
  torch::Tensor own = x;
  return at::relu_(own);
}

torch::Tensor add_to_own(const torch::Tensor& own, const torch::Tensor& other) {
  if (at::GradMode::is_enabled()) return own + other;
  torch::Tensor sum = own;
  return sum.add_(other);
}

torch::Tensor mean_of_maps(const torch::Tensor& maps) {
  return maps.dim() == 2 ? maps : maps.mean(places(maps));
}

torch::Tensor maximum_of_maps(const torch::Tensor& maps) {
  return maps.dim() == 2 ? maps : maps.amax(places(maps));
}

torch::Tensor max_pool(const torch::Tensor& x, std::int64_t window, std::int64_t stride, std::int64_t padding,
                       bool ceil) {
  const auto dims = static_cast<std::size_t>(x.dim() - 2);
  const std::vector<std::int64_t> k(dims, window), s(dims, stride), p(dims, padding), d(dims, 1);
  return dims == 2 ? at::max_pool2d(x, k, s, p, d, ceil) : at::max_pool3d(x, k, s, p, d, ceil);
}

bool Trace::pass(std::string_view name, const torch::Tensor& x) {
  if (wanted_.empty() || std::find(wanted_.begin(), wanted_.end(), name) != wanted_.end())
    points_.emplace_back(name, x.is_mkldnn() ? x.to_dense() : x);
  // Layers may be named twice: what counts is whether every one has been passed.
  return !wanted_.empty() && std::all_of(wanted_.begin(), wanted_.end(), [&](const std::string& wanted) {
    return std::any_of(points_.begin(), points_.end(), [&](const auto& point) { return point.first == wanted; });
  });
}

}  // namespace radfuse::network
