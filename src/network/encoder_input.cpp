// SPDX-License-Identifier: Apache-2.0
// From an image with values in [0, 1] to what a network was trained with, and from its maps back to plain data.
#include <algorithm>

#include "encoders.hpp"
#include "radfuse/base/error.hpp"

namespace radfuse::network {
namespace {

torch::Tensor colours(float red, float green, float blue) {
  return torch::tensor({red, green, blue}).view({1, 3, 1, 1});
}

void check(const Patch& image, const Input& input) {
  const std::string who = input.who + " takes ";
  if (image.channels != input.channels && image.channels != 1)
    throw InputError(who + std::to_string(input.channels) + " channel(s), the image has " +
                     std::to_string(image.channels));
  if (input.dimensions == 2 && image.depth != 1) throw InputError(who + "images, not blocks of a volume");
  std::vector<std::int64_t> sides{image.height, image.width};
  if (input.dimensions == 3) sides.push_back(image.depth);
  const auto smallest = *std::min_element(sides.begin(), sides.end());
  const auto exact = input.exact_side;
  if (exact > 0 && std::ranges::any_of(sides, [&](std::int64_t side) { return side != exact; }))
    throw InputError(who + "images of " + std::to_string(exact) + " x " + std::to_string(exact) +
                     " pixels: say size: " + std::to_string(exact));
  if (smallest < input.least_side)
    throw InputError(who + (input.dimensions == 3 ? "blocks" : "images") + " of at least " +
                     std::to_string(input.least_side) + " in each direction");
}

// Sums in double, in the order of the values.
torch::Tensor z_scored(const torch::Tensor& x) {
  const torch::Tensor wide = x.to(torch::kFloat64);
  const double mean = wide.mean().item<double>(), deviation = wide.std(false).item<double>();
  return ((wide - mean) / (deviation > 0 ? deviation : 1)).to(torch::kFloat32);
}

}  // namespace

torch::Tensor normalised(const Patch& image, const Input& input) {
  check(image, input);
  std::vector<std::int64_t> shape{1, image.channels, image.height, image.width};
  if (input.dimensions == 3) shape.insert(shape.begin() + 2, image.depth);
  torch::Tensor x = torch::empty(shape, torch::kFloat32);
  std::copy(image.values.begin(), image.values.end(), x.data_ptr<float>());
  if (image.channels != input.channels) {
    shape[1] = input.channels;
    x = x.expand(shape);
  }
  if (input.lite) return (x * 255 - 127) / 128;
  switch (input.normalisation) {
    case Normalisation::weights_own:
    case Normalisation::imagenet:
      return (x - colours(0.485F, 0.456F, 0.406F)) / colours(0.229F, 0.224F, 0.225F);
    case Normalisation::zero_one:
      return x.contiguous();
    case Normalisation::minus_one_one:
      return x * 2 - 1;
    case Normalisation::z_score:
      return z_scored(x);
    case Normalisation::caffe:
      return x * 255 - colours(123, 117, 104);
  }
  throw Error(ExitCode::bug, "normalised: no such normalisation");
}

Patch to_maps(const torch::Tensor& batch) {
  const torch::Tensor first = batch.detach()[0].contiguous();
  const auto side = [&](std::int64_t d) { return d < first.dim() ? static_cast<int>(first.size(d)) : 1; };
  Patch maps = first.dim() == 4 ? Patch::block(side(0), side(1), side(2), side(3)) : Patch(side(0), side(1), side(2));
  std::copy_n(first.data_ptr<float>(), maps.values.size(), maps.values.begin());
  return maps;
}

}  // namespace radfuse::network
