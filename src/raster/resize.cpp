// SPDX-License-Identifier: Apache-2.0
// Antialiased linear interpolation, axis by axis, with the weights of PyTorch's _upsample_bilinear2d_aa.
#include <algorithm>
#include <cmath>
#include <vector>

#include "radfuse/base/error.hpp"
#include "radfuse/raster/crop.hpp"

namespace radfuse::raster {
namespace {

/// Which old pixels, with which weights, make one new pixel.
struct Taps {
  std::size_t first = 0;
  std::vector<double> weights;
};

// Pixel i covers [i, i+1) on its axis. The triangle reaches max(1, scale) old pixels to each side of the new pixel's
// centre; weights beyond the border are dropped and the rest made to sum to 1.
std::vector<Taps> taps(int from, int to) {
  const double scale = static_cast<double>(from) / to;
  const double support = std::max(scale, 1.0);
  std::vector<Taps> all(static_cast<std::size_t>(to));
  for (int i = 0; i < to; ++i) {
    const double centre = scale * (i + 0.5);
    const int low = std::max(static_cast<int>(centre - support + 0.5), 0);
    const int high = std::min(static_cast<int>(centre + support + 0.5), from);
    Taps& one = all[static_cast<std::size_t>(i)];
    one.first = static_cast<std::size_t>(low);
    double sum = 0;
    for (int j = low; j < high; ++j) {
      one.weights.push_back(std::max(0.0, 1 - std::abs((j - centre + 0.5) / support)));
      sum += one.weights.back();
    }
    for (double& w : one.weights) w /= sum;
  }
  return all;
}

// Resizes the middle axis of [outer][axis][inner].
std::vector<float> along(const std::vector<float>& old, std::size_t outer, std::size_t axis, std::size_t inner,
                         const std::vector<Taps>& taps) {
  std::vector<float> fresh(outer * taps.size() * inner);
  std::vector<double> sums(inner);
  for (std::size_t o = 0; o < outer; ++o)
    for (std::size_t t = 0; t < taps.size(); ++t) {
      std::fill(sums.begin(), sums.end(), 0.0);
      for (std::size_t k = 0; k < taps[t].weights.size(); ++k) {
        const float* line = old.data() + (o * axis + taps[t].first + k) * inner;
        for (std::size_t i = 0; i < inner; ++i) sums[i] += taps[t].weights[k] * line[i];
      }
      float* line = fresh.data() + (o * taps.size() + t) * inner;
      for (std::size_t i = 0; i < inner; ++i) line[i] = static_cast<float>(sums[i]);
    }
  return fresh;
}

}  // namespace

Patch resize(const Patch& patch, int depth, int height, int width) {
  if (patch.depth < 1 || patch.height < 1 || patch.width < 1 || depth < 1 || height < 1 || width < 1)
    throw Error(ExitCode::bug, "resize: a side of 0 pixels");
  Patch fresh = patch;
  const auto size = [](int n) { return static_cast<std::size_t>(n); };
  const std::size_t planes = size(patch.channels) * size(patch.depth);
  if (patch.width != width)
    fresh.values = along(fresh.values, planes * size(patch.height), size(patch.width), 1, taps(patch.width, width));
  if (patch.height != height)
    fresh.values = along(fresh.values, planes, size(patch.height), size(width), taps(patch.height, height));
  if (patch.depth != depth)
    fresh.values = along(fresh.values, size(patch.channels), size(patch.depth), size(height) * size(width),
                         taps(patch.depth, depth));
  fresh.depth = depth, fresh.height = height, fresh.width = width;
  return fresh;
}

Patch resize_image(const Patch& patch, int height, int width) {
  return resize(patch, patch.depth, height, width);
}

}  // namespace radfuse::raster
