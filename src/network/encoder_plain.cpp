// SPDX-License-Identifier: Apache-2.0
// Networks without batch norm: SqueezeNet 1.0 and VGG-16.
#include "encoders.hpp"

namespace radfuse::network {
namespace {

torch::Tensor fire(const Layers& net, const std::string& name, const torch::Tensor& x) {
  const torch::Tensor squeezed = relu_of_own(net.conv(name + ".squeeze", x));
  return at::cat(
      {relu_of_own(net.conv(name + ".expand1x1", squeezed)), relu_of_own(net.conv(name + ".expand3x3", squeezed))}, 1);
}

}  // namespace

void forward_squeezenet(const Layers& net, torch::Tensor x, Trace& trace) {
  // Positions in torchvision's list of layers; a pooling stands before the first, after fire4 and after fire8.
  constexpr int kFires[] = {3, 4, 5, 7, 8, 9, 10, 12};
  x = max_pool(relu_of_own(net.conv("features.0", x, {.stride = 2, .padding = 0})), 3, 2, 0, true);
  if (trace.pass("stem", x)) return;
  for (std::size_t i = 0; i < std::size(kFires); ++i) {
    if (i == 3 || i == 7) x = max_pool(x, 3, 2, 0, true);
    x = fire(net, "features." + std::to_string(kFires[i]), x);
    if (i == 7) x = net.attend(x);
    if (trace.pass("fire" + std::to_string(i + 2), x)) return;
  }
  if (net.has("classifier.1.weight")) trace.pass("logits", mean_of_maps(relu_of_own(net.conv("classifier.1", x))));
}

void forward_vgg(const Layers& net, torch::Tensor x, Trace& trace) {
  constexpr int kConvolutions[] = {2, 2, 3, 3, 3};
  int position = 0;
  for (std::size_t b = 0; b < std::size(kConvolutions); ++b) {
    for (int i = 0; i < kConvolutions[b]; ++i, position += 2)
      x = relu_of_own(net.conv("features." + std::to_string(position), x));
    x = max_pool(x, 2, 2, 0);
    ++position;
    if (b == 4) x = net.attend(x);
    if (trace.pass("block" + std::to_string(b + 1), x)) return;
  }
  if (!net.has("classifier.0.weight")) return;
  const std::vector<std::int64_t> seven{7, 7};
  x = at::adaptive_avg_pool2d(x, seven).contiguous().flatten(1);
  x = relu_of_own(net.linear("classifier.0", x));
  if (trace.pass("fc6", x)) return;
  x = relu_of_own(net.linear("classifier.3", x));
  if (trace.pass("fc7", x)) return;
  trace.pass("logits", net.linear("classifier.6", x));
}

}  // namespace radfuse::network
