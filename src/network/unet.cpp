// SPDX-License-Identifier: Apache-2.0
// The U-Net: per level two 3 x 3 convolutions with instance normalisation and leaky ReLU; down by stride 2, up by
// repeating pixels (transposed convolutions are several times slower here), levels joined by concatenation.
#include "radfuse/network/unet.hpp"

#include "augment.hpp"
#include "blocks.hpp"
#include "fingerprint.hpp"
#include "hold_out.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "training.hpp"

namespace radfuse::network {

struct UNet::Net {
  int channels = 1, base_features = 8, levels = 4;
  Parameters parameters;

  std::int64_t features(int level) const { return std::int64_t{base_features} << level; }
};

namespace {

using Net = UNet::Net;

std::string level_name(const char* side, int level) {
  return std::string(side) + "." + std::to_string(level);
}

void add_block(Parameters& p, const std::string& name, std::int64_t in, std::int64_t out, Rng& rng) {
  add_weights(p, name + ".conv1.weight", {out, in, 3, 3}, rng);
  add_norm(p, name + ".norm1", out);
  add_weights(p, name + ".conv2.weight", {out, out, 3, 3}, rng);
  add_norm(p, name + ".norm2", out);
}

void initialise(Net& net, std::uint64_t seed) {
  Rng rng(seed, "network.unet.weights");
  for (int l = 0; l < net.levels; ++l)
    add_block(net.parameters, level_name("encoder", l), l == 0 ? net.channels : net.features(l - 1), net.features(l),
              rng);
  for (int l = net.levels - 2; l >= 0; --l)
    add_block(net.parameters, level_name("decoder", l), net.features(l + 1) + net.features(l), net.features(l), rng);
  add_weights(net.parameters, "head.weight", {1, net.features(0), 1, 1}, rng);
  add_constant(net.parameters, "head.bias", 1, 0);
}

torch::Tensor block(const Parameters& p, const std::string& name, torch::Tensor x, std::int64_t stride) {
  const std::vector<std::int64_t> by{stride, stride}, once{1, 1}, around{1, 1};
  x = at::conv2d(x, get(p, name + ".conv1.weight"), {}, at::IntArrayRef(by), at::IntArrayRef(around));
  x = instance_norm(p, name + ".norm1", x);
  at::leaky_relu_(x, 0.01);  // in place: one pass over memory less
  x = at::conv2d(x, get(p, name + ".conv2.weight"), {}, at::IntArrayRef(once), at::IntArrayRef(around));
  x = instance_norm(p, name + ".norm2", x);
  return at::leaky_relu_(x, 0.01);
}

/// Foreground logits.
torch::Tensor forward(const Net& net, const Parameters& p, torch::Tensor x) {
  std::vector<torch::Tensor> skips;
  for (int l = 0; l < net.levels; ++l) {
    x = block(p, level_name("encoder", l), x, l == 0 ? 1 : 2);
    skips.push_back(x);
  }
  for (int l = net.levels - 2; l >= 0; --l) {
    const torch::Tensor& skip = skips[static_cast<std::size_t>(l)];
    x = at::upsample_nearest2d(x, {skip.size(2), skip.size(3)});
    x = block(p, level_name("decoder", l), at::cat({x, skip}, 1), 1);
  }
  return at::conv2d(x, get(p, "head.weight"), get(p, "head.bias"));
}

/// Sum over the images of soft Dice loss (smoothed by 1 pixel) and mean binary cross-entropy.
torch::Tensor loss_of(const torch::Tensor& answer, const torch::Tensor& mask) {
  const std::vector<std::int64_t> image{1, 2, 3};
  const torch::Tensor logits = answer.to(torch::kFloat32);
  const torch::Tensor cross = at::binary_cross_entropy_with_logits(logits, mask, {}, {}, at::Reduction::None);
  const torch::Tensor p = at::sigmoid(logits);
  const torch::Tensor overlap = (p * mask).sum(image), total = p.sum(image) + mask.sum(image);
  return (cross.mean(image) + 1 - (2 * overlap + 1) / (total + 1)).sum();
}

void check_size(const Net& net, const Patch& image) {
  const int step = 1 << (net.levels - 1);
  if (image.channels != net.channels || image.height < step || image.width < step || image.height % step != 0 ||
      image.width % step != 0)
    throw InputError("an image of " + std::to_string(image.channels) + " x " + std::to_string(image.height) + " x " +
                     std::to_string(image.width) + " does not fit the U-Net: it takes " + std::to_string(net.channels) +
                     " channel(s) and sides that are multiples of " + std::to_string(step));
}

void check_samples(const Net& net, std::span<const SegmentationSample> samples) {
  for (const SegmentationSample& s : samples) {
    check_size(net, s.image);
    if (s.mask.channels != 1 || s.mask.height != s.image.height || s.mask.width != s.image.width ||
        s.image.height != samples[0].image.height || s.image.width != samples[0].image.width)
      throw InputError("training images and masks of the U-Net must all have the same size");
  }
}

/// The samples of one part of the patients.
using Part = std::vector<const SegmentationSample*>;

LossSum segmentation_loss(const Net& net, const Part& part, bool augmented, std::uint64_t seed) {
  return [&net, &part, augmented, seed](const Parameters& p, int epoch, std::span<const std::size_t> which) {
    std::vector<torch::Tensor> images, masks;
    for (const std::size_t i : which) {
      SegmentationSample sample = *part[i];
      if (augmented) {
        Rng rng(seed, "network.unet.augment", static_cast<std::uint64_t>(epoch) * part.size() + i);
        augment(sample.image, sample.mask, rng);
      }
      images.push_back(to_tensor(sample.image));
      masks.push_back(to_tensor(sample.mask));
    }
    return loss_of(forward(net, p, beside(p, at::cat(images))), beside(p, at::cat(masks)));
  };
}

/// Mean loss, each sample by itself.
ValidationError mean_loss(const Net& net, const Part& part, int threads) {
  return [&net, &part, threads](const Parameters& p) {
    std::vector<double> losses(part.size());
    for_each_image(part.size(), threads, [&](std::size_t i) {
      const torch::Tensor image = beside(p, to_tensor(part[i]->image)), mask = beside(p, to_tensor(part[i]->mask));
      losses[i] = loss_of(forward(net, p, image), mask).item<double>();
    });
    double sum = 0;
    for (const double loss : losses) sum += loss;
    return sum / static_cast<double>(losses.size());
  };
}

std::string fingerprint_of(const Part& training, const Part& held_out) {
  Fingerprint all;
  for (const Part* part : {&training, &held_out})
    for (const SegmentationSample* sample : *part) all.add(sample->image).add(sample->mask);
  return all.hex();
}

}  // namespace

UNetTraining train_unet(std::span<const SegmentationSample> samples, const UNetParams& settings, std::uint64_t seed,
                        const Harness& harness) {
  if (samples.empty()) throw InputError("no training slices for the U-Net");
  settle_thread();
  auto net = std::make_shared<Net>();
  net->channels = samples[0].image.channels;
  net->base_features = settings.base_features;
  net->levels = settings.levels;
  check_samples(*net, samples);
  initialise(*net, seed);

  std::vector<std::string> patients;
  for (const SegmentationSample& sample : samples) patients.push_back(sample.patient);
  const HeldOut parts = hold_out(patients, settings.train.validation, seed, "network.unet");
  Part training, held_out;
  for (const std::size_t i : parts.training) training.push_back(&samples[i]);
  for (const std::size_t i : parts.validation) held_out.push_back(&samples[i]);

  const TrainingPlan plan{"network.unet",  settings.train,  seed,
                          training.size(), held_out.size(), fingerprint_of(training, held_out)};
  const ValidationError validation = held_out.empty() ? nullptr : mean_loss(*net, held_out, harness.threads);
  LearningCurve curve = train(net->parameters, plan, segmentation_loss(*net, training, settings.train.augment, seed),
                              validation, harness);
  return {UNet(std::move(net)), std::move(curve)};
}

std::vector<Patch> UNet::predict(std::span<const Patch> images, int threads) const {
  for (const Patch& image : images) check_size(*net_, image);
  std::vector<Patch> probabilities(images.size());
  for_each_image(images.size(), threads, [&](std::size_t i) {
    probabilities[i] = to_patch(at::sigmoid(forward(*net_, net_->parameters, to_tensor(images[i]))));
  });
  return probabilities;
}

void UNet::save(const std::filesystem::path& file) const {
  StateDict weights = to_state_dict(net_->parameters);
  weights.metadata = {{"network", "radfuse.unet2d"},
                      {"channels", std::to_string(net_->channels)},
                      {"base_features", std::to_string(net_->base_features)},
                      {"levels", std::to_string(net_->levels)}};
  write_file(file, to_safetensors(weights));
}

UNet UNet::load(const std::filesystem::path& file) {
  const StateDict weights = read_weights(file);
  return with_context(file.string(), [&] {
    auto net = std::make_shared<Net>();
    const auto entry = [&](std::string_view key, int low, int high) {
      return entry_of(weights, key, low, high, "a U-Net");
    };
    net->channels = entry("channels", 1, 64);
    net->base_features = entry("base_features", 1, 64);
    net->levels = entry("levels", 2, 5);
    initialise(*net, 0);
    net->parameters = from_state_dict(weights, net->parameters);
    return UNet(std::move(net));
  });
}

}  // namespace radfuse::network
