// SPDX-License-Identifier: Apache-2.0
// The parts of our own classifiers: a small convolutional network, an LSTM, attention over its states.
#pragma once

#include <string>

#include "tensors.hpp"

namespace radfuse::network {

/// Four levels of two 3 x 3 convolutions, each followed by group normalisation (which, unlike batch normalisation, does
/// not let one image change another's numbers) and a leaky ReLU; each level but the first halves the sides.
struct Cnn {
  int dimensions = 2, channels = 1, base_features = 8;

  std::int64_t width(int level) const { return std::int64_t{base_features} << level; }
  std::int64_t features() const { return width(3); }
  void add(Parameters& parameters, Rng& rng) const;
  /// images x features() x places.
  torch::Tensor maps(const Parameters& parameters, torch::Tensor images) const;
};

/// name.weight_ih, name.weight_hh and name.bias, gates in PyTorch's order (input, forget, cell, output).
void add_lstm(Parameters& parameters, const std::string& name, std::int64_t in, std::int64_t out, Rng& rng);
/// The states of one direction, steps x out.
torch::Tensor lstm(const Parameters& parameters, const std::string& name, const torch::Tensor& steps, bool backward);

/// softmax(w2 tanh(W1 h_t)) over the rows of `states` (Lin et al. 2017): one share for each.
void add_attention_over_states(Parameters& parameters, std::int64_t width, Rng& rng);
torch::Tensor attention_over_states(const Parameters& parameters, const torch::Tensor& states);

}  // namespace radfuse::network
