// SPDX-License-Identifier: Apache-2.0
// The only place that knows what differs between LibTorch 1.13 and 2.x, and between builds of it.
#pragma once

#include <string>

#include <torch/types.h>

#include "radfuse/network/training_params.hpp"

namespace radfuse::network {

/// "AVX2", "AVX512", "DEFAULT": which of its kernels LibTorch uses on this processor.
std::string instruction_set();

/// Throws StudyError where this LibTorch or this machine has no CUDA.
torch::Device device_of(Device device);

/// While it lives, and in this thread: convolutions and matrix products in bfloat16 where `precision` says so. Weights
/// that were converted are not remembered, as the memory for them would be shared between threads.
class Autocast {
 public:
  Autocast(Precision precision, const torch::Device& device);
  ~Autocast();
  Autocast(const Autocast&) = delete;
  Autocast& operator=(const Autocast&) = delete;

 private:
  c10::DeviceType device_;
  bool on_;
};

}  // namespace radfuse::network
