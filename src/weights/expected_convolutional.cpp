// SPDX-License-Identifier: Apache-2.0
// The tensors of DenseNet-121, EfficientNet, MobileNetV2, SqueezeNet 1.0 and VGG-16.
#include <algorithm>
#include <cmath>

#include "tensor_list.hpp"

namespace radfuse::weights {
namespace {

struct Stage {
  std::int64_t expand, kernel, channels;
  int blocks;
};
// Tan and Le 2019, table 1; Lite0 is the same (its first and last convolutions keep their width too).
constexpr Stage kEfficientNet[] = {{1, 3, 16, 1},  {6, 3, 24, 2},  {6, 5, 40, 2}, {6, 3, 80, 3},
                                   {6, 5, 112, 3}, {6, 5, 192, 4}, {6, 3, 320, 1}};
// Sandler et al. 2018, table 2.
constexpr Stage kMobileNet[] = {{1, 3, 16, 1}, {6, 3, 24, 2},  {6, 3, 32, 3}, {6, 3, 64, 4},
                                {6, 3, 96, 3}, {6, 3, 160, 3}, {6, 3, 320, 1}};

void conv_norm(TensorList& list, const std::string& name, std::int64_t out, std::int64_t in, std::int64_t kernel) {
  list.conv(name + ".0", out, in, kernel);
  list.norm(name + ".1", out);
}

void add_mbconv(TensorList& list, const std::string& name, std::int64_t in, std::int64_t out, const Stage& stage,
                bool lite) {
  const std::int64_t wide = in * stage.expand, narrow = std::max<std::int64_t>(1, in / 4);
  int i = 0;
  const auto next = [&] { return name + ".block." + std::to_string(i++); };
  if (stage.expand > 1) conv_norm(list, next(), wide, in, 1);
  conv_norm(list, next(), wide, 1, stage.kernel);
  if (!lite) {
    const std::string se = next();
    list.conv(se + ".fc1", narrow, wide, 1, true);
    list.conv(se + ".fc2", wide, narrow, 1, true);
  }
  conv_norm(list, next(), out, wide, 1);
}

}  // namespace

std::int64_t scaled_channels(std::int64_t channels, std::int64_t width, std::int64_t own) {
  if (width == 0 || width == own) return channels;
  const double wanted = static_cast<double>(channels) * static_cast<double>(width) / static_cast<double>(own);
  const auto rounded = std::max<std::int64_t>(8, static_cast<std::int64_t>(wanted + 4) / 8 * 8);
  return static_cast<double>(rounded) < 0.9 * wanted ? rounded + 8 : rounded;
}

std::vector<Expected> expected_densenet(const Variant& variant) {
  constexpr int kBlocks[] = {6, 12, 24, 16};
  const std::int64_t width = variant.width > 0 ? variant.width : 64, growth = width / 2;
  TensorList list;
  list.conv("features.conv0", width, variant.channels, 7);
  list.norm("features.norm0", width);
  std::int64_t maps = width;
  for (int b = 0; b < 4; ++b) {
    const std::string number = std::to_string(b + 1);
    for (int i = 1; i <= kBlocks[b]; ++i, maps += growth) {
      const std::string name = "features.denseblock" + number + ".denselayer" + std::to_string(i);
      list.norm(name + ".norm1", maps);
      list.conv(name + ".conv1", 4 * growth, maps, 1);
      list.norm(name + ".norm2", 4 * growth);
      list.conv(name + ".conv2", growth, 4 * growth, 3);
    }
    if (b == 3) break;
    list.norm("features.transition" + number + ".norm", maps);
    list.conv("features.transition" + number + ".conv", maps / 2, maps, 1);
    maps /= 2;
  }
  list.norm("features.norm5", maps);
  if (variant.classes > 0) list.linear("classifier", variant.classes, maps);
  return std::move(list).take();
}

std::vector<Expected> expected_efficientnet(const Variant& variant, bool lite) {
  const auto scaled = [&](std::int64_t channels) { return scaled_channels(channels, variant.width, 32); };
  TensorList list;
  std::int64_t in = scaled(32);
  conv_norm(list, "features.0", in, variant.channels, 3);
  for (std::size_t s = 0; s < std::size(kEfficientNet); ++s)
    for (int i = 0; i < kEfficientNet[s].blocks; ++i) {
      const std::int64_t out = scaled(kEfficientNet[s].channels);
      add_mbconv(list, "features." + std::to_string(s + 1) + "." + std::to_string(i), in, out, kEfficientNet[s], lite);
      in = out;
    }
  conv_norm(list, "features.8", 4 * in, in, 1);
  if (variant.classes > 0) list.linear("classifier.1", variant.classes, 4 * in);
  return std::move(list).take();
}

std::vector<Expected> expected_mobilenet(const Variant& variant) {
  const auto scaled = [&](std::int64_t channels) { return scaled_channels(channels, variant.width, 32); };
  TensorList list;
  std::int64_t in = scaled(32);
  conv_norm(list, "features.0", in, variant.channels, 3);
  int number = 1;
  for (const Stage& stage : kMobileNet)
    for (int b = 0; b < stage.blocks; ++b) {
      const std::string name = "features." + std::to_string(number++) + ".conv.";
      const std::int64_t wide = in * stage.expand, out = scaled(stage.channels);
      int i = 0;
      if (stage.expand > 1) conv_norm(list, name + std::to_string(i++), wide, in, 1);
      conv_norm(list, name + std::to_string(i++), wide, 1, stage.kernel);
      list.conv(name + std::to_string(i), out, wide, 1);
      list.norm(name + std::to_string(i + 1), out);
      in = out;
    }
  const std::int64_t last = variant.width > 32 ? scaled(1280) : 1280;
  conv_norm(list, "features." + std::to_string(number), last, in, 1);
  if (variant.classes > 0) list.linear("classifier.1", variant.classes, last);
  return std::move(list).take();
}

std::vector<Expected> expected_squeezenet(const Variant& variant) {
  struct Fire {
    int position;
    std::int64_t squeeze, expand;
  };
  constexpr Fire kFires[] = {{3, 16, 64},  {4, 16, 64},  {5, 32, 128},  {7, 32, 128},
                             {8, 48, 192}, {9, 48, 192}, {10, 64, 256}, {12, 64, 256}};
  TensorList list;
  list.conv("features.0", 96, variant.channels, 7, true);
  std::int64_t in = 96;
  for (const Fire& fire : kFires) {
    const std::string name = "features." + std::to_string(fire.position);
    list.conv(name + ".squeeze", fire.squeeze, in, 1, true);
    list.conv(name + ".expand1x1", fire.expand, fire.squeeze, 1, true);
    list.conv(name + ".expand3x3", fire.expand, fire.squeeze, 3, true);
    in = 2 * fire.expand;
  }
  if (variant.classes > 0) list.conv("classifier.1", variant.classes, in, 1, true);
  return std::move(list).take();
}

std::vector<Expected> expected_vgg(const Variant& variant) {
  constexpr int kConvolutions[] = {2, 2, 3, 3, 3};
  TensorList list;
  std::int64_t in = variant.channels;
  int position = 0;
  for (int block = 0; block < 5; ++block, ++position)
    for (int i = 0; i < kConvolutions[block]; ++i, position += 2) {
      const std::int64_t out = std::int64_t{64} << std::min(block, 3);
      list.conv("features." + std::to_string(position), out, in, 3, true);
      in = out;
    }
  if (variant.classes > 0) {
    list.linear("classifier.0", 4096, in * 49);
    list.linear("classifier.3", 4096, 4096);
    list.linear("classifier.6", variant.classes, 4096);
  }
  return std::move(list).take();
}

}  // namespace radfuse::weights
