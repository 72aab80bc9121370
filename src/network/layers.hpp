// SPDX-License-Identifier: Apache-2.0
// What encoders are made of: layers that find their tensors by name, and the record of the end points they pass.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tensors.hpp"

namespace radfuse::network {

/// Name and batch, in the order in which the image passes them.
using EndPoints = std::vector<std::pair<std::string, torch::Tensor>>;

/// Convolution followed by batch norm: what can be folded into one convolution.
using NormPair = std::pair<std::string, std::string>;

struct Convolution {
  std::int64_t stride = 1;
  std::int64_t dilation = 1;
  std::int64_t padding = -1;  ///< -1: as much as keeps the size at stride 1
};

class Layers {
 public:
  explicit Layers(const Parameters& parameters, double epsilon = 1e-5) : p_(parameters), epsilon_(epsilon) {}

  bool has(const std::string& tensor) const { return p_.contains(tensor); }
  const torch::Tensor& tensor(const std::string& name) const { return get(p_, name); }
  /// 2-D or 3-D, grouped or not: the weight's shape tells. TensorFlow's SAME padding (more at the end) on request.
  torch::Tensor conv(const std::string& name, const torch::Tensor& x, const Convolution& how = {}) const;
  torch::Tensor conv_same(const std::string& name, const torch::Tensor& x, std::int64_t stride) const;
  /// Batch norm with the statistics of the file.
  torch::Tensor norm(const std::string& name, const torch::Tensor& x) const;
  /// A convolution whose norm may have been folded into it.
  torch::Tensor norm_after(const NormPair& names, const torch::Tensor& convolved) const;
  torch::Tensor conv_norm(const NormPair& names, const torch::Tensor& x, const Convolution& how = {}) const {
    return norm_after(names, conv(names.first, x, how));
  }
  torch::Tensor layer_norm(const std::string& name, const torch::Tensor& x, double epsilon) const;
  torch::Tensor linear(const std::string& name, const torch::Tensor& x) const;
  /// Attention on the last maps (attention.*), where the file has any.
  torch::Tensor attend(const torch::Tensor& x) const;

  /// Notes every pair that norm_after meets.
  void note_pairs(std::vector<NormPair>* pairs) { pairs_ = pairs; }
  /// Puts the weight of every convolution that is met into `packed`, in oneDNN's own order of memory.
  void pack_into(Parameters* packed) { packed_ = packed; }
  double epsilon() const { return epsilon_; }

 private:
  const Parameters& p_;
  double epsilon_;
  std::vector<NormPair>* pairs_ = nullptr;
  Parameters* packed_ = nullptr;
};

/// In place where no gradient is asked for: `x` must be nobody else's.
torch::Tensor relu_of_own(const torch::Tensor& x);
torch::Tensor add_to_own(const torch::Tensor& own, const torch::Tensor& other);
/// Mean and maximum over all places of every map: batch x channels.
torch::Tensor mean_of_maps(const torch::Tensor& maps);
torch::Tensor maximum_of_maps(const torch::Tensor& maps);
/// 2-D or 3-D, as `x` is.
torch::Tensor max_pool(const torch::Tensor& x, std::int64_t window, std::int64_t stride, std::int64_t padding,
                       bool ceil = false);

/// Keeps the end points that are wanted (none named: all) and says when the last of them has been passed.
class Trace {
 public:
  explicit Trace(std::span<const std::string> wanted) : wanted_(wanted) {}
  /// True when nothing more is wanted.
  bool pass(std::string_view name, const torch::Tensor& x);
  EndPoints points() && { return std::move(points_); }

 private:
  std::span<const std::string> wanted_;
  EndPoints points_;
};

}  // namespace radfuse::network
