// SPDX-License-Identifier: Apache-2.0
// Antialiased bilinear interpolation, rows then columns, with the weights of PyTorch's _upsample_bilinear2d_aa.
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
  for (std::size_t o = 0; o < outer; ++o)
    for (std::size_t t = 0; t < taps.size(); ++t)
      for (std::size_t i = 0; i < inner; ++i) {
        double sum = 0;
        for (std::size_t k = 0; k < taps[t].weights.size(); ++k)
          sum += taps[t].weights[k] * old[(o * axis + taps[t].first + k) * inner + i];
        fresh[(o * taps.size() + t) * inner + i] = static_cast<float>(sum);
      }
  return fresh;
}

}  // namespace

Patch resize_image(const Patch& patch, int height, int width) {
  if (patch.height < 1 || patch.width < 1 || height < 1 || width < 1)
    throw Error(ExitCode::bug, "resize_image: a side of 0 pixels");
  if (patch.height == height && patch.width == width) return patch;
  Patch fresh(patch.channels, height, width);
  const auto c = static_cast<std::size_t>(patch.channels), h = static_cast<std::size_t>(patch.height);
  const std::vector<float> rows =
      along(patch.values, c * h, static_cast<std::size_t>(patch.width), 1, taps(patch.width, width));
  fresh.values = along(rows, c, h, static_cast<std::size_t>(width), taps(patch.height, height));
  return fresh;
}

}  // namespace radfuse::raster
