// SPDX-License-Identifier: Apache-2.0
// Weights as Python's torch.save writes them (scripts/oracles/resnet18_fixture.py), and two published files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "radfuse/weights/weights.hpp"
#include "reference_data.hpp"

namespace radfuse::weights {
namespace {

class Formats : public testing::TestWithParam<const char*> {};

TEST_P(Formats, HoldsTheTensorsThatPythonSaved) {
  StateDict weights = read_weights(std::string(RADFUSE_SOURCE_DIR "/tests/oracle/weights/") + GetParam());
  strip_prefixes(weights);
  const std::vector<Expected> expected{{"a", {2, 3}}, {"b", {3, 2}}, {"c", {}}};
  const auto found = match(weights, expected);
  EXPECT_THAT(found[0]->values, testing::ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_THAT(found[1]->values, testing::ElementsAre(0, 3, 1, 4, 2, 5));
  EXPECT_THAT(found[2]->values, testing::ElementsAre(0.5));
  EXPECT_EQ(weights.tensors.size(), 3U);
}

INSTANTIATE_TEST_SUITE_P(Files, Formats,
                         testing::Values("format_zip.pth", "format_legacy.pth", "format_checkpoint.pth",
                                         "format_half.pth", "format_bfloat16.pth", "format_double.pth",
                                         "format.safetensors", "format_module.pt"));

// github.com/akamaster/pytorch_resnet_cifar10: saved on a GPU by an old PyTorch, names with "module.".
TEST(PublishedWeights, LegacyResnet20) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  StateDict weights = read_weights(data / "weights" / "resnet20-12fca82f.th");
  strip_prefixes(weights);
  std::size_t values = 0;
  for (const auto& tensor : weights.tensors)
    if (tensor.name.find("running") == std::string::npos) values += tensor.values.size();
  EXPECT_EQ(values, 269722U);  // parameters of ResNet-20 for CIFAR-10 (0.27 million, He et al. 2016)
  ASSERT_NE(weights.find("conv1.weight"), nullptr);
  EXPECT_THAT(weights.find("conv1.weight")->shape, testing::ElementsAre(16, 3, 3, 3));
  EXPECT_THAT(weights.find("linear.weight")->shape, testing::ElementsAre(10, 64));
}

TEST(PublishedWeights, Squeezenet) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  const StateDict weights = read_weights(data / "weights" / "squeezenet1_0_dc.pth");
  std::size_t values = 0;
  for (const auto& tensor : weights.tensors) values += tensor.values.size();
  EXPECT_EQ(weights.tensors.size(), 52U);
  EXPECT_EQ(values, 1248424U);  // parameters of torchvision's squeezenet1_0
  EXPECT_THAT(weights.find("features.0.weight")->shape, testing::ElementsAre(96, 3, 7, 7));
}

}  // namespace
}  // namespace radfuse::weights
