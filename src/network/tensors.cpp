// SPDX-License-Identifier: Apache-2.0
// Between plain data and tensors, and the settings of threads and process.
#include "tensors.hpp"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <dlfcn.h>
#include <malloc.h>
#include <torch/version.h>

#include <cmath>

#include "radfuse/base/error.hpp"
#include "radfuse/base/parallel.hpp"
#include "radfuse/base/stop.hpp"
#include "radfuse/network/prepare.hpp"

#if TORCH_VERSION_MAJOR >= 2
#include <ATen/Version.h>
#endif

namespace radfuse::network {
namespace {

// OpenBLAS has a pool of its own; LibTorch builds with another BLAS have no such symbol.
void one_blas_thread() {
  using SetThreads = void (*)(int);
  if (const auto set = reinterpret_cast<SetThreads>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads"))) set(1);
}

std::string instruction_set() {
#if TORCH_VERSION_MAJOR >= 2
  return at::get_cpu_capability();
#else
  return __builtin_cpu_supports("avx512f") != 0 ? "AVX512" : __builtin_cpu_supports("avx2") != 0 ? "AVX2" : "DEFAULT";
#endif
}

}  // namespace

void prepare_process() {
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, -1);
  mallopt(M_TOP_PAD, 64 << 20);
  mallopt(M_ARENA_MAX, 1);
  at::globalContext().setDeterministicAlgorithms(true, false);
  settle_thread();
}

std::string library_version() {
  return std::string("LibTorch ") + TORCH_VERSION + " (" + instruction_set() + ")";
}

void settle_thread() {
  static const bool once = (one_blas_thread(), true);
  (void)once;
  at::set_num_threads(1);
  at::globalContext().setFlushDenormal(true);
}

const torch::Tensor& get(const Parameters& parameters, const std::string& name) {
  const auto found = parameters.find(name);
  if (found == parameters.end()) throw Error(ExitCode::bug, "the network has no tensor " + name);
  return found->second;
}

torch::Tensor to_tensor(const Patch& patch) {
  torch::Tensor tensor = torch::empty({1, patch.channels, patch.height, patch.width}, torch::kFloat32);
  std::copy(patch.values.begin(), patch.values.end(), tensor.data_ptr<float>());
  return tensor;
}

Patch to_patch(const torch::Tensor& batch) {
  Patch patch(static_cast<int>(batch.size(1)), static_cast<int>(batch.size(2)), static_cast<int>(batch.size(3)));
  const torch::Tensor first = batch[0].contiguous();
  std::copy_n(first.data_ptr<float>(), patch.values.size(), patch.values.begin());
  return patch;
}

std::vector<float> to_vector(const torch::Tensor& tensor) {
  const torch::Tensor flat = tensor.contiguous();
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
  return at::group_norm(x, x.size(1), get(parameters, name + ".weight"), get(parameters, name + ".bias"), 1e-5, false);
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
