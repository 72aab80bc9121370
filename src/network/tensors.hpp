// SPDX-License-Identifier: Apache-2.0
// The one door to LibTorch: networks here are functions of named tensors, so that only its operations and its gradients
// are used. They are the same from 1.13 to 2.13; what differs between versions is in libtorch.hpp.
#pragma once

#include <torch/csrc/autograd/autograd.h>
#include <torch/types.h>

#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "radfuse/base/rng.hpp"
#include "radfuse/volume/patch.hpp"
#include "radfuse/weights/weights.hpp"

namespace radfuse::network {

using weights::Expected;
using weights::NamedTensor;
using weights::read_weights;
using weights::StateDict;
using weights::to_safetensors;

/// Ordered by name: sums, optimiser and files go in this order.
using Parameters = std::map<std::string, torch::Tensor, std::less<>>;
const torch::Tensor& get(const Parameters& parameters, const std::string& name);

/// The calling thread computes alone (no OpenMP team) and treats denormals as 0; to be called in every work item.
void settle_thread();

/// 1 x channels x height x width, or 1 x channels x depth x height x width for a block.
torch::Tensor to_tensor(const Patch& patch);
/// The first image of a batch.
Patch to_patch(const torch::Tensor& batch);
std::vector<float> to_vector(const torch::Tensor& tensor);

/// Weights from N(0, gain^2 * 2 / fan_in) (He et al. 2015), drawn from the network's own stream.
void add_weights(Parameters& parameters, const std::string& name, std::vector<std::int64_t> shape, Rng& rng,
                 double gain = 1);
void add_constant(Parameters& parameters, const std::string& name, std::int64_t count, float value);
/// Weights and biases of a normalisation over `channels`, as name.weight and name.bias.
void add_norm(Parameters& parameters, const std::string& name, std::int64_t channels);

/// Each channel of each image to mean 0 and deviation 1, then weight and bias.
torch::Tensor instance_norm(const Parameters& parameters, const std::string& name, const torch::Tensor& x);
/// The same over groups of neighbouring channels.
torch::Tensor group_norm(const Parameters& parameters, const std::string& name, const torch::Tensor& x,
                         std::int64_t groups);

StateDict to_state_dict(const Parameters& parameters);
/// The tensors of `like`, by name and shape, from a file's; InputError when they do not fit.
Parameters from_state_dict(const StateDict& weights, const Parameters& like);
Parameters from_state_dict(const StateDict& weights, std::span<const Expected> expected);

/// out[i] = work(i) for each image by itself, on `threads` threads, without gradients.
void for_each_image(std::size_t count, int threads, const std::function<void(std::size_t)>& work);

}  // namespace radfuse::network
