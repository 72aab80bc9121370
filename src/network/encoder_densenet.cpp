// SPDX-License-Identifier: Apache-2.0
// DenseNet with torchvision's names; growth and lengths of the blocks are in the tensors.
#include "encoders.hpp"

namespace radfuse::network {
namespace {

torch::Tensor dense_block(const Layers& net, const std::string& name, torch::Tensor x) {
  for (int i = 1;; ++i) {
    const std::string at = name + ".denselayer" + std::to_string(i);
    if (!net.has(at + ".conv1.weight")) return x;
    const torch::Tensor narrow = net.conv_norm({at + ".conv1", at + ".norm2"}, relu_of_own(net.norm(at + ".norm1", x)));
    x = at::cat({x, net.conv(at + ".conv2", relu_of_own(narrow))}, 1);
  }
}

torch::Tensor halved(const torch::Tensor& x) {
  const std::vector<std::int64_t> two{2, 2};
  return at::avg_pool2d(x, two, two);
}

}  // namespace

void forward_densenet(const Layers& net, torch::Tensor x, Trace& trace) {
  x = net.conv_norm({"features.conv0", "features.norm0"}, x, {.stride = 2});
  x = max_pool(relu_of_own(x), 3, 2, 1);
  if (trace.pass("stem", x)) return;
  for (int b = 1; b <= 4; ++b) {
    const std::string number = std::to_string(b), transition = "features.transition" + number;
    x = dense_block(net, "features.denseblock" + number, x);
    if (trace.pass("denseblock" + number, x)) return;
    if (b < 4) x = halved(net.conv(transition + ".conv", relu_of_own(net.norm(transition + ".norm", x))));
  }
  x = net.attend(relu_of_own(net.norm("features.norm5", x)));
  if (trace.pass("features", x)) return;
  if (net.has("classifier.weight")) trace.pass("logits", net.linear("classifier", mean_of_maps(x)));
}

}  // namespace radfuse::network
