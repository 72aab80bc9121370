// SPDX-License-Identifier: Apache-2.0
// The attention autoencoder; in 3-D every kernel has a third side. Down: four levels of two 3 x 3 convolutions, each
// level followed by channel attention (squeeze and excitation, Hu et al. 2018) and spatial attention (7 x 7 on mean and
// maximum over channels, Woo et al. 2018). Middle: a linear layer. Up: a linear layer and four levels of repeated
// pixels and a convolution. There is no normalisation: it would remove the brightness and contrast that the features
// are to hold.
#include "radfuse/network/autoencoder.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "augment.hpp"
#include "blocks.hpp"
#include "fingerprint.hpp"
#include "hold_out.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "training.hpp"

namespace radfuse::network {

struct Autoencoder::Net {
  int dimensions = 2, size = 128, base_features = 8, features = 128;
  Parameters parameters;

  std::int64_t channels(int level) const { return std::int64_t{base_features} << level; }
  std::int64_t side() const { return size / 16; }
  std::int64_t flat() const { return channels(3) * side() * side() * (dimensions == 3 ? side() : 1); }
};

namespace {

using Net = Autoencoder::Net;
constexpr int kLevels = 4;
constexpr std::int64_t kSqueeze = 8;
constexpr double kSlope = 0.1;  // steep enough that no map can die for good: there is no normalisation to revive it

std::string level_name(const char* side, int level) {
  return std::string(side) + "." + std::to_string(level);
}

void initialise(Net& net, std::uint64_t seed) {
  Rng rng(seed, "network.autoencoder.weights");
  Parameters& p = net.parameters;
  const auto k = [&](std::int64_t out, std::int64_t in, std::int64_t side) {
    return kernel(net.dimensions, out, in, side);
  };
  for (int l = 0; l < kLevels; ++l) {
    const std::string name = level_name("encoder", l);
    const std::int64_t in = l == 0 ? 1 : net.channels(l - 1), out = net.channels(l);
    const std::int64_t squeezed = std::max<std::int64_t>(out / kSqueeze, 4);
    add_layer(p, name + ".conv1", k(out, in, 3), rng);
    add_layer(p, name + ".conv2", k(out, out, 3), rng);
    add_layer(p, name + ".squeeze", {squeezed, out}, rng);
    add_layer(p, name + ".excite", {out, squeezed}, rng, 0.1);
    add_layer(p, name + ".spatial", k(1, 2, 7), rng, 0.1);
  }
  add_layer(p, "bottleneck", {net.features, net.flat()}, rng, std::sqrt(0.5));
  add_layer(p, "expand", {net.flat(), net.features}, rng);
  for (int l = kLevels - 1; l >= 0; --l)
    add_layer(p, level_name("decoder", l) + ".conv", k(net.channels(std::max(l - 1, 0)), net.channels(l), 3), rng);
  add_layer(p, "head", k(1, net.channels(0), 3), rng, 0.1);
  add_constant(p, "head.bias", 1, 0.5F);  // the middle of the grey levels
}

// Gates are 2 * sigmoid, so that an untrained gate passes its input on instead of halving it.
torch::Tensor attend(const Parameters& p, const std::string& name, torch::Tensor x) {
  const torch::Tensor squeezed = at::leaky_relu(linear(p, name + ".squeeze", x.mean(places(x))), kSlope);
  torch::Tensor channels = 2 * at::sigmoid(linear(p, name + ".excite", squeezed));
  while (channels.dim() < x.dim()) channels = channels.unsqueeze(-1);
  x = x * channels;
  const torch::Tensor maps = at::cat({x.mean(1, true), x.amax(1, true)}, 1);
  return x * (2 * at::sigmoid(conv(p, name + ".spatial", maps)));
}

torch::Tensor encode_batch(const Parameters& p, torch::Tensor x) {
  for (int l = 0; l < kLevels; ++l) {
    const std::string name = level_name("encoder", l);
    x = at::leaky_relu(conv(p, name + ".conv1", x, 2), kSlope);
    x = at::leaky_relu(conv(p, name + ".conv2", x), kSlope);
    x = attend(p, name, x);
  }
  return linear(p, "bottleneck", x.flatten(1));
}

torch::Tensor decode_batch(const Net& net, const Parameters& p, const torch::Tensor& z) {
  torch::Tensor x = at::leaky_relu(linear(p, "expand", z), kSlope);
  std::vector<std::int64_t> shape(static_cast<std::size_t>(net.dimensions) + 2, net.side());
  shape[0] = z.size(0);
  shape[1] = net.channels(kLevels - 1);
  x = x.view(shape);
  for (int l = kLevels - 1; l >= 0; --l) {
    x = at::leaky_relu(conv(p, level_name("decoder", l) + ".conv", doubled(x)), kSlope);
  }
  return conv(p, "head", x);  // linear: a saturated sigmoid would stop all learning
}

std::string size_text(int channels, int depth, int height, int width) {
  return std::to_string(channels) + " x " + (depth > 1 ? std::to_string(depth) + " x " : "") + std::to_string(height) +
         " x " + std::to_string(width);
}

void check_images(const Net& net, std::span<const Patch> images) {
  const int depth = net.dimensions == 3 ? net.size : 1;
  for (const Patch& image : images)
    if (image.channels != 1 || image.depth != depth || image.height != net.size || image.width != net.size)
      throw InputError("the autoencoder takes images of " + size_text(1, depth, net.size, net.size) + " pixels, not " +
                       size_text(image.channels, image.depth, image.height, image.width));
}

torch::Tensor rebuilt(const Net& net, const Parameters& p, const Patch& image) {
  return at::clamp(decode_batch(net, p, encode_batch(p, beside(p, to_tensor(image)))), 0, 1);
}

using Images = std::vector<const Patch*>;

/// Mean squared error over all pixels of the images.
double error_of(const Net& net, const Parameters& p, const Images& images, int threads) {
  std::vector<double> sums(images.size());
  for_each_image(images.size(), threads, [&](std::size_t i) {
    const std::vector<float> made = to_vector(rebuilt(net, p, *images[i]));
    for (std::size_t k = 0; k < made.size(); ++k)
      sums[i] += std::pow(static_cast<double>(made[k]) - images[i]->values[k], 2) / static_cast<double>(made.size());
  });
  double sum = 0;
  for (const double one : sums) sum += one;
  return sum / static_cast<double>(images.size());
}

LossSum squared_error(const Net& net, const Images& images, bool augmented, std::uint64_t seed) {
  return [&net, &images, augmented, seed](const Parameters& p, int epoch, std::span<const std::size_t> which) {
    std::vector<torch::Tensor> batch;
    for (const std::size_t i : which) {
      Patch image = *images[i];
      Rng rng(seed, "network.autoencoder.augment", static_cast<std::uint64_t>(epoch) * images.size() + i);
      if (augmented) augment_lightly(image, rng);
      batch.push_back(to_tensor(image));
    }
    const torch::Tensor x = beside(p, at::cat(batch));
    const torch::Tensor difference = decode_batch(net, p, encode_batch(p, x)).to(torch::kFloat32) - x;
    return difference.square().flatten(1).mean(1).sum();
  };
}

std::string fingerprint_of(const Images& training, const Images& held_out) {
  Fingerprint all;
  for (const Images* part : {&training, &held_out})
    for (const Patch* image : *part) all.add(*image);
  return all.hex();
}

std::string network_name(int dimensions) {
  return "radfuse.attention_autoencoder_" + std::to_string(dimensions) + "d";
}

}  // namespace

AutoencoderTraining train_autoencoder(std::span<const Patch> images, std::span<const std::string> patients,
                                      const AutoencoderParams& settings, std::uint64_t seed, const Harness& harness) {
  if (images.empty()) throw InputError("no training crops for the autoencoder");
  if (images.size() != patients.size()) throw Error(ExitCode::bug, "train_autoencoder: one patient for each image");
  settle_thread();
  auto net = std::make_shared<Net>();
  net->dimensions = settings.dimensions;
  net->size = settings.size;
  net->base_features = settings.base_features;
  net->features = settings.features;
  check_images(*net, images);
  initialise(*net, seed);

  const HeldOut parts = hold_out(patients, settings.train.validation, seed, "network.autoencoder");
  Images training, held_out;
  for (const std::size_t i : parts.training) training.push_back(&images[i]);
  for (const std::size_t i : parts.validation) held_out.push_back(&images[i]);

  const TrainingPlan plan{"network.autoencoder", settings.train,  seed,
                          training.size(),       held_out.size(), fingerprint_of(training, held_out)};
  const ValidationError validation = held_out.empty() ? ValidationError() : [&](const Parameters& p) {
    return error_of(*net, p, held_out, harness.threads);
  };
  AutoencoderTraining made{Autoencoder(net), {}};
  made.curve =
      train(net->parameters, plan, squared_error(*net, training, settings.train.augment, seed), validation, harness);
  made.training_error = error_of(*net, net->parameters, training, harness.threads);
  made.validation_error = held_out.empty()
                              ? std::numeric_limits<double>::quiet_NaN()
                              : *made.curve.epochs[static_cast<std::size_t>(made.curve.kept_epoch) - 1].validation;
  return made;
}

std::vector<std::vector<float>> Autoencoder::encode(std::span<const Patch> images, int threads) const {
  check_images(*net_, images);
  std::vector<std::vector<float>> out(images.size());
  for_each_image(images.size(), threads,
                 [&](std::size_t i) { out[i] = to_vector(encode_batch(net_->parameters, to_tensor(images[i]))); });
  return out;
}

std::vector<Patch> Autoencoder::reconstruct(std::span<const Patch> images, int threads) const {
  check_images(*net_, images);
  std::vector<Patch> out(images.size());
  for_each_image(images.size(), threads,
                 [&](std::size_t i) { out[i] = to_patch(rebuilt(*net_, net_->parameters, images[i])); });
  return out;
}

int Autoencoder::features() const {
  return net_->features;
}
int Autoencoder::size() const {
  return net_->size;
}
int Autoencoder::dimensions() const {
  return net_->dimensions;
}

void Autoencoder::save(const std::filesystem::path& file) const {
  StateDict weights = to_state_dict(net_->parameters);
  weights.metadata = {{"network", network_name(net_->dimensions)},
                      {"size", std::to_string(net_->size)},
                      {"base_features", std::to_string(net_->base_features)},
                      {"features", std::to_string(net_->features)}};
  write_file(file, to_safetensors(weights));
}

Autoencoder Autoencoder::load(const std::filesystem::path& file) {
  const StateDict weights = read_weights(file);
  return with_context(file.string(), [&] {
    auto net = std::make_shared<Net>();
    const auto entry = [&](std::string_view key, int low, int high) {
      return entry_of(weights, key, low, high, "an autoencoder");
    };
    const auto is = [&](int dimensions) {
      return std::ranges::find(weights.metadata, std::pair{std::string("network"), network_name(dimensions)}) !=
             weights.metadata.end();
    };
    if (!is(2) && !is(3)) throw InputError("not an autoencoder of Radfuse: it does not say that it is one");
    net->dimensions = is(3) ? 3 : 2;
    net->size = entry("size", 16, 512);
    net->base_features = entry("base_features", 8, 64);
    net->features = entry("features", 2, 4096);
    if (net->size % 16 != 0) throw InputError("not an autoencoder of Radfuse: its size is impossible");
    initialise(*net, 0);
    net->parameters = from_state_dict(weights, net->parameters);
    return Autoencoder(std::move(net));
  });
}

}  // namespace radfuse::network
