// SPDX-License-Identifier: Apache-2.0
// What our own networks are made of, the same in 2-D and 3-D: a weight's shape tells which.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tensors.hpp"

namespace radfuse::network {

/// {out, in, side, side [, side]}.
std::vector<std::int64_t> kernel(int dimensions, std::int64_t out, std::int64_t in, std::int64_t side);
/// name.weight (He et al. 2015) and name.bias, 0.
void add_layer(Parameters& parameters, const std::string& name, std::vector<std::int64_t> shape, Rng& rng,
               double gain = 1);

/// Keeps the size at stride 1 (odd kernels); with name.bias, where there is one.
torch::Tensor conv(const Parameters& parameters, const std::string& name, const torch::Tensor& x,
                   std::int64_t stride = 1);
torch::Tensor linear(const Parameters& parameters, const std::string& name, const torch::Tensor& x);
/// Twice the size, by repeating pixels.
torch::Tensor doubled(const torch::Tensor& x);
/// The axes of a batch after image and channel.
std::vector<std::int64_t> places(const torch::Tensor& x);

/// A number that a file must state.
int entry_of(const StateDict& weights, std::string_view key, int low, int high, std::string_view what);

}  // namespace radfuse::network
