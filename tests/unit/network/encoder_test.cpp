// SPDX-License-Identifier: Apache-2.0
// Encoders as sources of features: layers, pooling, normalisation, gradients, attention, and what is refused.
#include "radfuse/network/encoder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "encoders.hpp"
#include "libtorch.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/hash.hpp"

namespace radfuse::network {
namespace {

const std::filesystem::path kNarrow = RADFUSE_SOURCE_DIR "/tests/oracle/network/resnet18_narrow.pth";

EncoderParams narrow() {
  EncoderParams params;
  params.weights = WeightsParams{kNarrow.string(), sha256_file(kNarrow)};
  return params;
}

Patch image(int channels = 1, float phase = 0, int side = 64) {
  Patch made(channels, side, side);
  for (std::size_t i = 0; i < made.values.size(); ++i)
    made.values[i] = 0.5F + 0.5F * std::sin(0.37F * static_cast<float>(i) + phase);
  return made;
}

std::vector<float> features(const EncoderParams& params, const Patch& of) {
  return Encoder::load(params, "", 1).features(std::span(&of, 1), 1).front();
}

TEST(EncoderFeatures, PoolEachMapOfEachLayer) {
  EncoderParams params = narrow();
  params.layers = {"layer2", "layer4"};
  const Patch one = image();
  const Encoder net = Encoder::load(params, "", 1);
  const Patch maps = net.maps(one, "layer2").maps;
  const auto average = net.features(std::span(&one, 1), 1).front();
  params.pooling = Pooling::maximum;
  const auto maximum = features(params, one);
  params.pooling = Pooling::average_deviation;
  const auto both = features(params, one);
  ASSERT_EQ(average.size(), 8U + 32U);
  ASSERT_EQ(both.size(), 2 * average.size());
  for (std::size_t c = 0; c < 8; ++c) {
    const auto begin = maps.values.begin() + static_cast<std::ptrdiff_t>(64 * c), end = begin + 64;
    double mean = 0, square = 0;
    for (auto v = begin; v != end; ++v) mean += *v / 64.0;
    for (auto v = begin; v != end; ++v) square += (*v - mean) * (*v - mean) / 64;
    EXPECT_NEAR(average[c], mean, 1e-4 * (1 + std::abs(mean)));
    EXPECT_NEAR(maximum[c], *std::max_element(begin, end), 1e-4 * (1 + std::abs(maximum[c])));
    EXPECT_NEAR(both[8 + c], std::sqrt(square), 1e-4 * (1 + std::sqrt(square)));
  }
}

TEST(EncoderFeatures, HaveNames) {
  EncoderParams params = narrow();
  params.layers = {"layer1", "layer4"};
  const auto names = Encoder::load(params, "", 1).names();
  ASSERT_EQ(names.size(), 36U);
  EXPECT_EQ(names.front(), "layer1.0000");
  EXPECT_EQ(names[4], "layer4.0000");
  EXPECT_EQ(names.back(), "layer4.0031");
  params.pooling = Pooling::flatten;
  params.layers = {"layer4"};
  params.size = 64;
  EXPECT_EQ(Encoder::load(params, "", 1).names().size(), 32U * 2 * 2);
}

TEST(EncoderFeatures, DoNotDependOnThreadsOrCompany) {
  const Encoder net = Encoder::load(narrow(), "", 1);
  std::vector<Patch> images;
  for (int i = 0; i < 5; ++i) images.push_back(image(1, static_cast<float>(i)));
  const auto together = net.features(images, 2);
  for (std::size_t i = 0; i < images.size(); ++i)
    EXPECT_EQ(net.features(std::span(images).subspan(i, 1), 1)[0], together[i]);
}

// The gradient with respect to the last maps of a sum of their means: the direction, shared among the pixels.
TEST(EncoderGradient, OfAveragedMapsIsTheDirectionOverThePixels) {
  const Encoder net = Encoder::load(narrow(), "", 1);
  std::vector<double> direction(32);
  for (std::size_t i = 0; i < direction.size(); ++i) direction[i] = static_cast<double>(i) - 10;
  const FeatureMaps found = net.gradient(image(), direction);
  EXPECT_EQ(found.layer, "layer4");
  ASSERT_EQ(found.maps.values.size(), 32U * 4);
  for (std::size_t i = 0; i < found.maps.values.size(); ++i)
    EXPECT_NEAR(found.maps.values[i], direction[i / 4] / 4, 1e-6);
}

// Of a layer behind the maps (the classifier), by finite differences of the classifier itself.
TEST(EncoderGradient, ReachesTheMapsFromTheClassifier) {
  EncoderParams params = narrow();
  params.layers = {"logits"};
  const Encoder net = Encoder::load(params, "", 1);
  const FeatureMaps found = net.gradient(image(), std::vector<double>{1, 0});
  EXPECT_EQ(found.layer, "layer4");
  const std::vector<float> weight = to_vector(get(net.net().parameters, "fc.weight"));
  for (std::size_t i = 0; i < found.maps.values.size(); ++i) EXPECT_NEAR(found.maps.values[i], weight[i / 4] / 4, 1e-6);
}

TEST(EncoderNormalisation, FollowsItsFormula) {
  const Patch grey(1, 32, 32, 0.5F);
  Input input;
  const auto first = [&] { return to_vector(normalised(grey, input)).front(); };
  EXPECT_NEAR(first(), (0.5 - 0.485) / 0.229, 1e-6);
  input.normalisation = Normalisation::caffe;
  EXPECT_NEAR(first(), 127.5 - 123, 1e-4);
  EXPECT_NEAR(to_vector(normalised(grey, input)).back(), 127.5 - 104, 1e-4);
  input.normalisation = Normalisation::minus_one_one;
  EXPECT_EQ(first(), 0);
  input.normalisation = Normalisation::z_score;
  EXPECT_EQ(first(), 0);  // constant: nothing but the mean
  input.lite = true;
  EXPECT_NEAR(first(), (127.5 - 127) / 128, 1e-6);
}

TEST(EncoderAttention, BeginsAsNothingAndThenActs) {
  settle_thread();
  const torch::NoGradGuard without;
  Parameters parameters = random_parameters(Architecture::resnet18, {.classes = 2, .width = 8}, 1);
  const torch::Tensor batch = normalised(image(3), {});
  const std::vector<std::string> wanted{"layer4"};
  const torch::Tensor plain = forward({}, parameters, batch, wanted).front().second;
  Rng rng(1, "test");
  add_attention(parameters, Attention::both, 64, 2, rng);
  EXPECT_TRUE(torch::equal(forward({}, parameters, batch, wanted).front().second, plain));
  parameters["attention.spatial.conv.bias"].fill_(1);
  const torch::Tensor gated = forward({}, parameters, batch, wanted).front().second;
  EXPECT_TRUE(torch::allclose(gated, plain * 2 / (1 + std::exp(-1.0)), 1e-5, 1e-5));
}

// 8 binary digits: roundings of 2^-9 in each layer, far from both nothing and everything.
TEST(EncoderPrecision, Bfloat16ReachesConvolutionsAndProducts) {
  const torch::NoGradGuard without;
  for (const Architecture architecture : {Architecture::resnet20_cifar, Architecture::squeezenet1_0}) {
    const Layout layout{architecture};
    const Parameters parameters = random_parameters(architecture, {.classes = 0}, 1);
    const torch::Tensor image = torch::sin(torch::arange(3 * 32 * 32, torch::kFloat32) * 0.01).view({1, 3, 32, 32});
    const torch::Tensor exact = forward(layout, parameters, image).back().second;
    const Autocast lower(Precision::bfloat16, torch::kCPU);
    const torch::Tensor rounded = forward(layout, parameters, image).back().second.to(torch::kFloat32);
    const double error = ((rounded - exact).norm() / exact.norm()).item<double>();
    EXPECT_GT(error, 1.0 / 4096);
    EXPECT_LT(error, 0.1);
  }
}

// oneDNN's own order of memory changes where numbers lie, and roundings of sums.
TEST(EncoderPacking, GivesTheSameMaps) {
  if (!at::hasMKLDNN())
    GTEST_SKIP() << "this LibTorch has no oneDNN, so nothing is packed; Debian's libtorch-dev for amd64 has it";
  const torch::NoGradGuard without;
  for (const Architecture architecture :
       {Architecture::resnet18, Architecture::resnet50, Architecture::vgg16, Architecture::resnet10_3d}) {
    const Layout layout{architecture};
    const bool block = weights::dimensions(architecture) == 3;
    const std::int64_t channels = weights::own_channels(architecture);
    const Parameters plain =
        folded(layout, random_parameters(architecture, {.channels = channels, .classes = 0, .width = 8}, 1));
    const Parameters blocks = packed(layout, plain);
    ASSERT_FALSE(blocks.empty());
    std::vector<std::int64_t> shape{1, channels};
    shape.resize(block ? 5 : 4, block ? 20 : 40);
    const torch::Tensor image =
        torch::sin(torch::arange(torch::zeros(shape).numel(), torch::kFloat32) * 0.01).view(shape);
    const EndPoints expected = forward(layout, plain, image), found = forward(layout, blocks, image.to_mkldnn());
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
      EXPECT_EQ(found[i].first, expected[i].first);
      const double error =
          ((found[i].second - expected[i].second).abs().max() / expected[i].second.abs().max()).item<double>();
      EXPECT_LT(error, 1e-5) << found[i].first;  // what docs/encoders.md promises beside PyTorch
    }
  }
  EXPECT_TRUE(
      packed({Architecture::densenet121}, random_parameters(Architecture::densenet121, {.classes = 0}, 1)).empty());
}

TEST(EncoderLoading, RandomWeightsFollowTheSeed) {
  EncoderParams params;
  params.architecture = Architecture::resnet20_cifar;
  params.random_weights = true;
  const Patch one = image(1, 0, 32);
  const auto run = [&](std::uint64_t seed) {
    return Encoder::load(params, "", seed).features(std::span(&one, 1), 1).front();
  };
  EXPECT_EQ(run(1), run(1));
  EXPECT_NE(run(1), run(2));
}

TEST(EncoderLoading, RefusesWhatDoesNotFit) {
  const auto refused = [](const EncoderParams& params, const Patch& of) {
    try {
      features(params, of);
    } catch (const InputError& error) {
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  EncoderParams params = narrow();
  params.layers = {"layer5"};
  EXPECT_THAT(refused(params, image()), testing::HasSubstr("no end point 'layer5'"));
  params = narrow();
  EXPECT_THAT(refused(params, image(2)), testing::HasSubstr("takes 3 channel(s), the image has 2"));
  EXPECT_THAT(refused(params, image(1, 0, 16)), testing::HasSubstr("at least 32"));
  params.weights->sha256 = std::string(64, 'a');
  EXPECT_THAT(refused(params, image()), testing::HasSubstr("not the file that the study names"));
  params = narrow();
  params.architecture = Architecture::resnet34;
  EXPECT_THAT(refused(params, image()), testing::HasSubstr("layer1.2.conv1.weight is missing"));
}

}  // namespace
}  // namespace radfuse::network
