// SPDX-License-Identifier: Apache-2.0
// A small U-Net learns disks on noise in seconds, and the same bytes come out for any number of threads and breaks.
#include "radfuse/network/unet.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/base/rng.hpp"
#include "radfuse/network/prepare.hpp"

namespace radfuse::network {
namespace {

namespace fs = std::filesystem;

// A brighter disk on noise.
SegmentationSample disk(std::uint64_t index, int size) {
  Rng rng(7, "disk", index);
  const double radius = rng.uniform(0.12, 0.3) * size;
  const double cx = rng.uniform(0.35, 0.65) * size, cy = rng.uniform(0.35, 0.65) * size;
  SegmentationSample sample{Patch(1, size, size), Patch(1, size, size)};
  for (int y = 0; y < size; ++y)
    for (int x = 0; x < size; ++x) {
      const auto i = static_cast<std::size_t>(y * size + x);
      const bool inside = std::hypot(x - cx, y - cy) <= radius;
      sample.mask.values[i] = inside ? 1.0F : 0.0F;
      sample.image.values[i] =
          static_cast<float>(std::clamp(0.35 + (inside ? 0.25 : 0) + 0.15 * rng.normal(), 0.0, 1.0));
    }
  return sample;
}
std::vector<SegmentationSample> disks(std::uint64_t from, std::uint64_t to, int size) {
  std::vector<SegmentationSample> all;
  for (std::uint64_t i = from; i < to; ++i) all.push_back(disk(i, size));
  return all;
}
double dice(const Patch& probability, const Patch& mask) {
  double a = 0, b = 0, both = 0;
  for (std::size_t i = 0; i < mask.values.size(); ++i) {
    const bool p = probability.values[i] >= 0.5F, m = mask.values[i] != 0;
    a += p ? 1 : 0;
    b += m ? 1 : 0;
    both += p && m ? 1 : 0;
  }
  return 2 * both / (a + b);
}
fs::path temporary(const char* name) {
  return fs::path(testing::TempDir()) / name;
}
std::string bytes_of(const UNet& net) {
  const fs::path file = temporary("radfuse_unet_bytes.safetensors");
  net.save(file);
  return read_file(file);
}

UNetParams small_unet() {
  UNetParams p;
  p.base_features = 4;
  p.levels = 3;
  p.train.epochs = 2;
  p.train.batch = 6;
  return p;
}

TEST(UNet, LearnsDisksOnNoise) {
  prepare_process();
  UNetParams settings;
  settings.levels = 3;
  settings.train.epochs = 10;
  settings.train.batch = 4;
  std::vector<double> losses;
  const UNet net = train_unet(disks(0, 24, 48), settings, 1,
                              {.threads = 2, .on_epoch = [&](const EpochReport& e) { losses.push_back(e.loss); }})
                       .network;
  EXPECT_EQ(losses.size(), 10U);
  EXPECT_LT(losses.back(), losses.front() / 2);
  const auto unseen = disks(100, 110, 48);
  std::vector<Patch> images;
  for (const auto& s : unseen) images.push_back(s.image);
  const std::vector<Patch> predicted = net.predict(images, 2);
  double mean = 0;
  for (std::size_t i = 0; i < unseen.size(); ++i) mean += dice(predicted[i], unseen[i].mask) / 10;
  EXPECT_GT(mean, 0.9);
}

TEST(UNet, GivesTheSameBytesForAnyNumberOfThreads) {
  const auto samples = disks(0, 7, 32);  // a last batch of one sample
  const std::string one = bytes_of(train_unet(samples, small_unet(), 5, {.threads = 1}).network);
  EXPECT_EQ(bytes_of(train_unet(samples, small_unet(), 5, {.threads = 2}).network), one);
  EXPECT_EQ(bytes_of(train_unet(samples, small_unet(), 5, {.threads = 3}).network), one);
  EXPECT_NE(bytes_of(train_unet(samples, small_unet(), 6, {.threads = 2}).network), one);
}

TEST(UNet, PredictsEachImageByItself) {
  const UNet net = train_unet(disks(0, 4, 32), small_unet(), 5, {.threads = 2}).network;
  std::vector<Patch> images;
  for (const auto& s : disks(0, 5, 32)) images.push_back(s.image);
  const auto together = net.predict(images, 2), alone = net.predict(std::span(images).subspan(3, 1), 1);
  EXPECT_EQ(together[3].values, alone[0].values);
}

TEST(UNet, ComesBackFromItsFile) {
  const UNet net = train_unet(disks(0, 2, 32), small_unet(), 5, {.threads = 2}).network;
  const fs::path file = temporary("radfuse_unet.safetensors");
  net.save(file);
  const UNet back = UNet::load(file);
  const Patch image = disk(3, 32).image;
  EXPECT_EQ(back.predict(std::span(&image, 1), 1)[0].values, net.predict(std::span(&image, 1), 1)[0].values);
  EXPECT_EQ(bytes_of(back), read_file(file));
}

TEST(UNet, RefusesWhatDoesNotFit) {
  EXPECT_THROW(train_unet({}, small_unet(), 1, {.threads = 1}), InputError);
  auto samples = disks(0, 2, 32);
  samples[1] = disk(1, 48);
  EXPECT_THROW(train_unet(samples, small_unet(), 1, {.threads = 1}), InputError);
  EXPECT_THROW(train_unet(disks(0, 1, 30), small_unet(), 1, {.threads = 1}), InputError);
  const fs::path file = temporary("radfuse_not_a_unet.safetensors");
  write_file(file, "nothing of the kind");
  EXPECT_THROW(UNet::load(file), InputError);
}

TEST(UNet, GoesOnAfterABreakToTheSameBytes) {
  auto samples = disks(0, 8, 32);
  for (std::size_t i = 0; i < samples.size(); ++i) samples[i].patient = "P" + std::to_string(i / 2);
  UNetParams settings = small_unet();
  settings.train.epochs = 4;
  settings.train.validation = 0.25;
  settings.train.checkpoint_minutes = 0;
  const UNetTraining unbroken = train_unet(samples, settings, 5, {.threads = 1});
  EXPECT_TRUE(unbroken.curve.epochs[0].validation.has_value());
  const fs::path checkpoint = temporary("radfuse_unet.checkpoint");
  struct Break {};
  const auto after_two = [](const EpochReport& e) {
    if (e.epoch == 2) throw Break();
  };
  EXPECT_THROW(train_unet(samples, settings, 5, {.checkpoint = checkpoint, .on_epoch = after_two}), Break);
  std::vector<int> epochs;
  const UNetTraining gone_on = train_unet(
      samples, settings, 5,
      {.threads = 2, .checkpoint = checkpoint, .on_epoch = [&](const EpochReport& e) { epochs.push_back(e.epoch); }});
  EXPECT_THAT(epochs, testing::ElementsAre(3, 4));
  EXPECT_EQ(bytes_of(gone_on.network), bytes_of(unbroken.network));
  EXPECT_EQ(to_csv(gone_on.curve), to_csv(unbroken.curve));
  EXPECT_FALSE(fs::exists(checkpoint));
}

}  // namespace
}  // namespace radfuse::network
