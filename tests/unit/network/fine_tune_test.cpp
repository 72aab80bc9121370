// SPDX-License-Identifier: Apache-2.0
// A pretrained encoder is trained further: frozen parts and the statistics of batch norm stay, the rest learns.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/base/rng.hpp"
#include "radfuse/network/classifier.hpp"
#include "radfuse/network/prepare.hpp"
#include "radfuse/weights/weights.hpp"

namespace radfuse::network {
namespace {

namespace fs = std::filesystem;
constexpr int kSize = 32;

// Bright in the left half, or in the right one.
std::vector<LabelledCase> halves(std::size_t count) {
  std::vector<LabelledCase> cases;
  for (std::size_t i = 0; i < count; ++i) {
    Rng rng(8, "half", i);
    Patch image(1, kSize, kSize);
    const int outcome = static_cast<int>(i % 2);
    for (std::size_t k = 0; k < image.values.size(); ++k) {
      const bool right = k % kSize >= kSize / 2;
      image.values[k] =
          static_cast<float>(std::clamp(0.4 + (right == (outcome == 1) ? 0.2 : 0) + 0.1 * rng.normal(), 0.0, 1.0));
    }
    cases.push_back({.images = {image}, .outcome = outcome, .patient = "P" + std::to_string(i)});
  }
  return cases;
}
EncoderParams encoder(int epochs, Attention attention = Attention::none) {
  EncoderParams params;
  params.architecture = Architecture::resnet20_cifar;
  params.random_weights = true;
  params.attention = attention;
  params.size = kSize;
  params.fine_tune = FineTuneParams{};
  params.fine_tune->train.epochs = epochs;
  params.fine_tune->train.learning_rate = 3e-3;
  params.fine_tune->train.augment = false;  // a mirror would swap the outcomes
  params.fine_tune->train.validation = 0;
  return params;
}
fs::path file() {
  return fs::path(testing::TempDir()) / "radfuse_fine_tuned.safetensors";
}
weights::StateDict trained(const EncoderParams& params, int threads = 2) {
  train_classifier(halves(12), params, {}, 1, {.threads = threads}).network.save(file());
  return weights::read_weights(file());
}

TEST(FineTune, Learns) {
  prepare_process();
  const ClassifierTraining made = train_classifier(halves(16), encoder(6), {}, 1, {.threads = 2});
  EXPECT_LT(made.curve.epochs.back().loss, made.curve.epochs.front().loss / 2);
  EXPECT_LT(made.curve.epochs.back().loss, 0.35);  // half of ln 2, what a guess would lose
  const auto maps = made.network.grad_cam(halves(1)[0].images);
  EXPECT_EQ(maps[0].width, kSize);
}

TEST(FineTune, LeavesFrozenPartsAndStatisticsAlone) {
  EncoderParams one = encoder(1), three = encoder(3);
  for (EncoderParams* params : {&one, &three}) params->fine_tune->frozen = {"conv1", "bn1", "layer1"};
  const auto a = trained(one), b = trained(three);
  ASSERT_EQ(a.tensors.size(), b.tensors.size());
  int same = 0, other = 0;
  for (const auto& tensor : a.tensors) {
    const auto& later = *b.find(tensor.name);
    const bool stays = tensor.name.starts_with("conv1") || tensor.name.starts_with("bn1") ||
                       tensor.name.starts_with("layer1") || tensor.name.ends_with("running_mean") ||
                       tensor.name.ends_with("running_var");
    if (stays)
      EXPECT_EQ(tensor.values, later.values) << tensor.name;
    else
      EXPECT_NE(tensor.values, later.values) << tensor.name;
    ++(stays ? same : other);
  }
  EXPECT_GT(same, 20);
  EXPECT_GT(other, 20);
  one.fine_tune->frozen = {"layer9"};
  EXPECT_THROW(trained(one), StudyError);
}

TEST(FineTune, ComesBackFromItsFileWithAttention) {
  for (const Attention attention : {Attention::channel, Attention::spatial, Attention::both}) {
    const auto cases = halves(8);
    const Classifier told = train_classifier(cases, encoder(2, attention), {}, 1, {.threads = 1}).network;
    told.save(file());
    const std::string bytes = read_file(file());
    const Classifier back = Classifier::load(file());
    std::vector<std::vector<Patch>> images;
    for (const LabelledCase& one : cases) images.push_back(one.images);
    const auto a = told.answer(images, 2), b = back.answer(images, 1);
    for (std::size_t i = 0; i < a.size(); ++i) {
      EXPECT_EQ(a[i].probability, b[i].probability);
      EXPECT_EQ(a[i].features.size(), 64U);
    }
    back.save(file());
    EXPECT_EQ(read_file(file()), bytes);
  }
}

TEST(FineTune, GivesTheSameBytesForAnyThreads) {
  trained(encoder(2), 1);
  const std::string one = read_file(file());
  trained(encoder(2), 3);
  EXPECT_EQ(read_file(file()), one);
}

}  // namespace
}  // namespace radfuse::network
