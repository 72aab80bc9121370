// SPDX-License-Identifier: Apache-2.0
// The attention autoencoder. Down: four levels of two 3 x 3 convolutions, each level followed by channel attention
// (squeeze and excitation, Hu et al. 2018) and spatial attention (7 x 7 on mean and maximum over channels, Woo et al.
// 2018). Middle: a linear layer. Up: a linear layer and four levels of repeated pixels and a convolution. There is no
// normalisation: it would remove the brightness and contrast that the features are to hold.
#include "radfuse/network/autoencoder.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "augment.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/base/text.hpp"
#include "training.hpp"

namespace radfuse::network {

struct Autoencoder::Net {
  int size = 128, base_features = 8, features = 128;
  Parameters parameters;

  std::int64_t channels(int level) const { return std::int64_t{base_features} << level; }
  std::int64_t side() const { return size / 16; }
  std::int64_t flat() const { return channels(3) * side() * side(); }
};

namespace {

using Net = Autoencoder::Net;
constexpr int kLevels = 4;
constexpr std::int64_t kSqueeze = 8;
constexpr double kSlope = 0.1;  // steep enough that no map can die for good: there is no normalisation to revive it

std::string level_name(const char* side, int level) {
  return std::string(side) + "." + std::to_string(level);
}

void add_layer(Parameters& p, const std::string& name, std::vector<std::int64_t> shape, Rng& rng, double gain = 1) {
  const std::int64_t out = shape[0];
  add_weights(p, name + ".weight", std::move(shape), rng, gain);
  add_constant(p, name + ".bias", out, 0);
}

void initialise(Net& net, std::uint64_t seed) {
  Rng rng(seed, "network.autoencoder.weights");
  Parameters& p = net.parameters;
  for (int l = 0; l < kLevels; ++l) {
    const std::string name = level_name("encoder", l);
    const std::int64_t in = l == 0 ? 1 : net.channels(l - 1), out = net.channels(l);
    const std::int64_t squeezed = std::max<std::int64_t>(out / kSqueeze, 4);
    add_layer(p, name + ".conv1", {out, in, 3, 3}, rng);
    add_layer(p, name + ".conv2", {out, out, 3, 3}, rng);
    add_layer(p, name + ".squeeze", {squeezed, out}, rng);
    add_layer(p, name + ".excite", {out, squeezed}, rng, 0.1);
    add_layer(p, name + ".spatial", {1, 2, 7, 7}, rng, 0.1);
  }
  add_layer(p, "bottleneck", {net.features, net.flat()}, rng, std::sqrt(0.5));
  add_layer(p, "expand", {net.flat(), net.features}, rng);
  for (int l = kLevels - 1; l >= 0; --l)
    add_layer(p, level_name("decoder", l) + ".conv", {net.channels(std::max(l - 1, 0)), net.channels(l), 3, 3}, rng);
  add_layer(p, "head", {1, net.channels(0), 3, 3}, rng, 0.1);
  add_constant(p, "head.bias", 1, 0.5F);  // the middle of the grey levels
}

torch::Tensor conv(const Parameters& p, const std::string& name, const torch::Tensor& x, std::int64_t stride = 1) {
  const torch::Tensor& weight = get(p, name + ".weight");
  const std::vector<std::int64_t> by{stride, stride}, around{weight.size(2) / 2, weight.size(3) / 2};
  return at::conv2d(x, weight, get(p, name + ".bias"), at::IntArrayRef(by), at::IntArrayRef(around));
}

torch::Tensor linear(const Parameters& p, const std::string& name, const torch::Tensor& x) {
  return at::linear(x, get(p, name + ".weight"), get(p, name + ".bias"));
}

// Gates are 2 * sigmoid, so that an untrained gate passes its input on instead of halving it.
torch::Tensor attend(const Parameters& p, const std::string& name, torch::Tensor x) {
  const std::vector<std::int64_t> plane{2, 3};
  const torch::Tensor squeezed = at::leaky_relu(linear(p, name + ".squeeze", x.mean(plane)), kSlope);
  const torch::Tensor channels = 2 * at::sigmoid(linear(p, name + ".excite", squeezed));
  x = x * channels.unsqueeze(2).unsqueeze(3);
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
  x = x.view({z.size(0), net.channels(kLevels - 1), net.side(), net.side()});
  for (int l = kLevels - 1; l >= 0; --l) {
    x = at::upsample_nearest2d(x, {x.size(2) * 2, x.size(3) * 2});
    x = at::leaky_relu(conv(p, level_name("decoder", l) + ".conv", x), kSlope);
  }
  return conv(p, "head", x);  // linear: a saturated sigmoid would stop all learning
}

void check_images(const Net& net, std::span<const Patch> images) {
  for (const Patch& image : images)
    if (image.channels != 1 || image.height != net.size || image.width != net.size)
      throw InputError("the autoencoder takes images of 1 x " + std::to_string(net.size) + " x " +
                       std::to_string(net.size) + " pixels, not " + std::to_string(image.channels) + " x " +
                       std::to_string(image.height) + " x " + std::to_string(image.width));
}

std::vector<Patch> rebuild(const Net& net, std::span<const Patch> images, int threads) {
  std::vector<Patch> out(images.size());
  for_each_image(images.size(), threads, [&](std::size_t i) {
    const torch::Tensor z = encode_batch(net.parameters, to_tensor(images[i]));
    out[i] = to_patch(at::clamp(decode_batch(net, net.parameters, z), 0, 1));
  });
  return out;
}

/// Mean squared error over all pixels of the images.
double error_of(const Net& net, std::span<const Patch> images, int threads) {
  const std::vector<Patch> rebuilt = rebuild(net, images, threads);
  double sum = 0, count = 0;
  for (std::size_t i = 0; i < images.size(); ++i)
    for (std::size_t k = 0; k < images[i].values.size(); ++k, ++count)
      sum += std::pow(static_cast<double>(rebuilt[i].values[k]) - images[i].values[k], 2);
  return sum / count;
}

struct Parts {
  std::vector<Patch> training, validation;
};

// By patient, in an order drawn from the names, so that the order of the cases does not matter.
Parts hold_out(std::span<const Patch> images, std::span<const std::string> patients, double share, std::uint64_t seed) {
  std::vector<std::string> names(patients.begin(), patients.end());
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  Rng(seed, "network.autoencoder.validation").shuffle(names);
  std::size_t held = 0;
  if (share > 0 && names.size() > 1)
    held = std::clamp<std::size_t>(static_cast<std::size_t>(std::lround(share * static_cast<double>(names.size()))), 1,
                                   names.size() - 1);
  Parts parts;
  for (std::size_t i = 0; i < images.size(); ++i) {
    const auto rank = static_cast<std::size_t>(std::find(names.begin(), names.end(), patients[i]) - names.begin());
    (rank < held ? parts.validation : parts.training).push_back(images[i]);
  }
  return parts;
}

Parameters copy_of(const Parameters& parameters) {
  Parameters copy;
  for (const auto& [name, tensor] : parameters) copy[name] = tensor.detach().clone();
  return copy;
}

LossSum squared_error(const Net& net, const std::vector<Patch>& images, bool augmented, std::uint64_t seed) {
  return [&net, &images, augmented, seed](const Parameters& p, int epoch, std::span<const std::size_t> which) {
    std::vector<torch::Tensor> batch;
    for (const std::size_t i : which) {
      Patch image = images[i];
      Rng rng(seed, "network.autoencoder.augment", static_cast<std::uint64_t>(epoch) * images.size() + i);
      if (augmented) augment_lightly(image, rng);
      batch.push_back(to_tensor(image));
    }
    const torch::Tensor x = at::cat(batch);
    const torch::Tensor difference = decode_batch(net, p, encode_batch(p, x)) - x;
    return difference.square().mean({1, 2, 3}).sum();
  };
}

int entry(const StateDict& weights, std::string_view key, int low, int high) {
  for (const auto& [name, value] : weights.metadata)
    if (name == key)
      if (const auto n = text::to_int(value); n && *n >= low && *n <= high) return static_cast<int>(*n);
  throw InputError("not an autoencoder of Radfuse: its " + std::string(key) + " is missing or impossible");
}

}  // namespace

AutoencoderTraining train_autoencoder(std::span<const Patch> images, std::span<const std::string> patients,
                                      const AutoencoderParams& settings, std::uint64_t seed, int threads,
                                      const OnProgress& progress) {
  if (images.empty()) throw InputError("no training crops for the autoencoder");
  if (images.size() != patients.size()) throw Error(ExitCode::bug, "train_autoencoder: one patient for each image");
  settle_thread();
  auto net = std::make_shared<Net>();
  net->size = settings.size;
  net->base_features = settings.base_features;
  net->features = settings.features;
  check_images(*net, images);
  initialise(*net, seed);

  const Parts parts = hold_out(images, patients, settings.train.validation, seed);
  const bool validated = !parts.validation.empty();
  Trainer trainer(net->parameters,
                  {"network.autoencoder", parts.training.size(), settings.train.epochs, settings.train.batch,
                   settings.train.learning_rate, seed, threads},
                  squared_error(*net, parts.training, settings.train.augment, seed));

  Parameters best;
  double least = std::numeric_limits<double>::infinity();
  int best_epoch = 0;
  for (int epoch = 1; epoch <= settings.train.epochs && epoch - best_epoch <= settings.train.patience; ++epoch) {
    Progress now{epoch, settings.train.epochs, trainer.epoch(epoch - 1), std::nullopt};
    if (validated) now.validation = error_of(*net, parts.validation, threads);
    if (progress) progress(now);
    if (validated && *now.validation >= least) continue;
    if (validated) {
      least = *now.validation;
      best = copy_of(net->parameters);
    }
    best_epoch = epoch;
  }
  net->parameters = validated ? std::move(best) : copy_of(net->parameters);
  const double error = error_of(*net, parts.training, threads);
  return {Autoencoder(std::move(net)), best_epoch, error, validated ? least : std::numeric_limits<double>::quiet_NaN()};
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
  return rebuild(*net_, images, threads);
}

int Autoencoder::features() const {
  return net_->features;
}
int Autoencoder::size() const {
  return net_->size;
}

void Autoencoder::save(const std::filesystem::path& file) const {
  StateDict weights = to_state_dict(net_->parameters);
  weights.metadata = {{"network", "radfuse.attention_autoencoder_2d"},
                      {"size", std::to_string(net_->size)},
                      {"base_features", std::to_string(net_->base_features)},
                      {"features", std::to_string(net_->features)}};
  write_file(file, to_safetensors(weights));
}

Autoencoder Autoencoder::load(const std::filesystem::path& file) {
  const StateDict weights = read_weights(file);
  return with_context(file.string(), [&] {
    auto net = std::make_shared<Net>();
    net->size = entry(weights, "size", 16, 512);
    net->base_features = entry(weights, "base_features", 8, 64);
    net->features = entry(weights, "features", 2, 4096);
    if (net->size % 16 != 0) throw InputError("not an autoencoder of Radfuse: its size is impossible");
    initialise(*net, 0);
    net->parameters = from_state_dict(weights, net->parameters);
    return Autoencoder(std::move(net));
  });
}

}  // namespace radfuse::network
