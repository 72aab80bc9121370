// SPDX-License-Identifier: Apache-2.0
// ResNets: torchvision's 2-D ones, MedicalNet's 3-D ones, and the one for images of 32 x 32. How many blocks a layer
// has, of which kind and with which shortcut, the tensors tell.
#include "encoders.hpp"

namespace radfuse::network {
namespace {

struct Step {
  std::int64_t stride = 1, dilation = 1;
};

// Every second value, and maps of 0 before and after: a shortcut without weights.
torch::Tensor padded_shortcut(const torch::Tensor& x, std::int64_t stride, std::int64_t before, std::int64_t after) {
  torch::Tensor small = x;
  for (std::int64_t d = 2; d < x.dim(); ++d) small = small.slice(d, 0, x.size(d), stride);
  std::vector<std::int64_t> around(static_cast<std::size_t>(2 * (x.dim() - 2)), 0);
  around.insert(around.end(), {before, after});
  return at::constant_pad_nd(small, around, 0);
}

// cifar: new maps on both sides (He et al. 2016, option A, as akamaster wrote it); MedicalNet's come after.
torch::Tensor shortcut_of(const Layers& net, const std::string& name, const torch::Tensor& x, std::int64_t stride,
                          std::int64_t maps, bool cifar) {
  if (net.has(name + ".downsample.0.weight"))
    return net.conv_norm({name + ".downsample.0", name + ".downsample.1"}, x, {.stride = stride});
  const std::int64_t more = maps - x.size(1);
  if (stride == 1 && more == 0) return x;
  return padded_shortcut(x, stride, cifar ? more / 2 : 0, cifar ? more - more / 2 : more);
}

torch::Tensor block(const Layers& net, const std::string& name, const torch::Tensor& x, const Step& step, bool cifar) {
  const auto part = [&](const char* number, const torch::Tensor& in, const Convolution& how) {
    return net.conv_norm({name + ".conv" + number, name + ".bn" + number}, in, how);
  };
  const Convolution moving{.stride = step.stride, .dilation = step.dilation};
  torch::Tensor out;
  if (net.has(name + ".conv3.weight")) {
    out = relu_of_own(part("1", x, {}));
    out = relu_of_own(part("2", out, moving));
    out = part("3", out, {});
  } else {
    out = relu_of_own(part("1", x, moving));
    out = part("2", out, {.dilation = step.dilation});
  }
  return relu_of_own(add_to_own(out, shortcut_of(net, name, x, step.stride, out.size(1), cifar)));
}

torch::Tensor layer(const Layers& net, const std::string& name, torch::Tensor x, Step step, bool cifar = false) {
  for (int i = 0;; ++i) {
    const std::string at = name + "." + std::to_string(i);
    if (!net.has(at + ".conv1.weight")) return x;
    x = block(net, at, x, step, cifar);
    step.stride = 1;
  }
}

void run(const Layers& net, torch::Tensor x, Trace& trace, std::span<const Step> steps) {
  x = max_pool(relu_of_own(net.conv_norm({"conv1", "bn1"}, x, {.stride = 2})), 3, 2, 1);
  if (trace.pass("stem", x)) return;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const std::string name = "layer" + std::to_string(i + 1);
    x = layer(net, name, x, steps[i]);
    if (i + 1 == steps.size()) x = net.attend(x);
    if (trace.pass(name, x)) return;
  }
  if (net.has("fc.weight")) trace.pass("logits", net.linear("fc", mean_of_maps(x)));
}

}  // namespace

void forward_resnet(const Layers& net, torch::Tensor x, Trace& trace) {
  constexpr Step kSteps[] = {{}, {.stride = 2}, {.stride = 2}, {.stride = 2}};
  run(net, std::move(x), trace, kSteps);
}

void forward_resnet_3d(const Layers& net, torch::Tensor x, Trace& trace) {
  constexpr Step kSteps[] = {{}, {.stride = 2}, {.dilation = 2}, {.dilation = 4}};
  run(net, std::move(x), trace, kSteps);
}

void forward_resnet_cifar(const Layers& net, torch::Tensor x, Trace& trace) {
  x = relu_of_own(net.conv_norm({"conv1", "bn1"}, x));
  if (trace.pass("stem", x)) return;
  for (int i = 1; i <= 3; ++i) {
    const std::string name = "layer" + std::to_string(i);
    x = layer(net, name, x, {.stride = i == 1 ? 1 : 2}, true);
    if (i == 3) x = net.attend(x);
    if (trace.pass(name, x)) return;
  }
  if (net.has("linear.weight")) trace.pass("logits", net.linear("linear", mean_of_maps(x)));
}

}  // namespace radfuse::network
