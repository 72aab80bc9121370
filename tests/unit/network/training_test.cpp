// SPDX-License-Identifier: Apache-2.0
// Small networks learn small tasks, in seconds, and the same bytes come out for any number of threads.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/base/rng.hpp"
#include "radfuse/network/autoencoder.hpp"
#include "radfuse/network/prepare.hpp"
#include "radfuse/network/unet.hpp"

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
  p.epochs = 2;
  p.batch = 6;
  return p;
}

TEST(UNet, LearnsDisksOnNoise) {
  prepare_process();
  UNetParams settings;
  settings.levels = 3;
  settings.epochs = 10;
  settings.batch = 4;
  std::vector<double> losses;
  const UNet net = train_unet(disks(0, 24, 48), settings, 1, 2, [&](const Progress& p) { losses.push_back(p.loss); });
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
  const std::string one = bytes_of(train_unet(samples, small_unet(), 5, 1));
  EXPECT_EQ(bytes_of(train_unet(samples, small_unet(), 5, 2)), one);
  EXPECT_EQ(bytes_of(train_unet(samples, small_unet(), 5, 3)), one);
  EXPECT_NE(bytes_of(train_unet(samples, small_unet(), 6, 2)), one);
}

TEST(UNet, PredictsEachImageByItself) {
  const UNet net = train_unet(disks(0, 4, 32), small_unet(), 5, 2);
  std::vector<Patch> images;
  for (const auto& s : disks(0, 5, 32)) images.push_back(s.image);
  const auto together = net.predict(images, 2), alone = net.predict(std::span(images).subspan(3, 1), 1);
  EXPECT_EQ(together[3].values, alone[0].values);
}

TEST(UNet, ComesBackFromItsFile) {
  const UNet net = train_unet(disks(0, 2, 32), small_unet(), 5, 2);
  const fs::path file = temporary("radfuse_unet.safetensors");
  net.save(file);
  const UNet back = UNet::load(file);
  const Patch image = disk(3, 32).image;
  EXPECT_EQ(back.predict(std::span(&image, 1), 1)[0].values, net.predict(std::span(&image, 1), 1)[0].values);
  EXPECT_EQ(bytes_of(back), read_file(file));
}

TEST(UNet, RefusesWhatDoesNotFit) {
  EXPECT_THROW(train_unet({}, small_unet(), 1, 1), InputError);
  auto samples = disks(0, 2, 32);
  samples[1] = disk(1, 48);
  EXPECT_THROW(train_unet(samples, small_unet(), 1, 1), InputError);
  EXPECT_THROW(train_unet(disks(0, 1, 30), small_unet(), 1, 1), InputError);
  const fs::path file = temporary("radfuse_not_a_unet.safetensors");
  write_file(file, "nothing of the kind");
  EXPECT_THROW(UNet::load(file), InputError);
}

// A smooth blob whose place, width and brightness vary.
std::vector<Patch> blobs(std::size_t count, int size) {
  std::vector<Patch> all;
  for (std::size_t i = 0; i < count; ++i) {
    Rng rng(3, "blob", i);
    const double cx = rng.uniform(0.2, 0.8) * size, cy = rng.uniform(0.2, 0.8) * size;
    const double width = rng.uniform(0.1, 0.25) * size, height = rng.uniform(0.3, 0.9);
    Patch p(1, size, size);
    for (int y = 0; y < size; ++y)
      for (int x = 0; x < size; ++x)
        p.values[static_cast<std::size_t>(y * size + x)] =
            static_cast<float>(height * std::exp(-((x - cx) * (x - cx) + (y - cy) * (y - cy)) / (2 * width * width)));
    all.push_back(std::move(p));
  }
  return all;
}
std::vector<std::string> names(std::size_t count) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < count; ++i) all.push_back("P" + std::to_string(i));
  return all;
}
AutoencoderParams small_autoencoder(int epochs) {
  AutoencoderParams p;
  p.features = 8;
  p.size = 32;
  p.train.epochs = epochs;
  return p;
}

TEST(Autoencoder, LearnsToRebuildAndTellsCasesApart) {
  prepare_process();
  const auto images = blobs(40, 32);
  AutoencoderParams settings = small_autoencoder(40);
  std::vector<Progress> told;
  const AutoencoderTraining made =
      train_autoencoder(images, names(40), settings, 1, 2, [&](const Progress& p) { told.push_back(p); });
  ASSERT_FALSE(told.empty());
  EXPECT_LT(told.back().loss, told.front().loss / 3);
  EXPECT_LT(made.validation_error, *told.front().validation);
  EXPECT_GE(made.epochs, 1);
  const auto features = made.network.encode(images, 2);
  for (std::size_t i = 0; i < features.size(); ++i) {
    ASSERT_EQ(features[i].size(), 8U);
    EXPECT_THAT(features[i], testing::Each(testing::Truly([](float v) { return std::isfinite(v); })));
    if (i > 0) {
      EXPECT_NE(features[i], features[i - 1]);
    }
  }
}

TEST(Autoencoder, GivesTheSameBytesForAnyNumberOfThreadsAndComesBack) {
  const auto images = blobs(11, 32);
  const auto bytes = [&](int threads, std::uint64_t seed) {
    const fs::path file = temporary("radfuse_autoencoder.safetensors");
    train_autoencoder(images, names(11), small_autoencoder(3), seed, threads).network.save(file);
    return read_file(file);
  };
  const std::string one = bytes(1, 5);
  EXPECT_EQ(bytes(2, 5), one);
  EXPECT_NE(bytes(2, 6), one);
  const auto made = train_autoencoder(images, names(11), small_autoencoder(3), 6, 1);
  const Autoencoder back = Autoencoder::load(temporary("radfuse_autoencoder.safetensors"));
  EXPECT_EQ(back.encode(images, 2), made.network.encode(images, 1));
  EXPECT_EQ(back.features(), 8);
}

TEST(Autoencoder, KeepsAPatientsImagesTogetherAndReportsNoValidationWithoutOne) {
  const auto images = blobs(4, 32);
  const std::vector<std::string> same(4, "P1");
  EXPECT_TRUE(std::isnan(train_autoencoder(images, same, small_autoencoder(1), 1, 1).validation_error));
  EXPECT_THROW(train_autoencoder({}, {}, small_autoencoder(1), 1, 1), InputError);
  EXPECT_THROW(train_autoencoder(blobs(2, 48), names(2), small_autoencoder(1), 1, 1), InputError);
}

}  // namespace
}  // namespace radfuse::network
