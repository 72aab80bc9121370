// SPDX-License-Identifier: Apache-2.0
// ResNet-18's endpoints against PyTorch's for the same weights and image, to 1e-5 of the largest value.
#include "radfuse/network/resnet.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "radfuse/base/error.hpp"
#include "radfuse/base/hash.hpp"
#include "radfuse/weights/weights.hpp"

namespace radfuse::network {
namespace {

using weights::read_weights;
using weights::StateDict;

const std::filesystem::path kFolder = RADFUSE_SOURCE_DIR "/tests/oracle/network";
const std::filesystem::path kWeights = kFolder / "resnet18_narrow.pth";

Patch image_of(const StateDict& fixture) {
  Patch image(1, 64, 64);
  image.values = fixture.find("image")->values;
  return image;
}

void expect_near(const std::vector<float>& ours, const std::vector<float>& theirs, std::string_view what) {
  ASSERT_EQ(ours.size(), theirs.size()) << what;
  double largest = 0, difference = 0;
  for (std::size_t i = 0; i < ours.size(); ++i) {
    largest = std::max(largest, std::abs(static_cast<double>(theirs[i])));
    difference = std::max(difference, std::abs(static_cast<double>(ours[i]) - theirs[i]));
  }
  EXPECT_GT(largest, 0.1) << what;
  EXPECT_LE(difference / largest, 1e-5) << what;
}

TEST(Resnet18, EndpointsMatchPyTorch) {
  const StateDict fixture = read_weights(kFolder / "resnet18_narrow_endpoints.safetensors");
  const Resnet18 net = Resnet18::load(kWeights, sha256_file(kWeights));
  const Patch image = image_of(fixture);
  for (const auto& row : kResnetLayers) {
    const auto ours = net.features(std::span(&image, 1), row.value, Pooling::flatten, 1);
    expect_near(ours[0], fixture.find(row.name)->values, row.name);
  }
}

TEST(Resnet18, PoolsEachMap) {
  const StateDict fixture = read_weights(kFolder / "resnet18_narrow_endpoints.safetensors");
  const Resnet18 net = Resnet18::load(kWeights, sha256_file(kWeights));
  const Patch image = image_of(fixture);
  const std::vector<float>& maps = fixture.find("layer2")->values;  // 8 maps of 8 x 8
  std::vector<float> mean(8), most(8);
  for (std::size_t c = 0; c < 8; ++c) {
    double sum = 0;
    for (std::size_t i = 0; i < 64; ++i) sum += maps[c * 64 + i];
    mean[c] = static_cast<float>(sum / 64);
    most[c] = *std::max_element(maps.begin() + static_cast<std::ptrdiff_t>(c * 64),
                                maps.begin() + static_cast<std::ptrdiff_t>(c * 64 + 64));
  }
  expect_near(net.features(std::span(&image, 1), ResnetLayer::layer2, Pooling::gap, 1)[0], mean, "gap");
  expect_near(net.features(std::span(&image, 1), ResnetLayer::layer2, Pooling::gmp, 1)[0], most, "gmp");
}

TEST(Resnet18, DoesNotDependOnThreadsOrCompany) {
  const Resnet18 net = Resnet18::load(kWeights, sha256_file(kWeights));
  std::vector<Patch> images;
  for (int i = 0; i < 5; ++i) images.emplace_back(1, 64, 64, 0.1F * static_cast<float>(i));
  const auto together = net.features(images, ResnetLayer::avgpool, Pooling::gap, 2);
  for (std::size_t i = 0; i < images.size(); ++i)
    EXPECT_EQ(net.features(std::span(images).subspan(i, 1), ResnetLayer::avgpool, Pooling::gap, 1)[0], together[i]);
}

TEST(Resnet18, RefusesOtherFiles) {
  EXPECT_THROW(Resnet18::load(kWeights, std::string(64, 'a')), InputError);
  EXPECT_THROW(Resnet18::load(kFolder / "missing.pth", std::string(64, 'a')), InputError);
  const auto other = kFolder / "format_zip.pth";
  try {
    Resnet18::load(other, sha256_file(other));
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("conv1.weight is missing"));
  }
}

}  // namespace
}  // namespace radfuse::network
