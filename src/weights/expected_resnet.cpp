// SPDX-License-Identifier: Apache-2.0
// The tensors of the ResNets.
#include "tensor_list.hpp"

namespace radfuse::weights {
namespace {

struct Plan {
  int layers = 4;
  int blocks[4] = {2, 2, 2, 2};
  bool bottleneck = false;
  bool projected = true;
};

Plan plan_of(Architecture architecture) {
  switch (architecture) {
    case Architecture::resnet34:
      return {4, {3, 4, 6, 3}, false, true};
    case Architecture::resnet50:
    case Architecture::resnet50_3d:
      return {4, {3, 4, 6, 3}, true, true};
    case Architecture::resnet101:
      return {4, {3, 4, 23, 3}, true, true};
    case Architecture::resnet10_3d:
      return {4, {1, 1, 1, 1}, false, true};
    case Architecture::resnet18_3d:
      return {4, {2, 2, 2, 2}, false, false};
    case Architecture::resnet34_3d:
      return {4, {3, 4, 6, 3}, false, false};
    case Architecture::resnet20_cifar:
      return {3, {3, 3, 3, 0}, false, false};
    default:
      return {};
  }
}

void add_block(TensorList& list, const std::string& name, const Plan& plan, std::int64_t in, std::int64_t maps) {
  std::int64_t out = maps;
  if (plan.bottleneck) {
    out = 4 * maps;
    list.conv(name + ".conv1", maps, in, 1);
    list.norm(name + ".bn1", maps);
    list.conv(name + ".conv2", maps, maps, 3);
    list.norm(name + ".bn2", maps);
    list.conv(name + ".conv3", out, maps, 1);
    list.norm(name + ".bn3", out);
  } else {
    list.conv(name + ".conv1", maps, in, 3);
    list.norm(name + ".bn1", maps);
    list.conv(name + ".conv2", maps, maps, 3);
    list.norm(name + ".bn2", maps);
  }
  if (!plan.projected || in == out) return;
  list.conv(name + ".downsample.0", out, in, 1);
  list.norm(name + ".downsample.1", out);
}

}  // namespace

std::vector<Expected> expected_resnet(Architecture architecture, const Variant& variant) {
  const bool cifar = architecture == Architecture::resnet20_cifar, block = dimensions(architecture) == 3;
  Plan plan = plan_of(architecture);
  plan.projected = plan.projected || (block && variant.projected);
  const std::int64_t width = variant.width > 0 ? variant.width : cifar ? 16 : 64;
  TensorList list(block ? 3 : 2);
  list.conv("conv1", width, variant.channels, cifar ? 3 : 7);
  list.norm("bn1", width);
  std::int64_t in = width;
  for (int layer = 0; layer < plan.layers; ++layer) {
    const std::int64_t maps = width << layer;
    for (int i = 0; i < plan.blocks[layer]; ++i) {
      add_block(list, "layer" + std::to_string(layer + 1) + "." + std::to_string(i), plan, in, maps);
      in = plan.bottleneck ? 4 * maps : maps;
    }
  }
  if (variant.classes > 0) list.linear(cifar ? "linear" : "fc", variant.classes, in);
  return std::move(list).take();
}

}  // namespace radfuse::weights
