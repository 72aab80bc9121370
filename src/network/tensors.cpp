// SPDX-License-Identifier: Apache-2.0
// Between plain data and tensors.
#include "tensors.hpp"

#include <cmath>

#include "radfuse/base/error.hpp"
#include "radfuse/base/parallel.hpp"
#include "radfuse/base/stop.hpp"

namespace radfuse::network {

const torch::Tensor& get(const Parameters& parameters, const std::string& name) {
  const auto found = parameters.find(name);
  if (found == parameters.end()) throw Error(ExitCode::bug, "the network has no tensor " + name);
  return found->second;
}

torch::Tensor to_tensor(const Patch& patch) {
  std::vector<std::int64_t> shape{1, patch.channels, patch.height, patch.width};
  if (patch.depth > 1) shape.insert(shape.begin() + 2, patch.depth);
  torch::Tensor tensor = torch::empty(shape, torch::kFloat32);
  std::copy(patch.values.begin(), patch.values.end(), tensor.data_ptr<float>());
  return tensor;
}

Patch to_patch(const torch::Tensor& batch) {
  const torch::Tensor first = batch[0].to(torch::kCPU, torch::kFloat32).contiguous();
  const auto side = [&](std::int64_t from_last) { return static_cast<int>(first.size(first.dim() - from_last)); };
  Patch patch = first.dim() == 4 ? Patch::block(side(4), side(3), side(2), side(1)) : Patch(side(3), side(2), side(1));
  std::copy_n(first.data_ptr<float>(), patch.values.size(), patch.values.begin());
  return patch;
}

std::vector<float> to_vector(const torch::Tensor& tensor) {
  const torch::Tensor flat = tensor.to(torch::kCPU, torch::kFloat32).contiguous();
  const float* first = flat.data_ptr<float>();
  return {first, first + flat.numel()};
}

void add_weights(Parameters& parameters, const std::string& name, std::vector<std::int64_t> shape, Rng& rng,
                 double gain) {
  torch::Tensor tensor = torch::empty(shape, torch::kFloat32);
  const double fan_in = static_cast<double>(tensor.numel()) / static_cast<double>(shape[0]);
  const double deviation = gain * std::sqrt(2.0 / fan_in);
  float* to = tensor.data_ptr<float>();
  for (std::int64_t i = 0; i < tensor.numel(); ++i) to[i] = static_cast<float>(deviation * rng.normal());
  parameters[name] = tensor;
}

void add_constant(Parameters& parameters, const std::string& name, std::int64_t count, float value) {
  parameters[name] = torch::full({count}, value, torch::kFloat32);
}

void add_norm(Parameters& parameters, const std::string& name, std::int64_t channels) {
  add_constant(parameters, name + ".weight", channels, 1);
  add_constant(parameters, name + ".bias", channels, 0);
}

torch::Tensor instance_norm(const Parameters& parameters, const std::string& name, const torch::Tensor& x) {
  // One group for each channel: the same numbers as at::instance_norm in fewer passes over memory.
  return group_norm(parameters, name, x, x.size(1));
}

torch::Tensor group_norm(const Parameters& parameters, const std::string& name, const torch::Tensor& x,
                         std::int64_t groups) {
  const torch::Tensor& weight = get(parameters, name + ".weight");
  // Sums over many pixels: never in bfloat16.
  return at::group_norm(x.to(weight.scalar_type()), groups, weight, get(parameters, name + ".bias"), 1e-5, false);
}

StateDict to_state_dict(const Parameters& parameters) {
  StateDict weights;
  for (const auto& [name, tensor] : parameters)
    weights.tensors.push_back({name, tensor.sizes().vec(), to_vector(tensor.detach())});
  return weights;
}

Parameters from_state_dict(const StateDict& weights, std::span<const Expected> expected) {
  const auto found = match(weights, expected);
  Parameters parameters;
  for (const NamedTensor* tensor : found) {
    torch::Tensor made = torch::empty(tensor->shape, torch::kFloat32);
    std::copy(tensor->values.begin(), tensor->values.end(), made.data_ptr<float>());
    parameters[tensor->name] = made;
  }
  return parameters;
}

Parameters from_state_dict(const StateDict& weights, const Parameters& like) {
  std::vector<Expected> expected;
  for (const auto& [name, tensor] : like) expected.push_back({name, tensor.sizes().vec()});
  return from_state_dict(weights, expected);
}

void for_each_image(std::size_t count, int threads, const std::function<void(std::size_t)>& work) {
  parallel_for(count, threads, [&](std::size_t i) {
    throw_if_stopped();
    settle_thread();
    const torch::NoGradGuard without;
    work(i);
  });
}

}  // namespace radfuse::network
