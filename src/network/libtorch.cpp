// SPDX-License-Identifier: Apache-2.0
// What differs between versions and builds of LibTorch.
#include "libtorch.hpp"

#include <ATen/Context.h>
#include <ATen/autocast_mode.h>
#include <torch/version.h>

#include "radfuse/base/error.hpp"

#if TORCH_VERSION_MAJOR >= 2
#include <ATen/Version.h>
#endif

namespace radfuse::network {
namespace {

// One switch for all kinds of device came with 2.4.
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
void set_autocast(c10::DeviceType device, bool on) {
  at::autocast::set_autocast_dtype(device, at::kBFloat16);
  at::autocast::set_autocast_enabled(device, on);
}
#else
void set_autocast(c10::DeviceType device, bool on) {
  if (device == at::kCUDA) {
    at::autocast::set_autocast_gpu_dtype(at::kBFloat16);
    at::autocast::set_enabled(on);
  } else {
    at::autocast::set_autocast_cpu_dtype(at::kBFloat16);
    at::autocast::set_cpu_enabled(on);
  }
}
#endif

}  // namespace

std::string instruction_set() {
#if TORCH_VERSION_MAJOR >= 2
  return at::get_cpu_capability();
#else
  return __builtin_cpu_supports("avx512f") != 0 ? "AVX512" : __builtin_cpu_supports("avx2") != 0 ? "AVX2" : "DEFAULT";
#endif
}

torch::Device device_of(Device device) {
  if (device == Device::cpu) return {torch::kCPU};
  if (!at::globalContext().hasCUDA())
    throw StudyError(std::string("device: cuda needs an NVIDIA GPU and a LibTorch built for CUDA; this is LibTorch ") +
                     TORCH_VERSION + ", and it finds none: say device: cpu, or build Radfuse with such a LibTorch");
  return {torch::kCUDA, 0};
}

Autocast::Autocast(Precision precision, const torch::Device& device)
    : device_(device.type()), on_(precision == Precision::bfloat16) {
  if (!on_) return;
  at::autocast::set_autocast_cache_enabled(false);
  set_autocast(device_, true);
}

Autocast::~Autocast() {
  if (on_) set_autocast(device_, false);
}

}  // namespace radfuse::network
