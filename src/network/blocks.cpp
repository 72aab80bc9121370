// SPDX-License-Identifier: Apache-2.0
// Layers of our own networks.
#include "blocks.hpp"

#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"

namespace radfuse::network {

std::vector<std::int64_t> kernel(int dimensions, std::int64_t out, std::int64_t in, std::int64_t side) {
  std::vector<std::int64_t> shape(static_cast<std::size_t>(dimensions) + 2, side);
  shape[0] = out;
  shape[1] = in;
  return shape;
}

void add_layer(Parameters& parameters, const std::string& name, std::vector<std::int64_t> shape, Rng& rng,
               double gain) {
  const std::int64_t out = shape[0];
  add_weights(parameters, name + ".weight", std::move(shape), rng, gain);
  add_constant(parameters, name + ".bias", out, 0);
}

torch::Tensor conv(const Parameters& parameters, const std::string& name, const torch::Tensor& x, std::int64_t stride) {
  const torch::Tensor& weight = get(parameters, name + ".weight");
  const auto bias = parameters.find(name + ".bias");
  const torch::Tensor shift = bias == parameters.end() ? torch::Tensor() : bias->second;
  const std::vector<std::int64_t> by(static_cast<std::size_t>(weight.dim()) - 2, stride);
  std::vector<std::int64_t> around;
  for (std::int64_t axis = 2; axis < weight.dim(); ++axis) around.push_back(weight.size(axis) / 2);
  return weight.dim() == 5 ? at::conv3d(x, weight, shift, at::IntArrayRef(by), at::IntArrayRef(around))
                           : at::conv2d(x, weight, shift, at::IntArrayRef(by), at::IntArrayRef(around));
}

torch::Tensor linear(const Parameters& parameters, const std::string& name, const torch::Tensor& x) {
  return at::linear(x, get(parameters, name + ".weight"), get(parameters, name + ".bias"));
}

torch::Tensor doubled(const torch::Tensor& x) {
  if (x.dim() == 5) return at::upsample_nearest3d(x, {x.size(2) * 2, x.size(3) * 2, x.size(4) * 2});
  return at::upsample_nearest2d(x, {x.size(2) * 2, x.size(3) * 2});
}

std::vector<std::int64_t> places(const torch::Tensor& x) {
  return x.dim() == 5 ? std::vector<std::int64_t>{2, 3, 4} : std::vector<std::int64_t>{2, 3};
}

int entry_of(const StateDict& weights, std::string_view key, int low, int high, std::string_view what) {
  for (const auto& [name, value] : weights.metadata)
    if (name == key)
      if (const auto n = text::to_int(value); n && *n >= low && *n <= high) return static_cast<int>(*n);
  throw InputError("not " + std::string(what) + " of Radfuse: its " + std::string(key) + " is missing or impossible");
}

}  // namespace radfuse::network
