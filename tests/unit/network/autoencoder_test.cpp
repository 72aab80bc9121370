// SPDX-License-Identifier: Apache-2.0
// Small autoencoders learn to rebuild blobs in 2-D and 3-D, and the same bytes come out for any number of threads and
// breaks.
#include "radfuse/network/autoencoder.hpp"

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

fs::path temporary(const std::string& name) {
  return fs::path(testing::TempDir()) / name;
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
  const AutoencoderTraining made = train_autoencoder(images, names(40), settings, 1, {.threads = 2});
  const auto& told = made.curve.epochs;
  ASSERT_FALSE(told.empty());
  EXPECT_LT(told.back().loss, told.front().loss / 3);
  EXPECT_LT(made.validation_error, *told.front().validation);
  EXPECT_GE(made.curve.kept_epoch, 1);
  const auto rebuilt = made.network.reconstruct(images, 2);
  double error = 0;
  for (std::size_t k = 0; k < rebuilt[0].values.size(); ++k)
    error += std::pow(rebuilt[0].values[k] - images[0].values[k], 2) / static_cast<double>(rebuilt[0].values.size());
  EXPECT_LT(error, 0.02);
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
    train_autoencoder(images, names(11), small_autoencoder(3), seed, {.threads = threads}).network.save(file);
    return read_file(file);
  };
  const std::string one = bytes(1, 5);
  EXPECT_EQ(bytes(2, 5), one);
  EXPECT_NE(bytes(2, 6), one);
  const auto made = train_autoencoder(images, names(11), small_autoencoder(3), 6, {});
  const Autoencoder back = Autoencoder::load(temporary("radfuse_autoencoder.safetensors"));
  EXPECT_EQ(back.encode(images, 2), made.network.encode(images, 1));
  EXPECT_EQ(back.features(), 8);
}

TEST(Autoencoder, KeepsAPatientsImagesTogetherAndReportsNoValidationWithoutOne) {
  const auto images = blobs(4, 32);
  const std::vector<std::string> same(4, "P1");
  EXPECT_TRUE(std::isnan(train_autoencoder(images, same, small_autoencoder(1), 1, {}).validation_error));
  EXPECT_THROW(train_autoencoder({}, {}, small_autoencoder(1), 1, {}), InputError);
  EXPECT_THROW(train_autoencoder(blobs(2, 48), names(2), small_autoencoder(1), 1, {}), InputError);
}

// The same in a block.
std::vector<Patch> balls(std::size_t count, int size) {
  std::vector<Patch> all;
  for (std::size_t i = 0; i < count; ++i) {
    Rng rng(4, "ball", i);
    const double cx = rng.uniform(0.3, 0.7) * size, cy = rng.uniform(0.3, 0.7) * size,
                 cz = rng.uniform(0.3, 0.7) * size;
    const double width = rng.uniform(0.1, 0.25) * size;
    Patch p = Patch::block(1, size, size, size);
    std::size_t at = 0;
    for (int z = 0; z < size; ++z)
      for (int y = 0; y < size; ++y)
        for (int x = 0; x < size; ++x, ++at)
          p.values[at] = static_cast<float>(
              std::exp(-((x - cx) * (x - cx) + (y - cy) * (y - cy) + (z - cz) * (z - cz)) / (2 * width * width)));
    all.push_back(std::move(p));
  }
  return all;
}
AutoencoderParams small_3d(int epochs) {
  AutoencoderParams p = small_autoencoder(epochs);
  p.dimensions = 3;
  p.train.batch = 4;
  return p;
}

TEST(Autoencoder, RebuildsBlocks) {
  const auto images = balls(9, 32);
  const AutoencoderTraining made = train_autoencoder(images, names(9), small_3d(12), 1, {.threads = 2});
  EXPECT_LT(made.curve.epochs.back().loss, made.curve.epochs.front().loss / 2);
  EXPECT_EQ(made.network.dimensions(), 3);
  const auto rebuilt = made.network.reconstruct(images, 2);
  EXPECT_EQ(rebuilt[0].depth, 32);
  EXPECT_EQ(rebuilt[0].values.size(), images[0].values.size());
  made.network.save(temporary("radfuse_autoencoder_3d.safetensors"));
  const Autoencoder back = Autoencoder::load(temporary("radfuse_autoencoder_3d.safetensors"));
  EXPECT_EQ(back.encode(images, 1), made.network.encode(images, 2));
  EXPECT_THROW(back.encode(blobs(1, 32), 1), InputError);
}

TEST(Autoencoder, GoesOnAfterABreakToTheSameBytes) {
  for (const int dimensions : {2, 3}) {
    const auto images = dimensions == 2 ? blobs(9, 32) : balls(6, 32);
    const auto patients = names(images.size());
    AutoencoderParams settings = dimensions == 2 ? small_autoencoder(4) : small_3d(3);
    settings.train.checkpoint_minutes = 0;
    const auto saved = [&](const AutoencoderTraining& made) {
      made.network.save(temporary("radfuse_resumed.safetensors"));
      return read_file(temporary("radfuse_resumed.safetensors")) + to_csv(made.curve);
    };
    const std::string unbroken = saved(train_autoencoder(images, patients, settings, 2, {}));
    struct Break {};
    Harness broken{.checkpoint = temporary("radfuse_autoencoder.checkpoint"), .on_epoch = [](const EpochReport& e) {
                     if (e.epoch == 2) throw Break();
                   }};
    EXPECT_THROW(train_autoencoder(images, patients, settings, 2, broken), Break);
    broken.on_epoch = nullptr;
    EXPECT_EQ(saved(train_autoencoder(images, patients, settings, 2, broken)), unbroken) << dimensions;
  }
}

}  // namespace
}  // namespace radfuse::network
