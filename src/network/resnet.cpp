// SPDX-License-Identifier: Apache-2.0
// ResNet-18 in evaluation mode, tensor names as in torchvision.
#include "radfuse/network/resnet.hpp"

#include "tensors.hpp"

namespace radfuse::network {

struct Resnet18::Net {
  Parameters parameters;
};

namespace {

void expect_norm(std::vector<Expected>& all, const std::string& name, std::int64_t channels) {
  for (const char* part : {".weight", ".bias", ".running_mean", ".running_var"})
    all.push_back({name + part, {channels}});
}

std::vector<Expected> expected_tensors(std::int64_t width) {
  std::vector<Expected> all{{"conv1.weight", {width, 3, 7, 7}}};
  expect_norm(all, "bn1", width);
  for (std::int64_t layer = 1, in = width; layer <= 4; ++layer) {
    const std::int64_t out = width << (layer - 1);
    for (int block = 0; block < 2; ++block, in = out) {
      const std::string name = "layer" + std::to_string(layer) + "." + std::to_string(block);
      all.push_back({name + ".conv1.weight", {out, in, 3, 3}});
      expect_norm(all, name + ".bn1", out);
      all.push_back({name + ".conv2.weight", {out, out, 3, 3}});
      expect_norm(all, name + ".bn2", out);
      if (in == out) continue;
      all.push_back({name + ".downsample.0.weight", {out, in, 1, 1}});
      expect_norm(all, name + ".downsample.1", out);
    }
  }
  return all;
}

torch::Tensor conv(const Parameters& p, const std::string& name, const torch::Tensor& x, std::int64_t stride) {
  const torch::Tensor& weight = get(p, name + ".weight");
  const std::vector<std::int64_t> by{stride, stride}, around{weight.size(2) / 2, weight.size(3) / 2};
  return at::conv2d(x, weight, {}, at::IntArrayRef(by), at::IntArrayRef(around));
}

torch::Tensor norm(const Parameters& p, const std::string& name, const torch::Tensor& x) {
  return at::batch_norm(x, get(p, name + ".weight"), get(p, name + ".bias"), get(p, name + ".running_mean"),
                        get(p, name + ".running_var"), false, 0.1, 1e-5, false);
}

torch::Tensor layer(const Parameters& p, int number, torch::Tensor x) {
  for (int block = 0; block < 2; ++block) {
    const std::string name = "layer" + std::to_string(number) + "." + std::to_string(block);
    const std::int64_t stride = number > 1 && block == 0 ? 2 : 1;
    const bool reduced = p.contains(name + ".downsample.0.weight");
    const torch::Tensor shortcut =
        reduced ? norm(p, name + ".downsample.1", conv(p, name + ".downsample.0", x, stride)) : x;
    x = at::relu(norm(p, name + ".bn1", conv(p, name + ".conv1", x, stride)));
    x = at::relu(norm(p, name + ".bn2", conv(p, name + ".conv2", x, 1)) + shortcut);
  }
  return x;
}

torch::Tensor endpoint(const Parameters& p, torch::Tensor x, ResnetLayer wanted) {
  const std::vector<std::int64_t> window{3, 3}, by{2, 2}, around{1, 1};
  x = at::relu(norm(p, "bn1", conv(p, "conv1", x, 2)));
  x = at::max_pool2d(x, at::IntArrayRef(window), at::IntArrayRef(by), at::IntArrayRef(around));
  const int last = wanted == ResnetLayer::avgpool ? 4 : static_cast<int>(wanted);  // stem is 0
  for (int number = 1; number <= last; ++number) x = layer(p, number, x);
  return x;
}

// ImageNet's channel means and deviations (torchvision).
torch::Tensor normalised(const Patch& image) {
  torch::Tensor x = to_tensor(image);
  if (image.channels == 1) x = x.expand({1, 3, image.height, image.width});
  const torch::Tensor mean = torch::tensor({0.485F, 0.456F, 0.406F}).view({1, 3, 1, 1});
  const torch::Tensor deviation = torch::tensor({0.229F, 0.224F, 0.225F}).view({1, 3, 1, 1});
  return (x - mean) / deviation;
}

}  // namespace

Resnet18 Resnet18::load(const std::filesystem::path& file, std::string_view sha256) {
  StateDict tensors = read_weights(file, sha256);
  return with_context(file.string(), [&] {
    weights::strip_prefixes(tensors);
    const NamedTensor* first = tensors.find("conv1.weight");
    const std::int64_t width = first != nullptr && first->shape.size() == 4 ? first->shape[0] : 64;
    if (width < 1 || width > 1024) throw InputError("not a ResNet-18: conv1 has " + std::to_string(width) + " maps");
    auto net = std::make_shared<Net>();
    net->parameters = from_state_dict(tensors, expected_tensors(width));
    return Resnet18(std::move(net));
  });
}

std::vector<std::vector<float>> Resnet18::features(std::span<const Patch> images, ResnetLayer layer, Pooling pooling,
                                                   int threads) const {
  for (const Patch& image : images)
    if ((image.channels != 1 && image.channels != 3) || image.height < 32 || image.width < 32)
      throw InputError("ResNet-18 takes images of 1 or 3 channels and at least 32 x 32 pixels");
  if (layer == ResnetLayer::avgpool) pooling = Pooling::gap;
  std::vector<std::vector<float>> out(images.size());
  for_each_image(images.size(), threads, [&](std::size_t i) {
    const torch::Tensor maps = endpoint(net_->parameters, normalised(images[i]), layer);
    const std::vector<std::int64_t> plane{2, 3};
    switch (pooling) {
      case Pooling::gap:
        out[i] = to_vector(maps.mean(plane));
        break;
      case Pooling::gmp:
        out[i] = to_vector(maps.amax(plane));
        break;
      case Pooling::flatten:
        out[i] = to_vector(maps);
        break;
    }
  });
  return out;
}

}  // namespace radfuse::network
