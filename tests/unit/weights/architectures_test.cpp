// SPDX-License-Identifier: Apache-2.0
// Sizes of the networks as published, end points, and the names that other libraries give their tensors.
#include "radfuse/weights/architectures.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "radfuse/weights/inspect.hpp"

namespace radfuse::weights {
namespace {

StateDict file_of(const std::vector<std::string>& names) {
  StateDict file;
  for (const std::string& name : names) file.tensors.push_back({name, {1}, {0}});
  return file;
}

std::vector<std::string> unified(Architecture architecture, const std::vector<std::string>& names) {
  StateDict file = file_of(names);
  unify_names(file, architecture);
  std::vector<std::string> out;
  for (const NamedTensor& tensor : file.tensors) out.push_back(tensor.name);
  return out;
}

std::uint64_t parameters(Architecture architecture) {
  Variant variant{.channels = own_channels(architecture)};
  if (architecture == Architecture::resnet20_cifar) variant.classes = 10;
  if (dimensions(architecture) == 3) variant.classes = 0;
  std::uint64_t all = 0;
  for (const Expected& tensor : expected_tensors(architecture, variant)) {
    if (tensor.name.find("running_") != std::string::npos) continue;
    std::uint64_t count = 1;
    for (const std::int64_t n : tensor.shape) count *= static_cast<std::uint64_t>(n);
    all += count;
  }
  return all;
}

// num_params of torchvision 0.14's model descriptions; Lite0 and the CIFAR network from their authors' pages.
TEST(ExpectedTensors, AddUpToThePublishedNumbersOfParameters) {
  const std::map<Architecture, std::uint64_t> published = {
      {Architecture::resnet18, 11689512},     {Architecture::resnet34, 21797672},
      {Architecture::resnet50, 25557032},     {Architecture::resnet101, 44549160},
      {Architecture::densenet121, 7978856},   {Architecture::efficientnet_b0, 5288548},
      {Architecture::squeezenet1_0, 1248424}, {Architecture::vgg16, 138357544},
      {Architecture::mobilenet_v2, 3504872},  {Architecture::vit_b_16, 86567656},
      {Architecture::swin_t, 28288354},       {Architecture::efficientnet_lite0, 4652008},
      {Architecture::resnet20_cifar, 269722},
  };
  for (const auto& [architecture, count] : published)
    EXPECT_EQ(parameters(architecture), count) << static_cast<int>(architecture);
}

TEST(EndPoints, EndWithTheDefaultAndWhatNeedsAClassifier) {
  for (const auto& row : kArchitectures) {
    bool classifier = false;
    for (const EndPoint& point : end_points(row.value)) {
      EXPECT_GE(point.needs_classifier, classifier) << row.name;
      classifier = point.needs_classifier;
    }
    EXPECT_NE(default_end_point(row.value), "logits") << row.name;
  }
  EXPECT_EQ(default_end_point(Architecture::resnet18), "layer4");
  EXPECT_EQ(default_end_point(Architecture::vgg16), "block5");
  EXPECT_EQ(default_end_point(Architecture::vit_b_16), "class_token");
}

TEST(UnifyNames, RemovesPrefixesAndCounters) {
  StateDict file = file_of({"module.conv1.weight", "module.bn1.num_batches_tracked"});
  const Unified done = unify_names(file, Architecture::resnet18);
  ASSERT_EQ(file.tensors.size(), 1U);
  EXPECT_EQ(file.tensors[0].name, "conv1.weight");
  EXPECT_EQ(done.words, "removed 'module.' before every name");
}

TEST(UnifyNames, OfRadimagenetAndOldTorchvision) {
  EXPECT_THAT(unified(Architecture::resnet50, {"backbone.0.weight", "backbone.1.running_var",
                                               "backbone.4.0.conv1.weight", "backbone.7.2.bn3.bias"}),
              testing::ElementsAre("conv1.weight", "bn1.running_var", "layer1.0.conv1.weight", "layer4.2.bn3.bias"));
  EXPECT_THAT(
      unified(Architecture::densenet121, {"features.conv0.weight", "features.denseblock1.denselayer2.norm.1.bias",
                                          "features.denseblock1.denselayer2.conv.2.weight"}),
      testing::ElementsAre("features.conv0.weight", "features.denseblock1.denselayer2.norm1.bias",
                           "features.denseblock1.denselayer2.conv2.weight"));
}

TEST(UnifyNames, OfEfficientNetPyTorch) {
  const std::vector<std::string> names = {"_conv_stem.weight",
                                          "_bn0.bias",
                                          "_blocks.0._depthwise_conv.weight",
                                          "_blocks.0._bn1.weight",
                                          "_blocks.0._se_reduce.bias",
                                          "_blocks.0._project_conv.weight",
                                          "_blocks.3._expand_conv.weight",
                                          "_blocks.15._bn2.running_mean",
                                          "_conv_head.weight",
                                          "_bn1.weight",
                                          "_fc.bias"};
  EXPECT_THAT(unified(Architecture::efficientnet_b0, names),
              testing::ElementsAre("features.0.0.weight", "features.0.1.bias", "features.1.0.block.0.0.weight",
                                   "features.1.0.block.0.1.weight", "features.1.0.block.1.fc1.bias",
                                   "features.1.0.block.2.0.weight", "features.3.0.block.0.0.weight",
                                   "features.7.0.block.3.1.running_mean", "features.8.0.weight", "features.8.1.weight",
                                   "classifier.1.bias"));
  StateDict file = file_of(names);
  EXPECT_TRUE(unify_names(file, Architecture::efficientnet_b0).tensorflow);
}

TEST(UnifyNames, OfTimm) {
  EXPECT_THAT(unified(Architecture::efficientnet_b0,
                      {"conv_stem.weight", "bn1.weight", "blocks.0.0.conv_dw.weight", "blocks.0.0.bn2.bias",
                       "blocks.1.1.conv_pw.weight", "blocks.1.1.se.conv_expand.weight", "blocks.6.0.conv_pwl.weight",
                       "conv_head.weight", "bn2.weight", "classifier.weight"}),
              testing::ElementsAre("features.0.0.weight", "features.0.1.weight", "features.1.0.block.0.0.weight",
                                   "features.1.0.block.2.1.bias", "features.2.1.block.0.0.weight",
                                   "features.2.1.block.2.fc2.weight", "features.7.0.block.3.0.weight",
                                   "features.8.0.weight", "features.8.1.weight", "classifier.1.weight"));
  EXPECT_THAT(unified(Architecture::mobilenet_v2, {"blocks.0.0.conv_pw.weight", "blocks.2.1.bn3.bias"}),
              testing::ElementsAre("features.1.conv.1.weight", "features.5.conv.3.bias"));
  EXPECT_THAT(
      unified(Architecture::vit_b_16, {"cls_token", "pos_embed", "patch_embed.proj.weight", "blocks.11.attn.qkv.weight",
                                       "blocks.0.mlp.fc2.bias", "norm.weight", "head.bias"}),
      testing::ElementsAre("class_token", "encoder.pos_embedding", "conv_proj.weight",
                           "encoder.layers.encoder_layer_11.self_attention.in_proj_weight",
                           "encoder.layers.encoder_layer_0.mlp.3.bias", "encoder.ln.weight", "heads.head.bias"));
  EXPECT_THAT(
      unified(Architecture::swin_t, {"patch_embed.norm.bias", "layers.1.downsample.norm.weight",
                                     "layers.2.blocks.5.mlp.fc1.weight", "head.fc.weight"}),
      testing::ElementsAre("features.0.2.bias", "features.2.norm.weight", "features.5.5.mlp.0.weight", "head.weight"));
}

// Every architecture recognises its own tensors, narrow ones too, and with or without a classifier.
TEST(BestMatches, FindEachArchitecture) {
  for (const auto& row : kArchitectures) {
    Variant variant{.channels = own_channels(row.value), .classes = 2};
    if (dimensions(row.value) == 3) variant.classes = 0;
    StateDict file;
    for (const Expected& tensor : expected_tensors(row.value, variant))
      file.tensors.push_back({tensor.name, tensor.shape, {}});
    const auto matches = best_matches(file);
    ASSERT_FALSE(matches.empty()) << row.name;
    EXPECT_EQ(matches.front().architecture, row.value) << row.name;
    EXPECT_EQ(matches.front().missing + matches.front().unexpected, 0U) << row.name;
    EXPECT_EQ(matches.front().variant.classes, variant.classes) << row.name;
  }
}

TEST(BestMatches, TellTheWidthFromTheFirstConvolution) {
  StateDict file;
  for (const Expected& tensor : expected_tensors(Architecture::resnet34, {.channels = 1, .classes = 0, .width = 8}))
    file.tensors.push_back({tensor.name, tensor.shape, {}});
  const Match best = best_matches(file).front();
  EXPECT_EQ(best.architecture, Architecture::resnet34);
  EXPECT_EQ(best.variant.width, 8);
  EXPECT_EQ(best.variant.channels, 1);
  EXPECT_TRUE(best_matches(file_of({"a", "b"})).empty());
}

TEST(StoredTypes, AreThoseOfTheFile) {
  StateDict file = file_of({"a", "b"});
  std::vector<std::string> types;
  parse_weights(to_safetensors(file), types);
  EXPECT_THAT(types, testing::ElementsAre("float32", "float32"));
}

}  // namespace
}  // namespace radfuse::weights
