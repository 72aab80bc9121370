// SPDX-License-Identifier: Apache-2.0
// Random shapes and textures.
#include "waves.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace radfuse::synthetic {
namespace {

// Evenly spread directions: a regular polygon, or the Fibonacci sphere.
std::vector<Vec3> directions(bool plane) {
  constexpr int kCount = 720;
  const double golden = std::numbers::pi * (3.0 - std::sqrt(5.0));
  std::vector<Vec3> all;
  for (int i = 0; i < kCount; ++i) {
    if (plane) {
      const double angle = 2.0 * std::numbers::pi * i / kCount;
      all.push_back({std::cos(angle), std::sin(angle), 0.0});
    } else {
      const double z = 1.0 - (2.0 * i + 1.0) / kCount, r = std::sqrt(1.0 - z * z);
      all.push_back({r * std::cos(golden * i), r * std::sin(golden * i), z});
    }
  }
  return all;
}

Vec3 random_direction(Rng& rng, bool plane) {
  const double angle = rng.uniform(0.0, 2.0 * std::numbers::pi);
  const double z = plane ? 0.0 : rng.uniform(-1.0, 1.0);
  const double r = std::sqrt(1.0 - z * z);
  return {r * std::cos(angle), r * std::sin(angle), z};
}

std::vector<double> kernel(double sigma, bool keep_variance) {
  const int half = std::max(1, static_cast<int>(std::ceil(4.0 * sigma)));
  std::vector<double> weights;
  double sum = 0, squares = 0;
  for (int i = -half; i <= half; ++i) {
    weights.push_back(std::exp(-0.5 * i * i / (sigma * sigma)));
    sum += weights.back();
    squares += weights.back() * weights.back();
  }
  for (double& w : weights) w /= keep_variance ? std::sqrt(squares) : sum;
  return weights;
}

std::size_t source(std::int64_t at, std::int64_t size, Border border) {
  if (border == Border::nearest) return static_cast<std::size_t>(std::clamp<std::int64_t>(at, 0, size - 1));
  return static_cast<std::size_t>(((at % size) + size) % size);
}

// `padded` is scratch space: the line with its border on both sides, so that the inner loop has no cases.
void smooth_line(std::vector<double>& line, const std::vector<double>& weights, Border border,
                 std::vector<double>& padded) {
  const auto size = static_cast<std::int64_t>(line.size()), half = static_cast<std::int64_t>(weights.size() / 2);
  padded.resize(line.size() + weights.size() - 1);
  for (std::int64_t i = -half; i < size + half; ++i)
    padded[static_cast<std::size_t>(i + half)] = line[source(i, size, border)];
  std::fill(line.begin(), line.end(), 0.0);
  for (std::size_t j = 0; j < weights.size(); ++j)
    for (std::size_t i = 0; i < line.size(); ++i) line[i] += weights[j] * padded[i + j];
}

}  // namespace

Waves::Waves(Rng& rng, double low, double high, bool plane) {
  constexpr int kWaves = 24;
  for (int i = 0; i < kWaves; ++i) {
    const Vec3 unit = random_direction(rng, plane);
    const double length = rng.uniform(low, high);
    waves_.push_back(
        {{unit[0] * length, unit[1] * length, unit[2] * length}, rng.uniform(0.0, 2.0 * std::numbers::pi)});
  }
  const auto all = directions(plane);
  double sum = 0, squares = 0;
  for (const Vec3& unit : all) {
    const double value = raw(unit);
    sum += value;
    squares += value * value;
  }
  const auto n = static_cast<double>(all.size());
  mean_ = sum / n;
  rms_ = std::sqrt(std::max(squares / n - mean_ * mean_, 1e-12));
}

double Waves::raw(const Vec3& unit) const {
  double sum = 0;
  for (const Wave& wave : waves_)
    sum += std::cos(wave.k[0] * unit[0] + wave.k[1] * unit[1] + wave.k[2] * unit[2] + wave.phase);
  return sum;
}

void smooth(std::vector<double>& values, const Grid& grid, const Vec3& sigma, Border border, bool keep_variance) {
  const std::array<std::size_t, 3> size = {static_cast<std::size_t>(grid.size[0]),
                                           static_cast<std::size_t>(grid.size[1]),
                                           static_cast<std::size_t>(grid.size[2])};
  const std::array<std::size_t, 3> stride = {1, size[0], size[0] * size[1]};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    if (sigma[axis] <= 0 || size[axis] < 2) continue;
    const auto weights = kernel(sigma[axis], keep_variance);
    std::vector<double> line(size[axis]), padded;
    for (std::size_t start = 0; start < values.size(); ++start) {
      if ((start / stride[axis]) % size[axis] != 0) continue;
      for (std::size_t i = 0; i < line.size(); ++i) line[i] = values[start + i * stride[axis]];
      smooth_line(line, weights, border, padded);
      for (std::size_t i = 0; i < line.size(); ++i) values[start + i * stride[axis]] = line[i];
    }
  }
}

std::vector<double> random_field(Rng& rng, const Grid& grid, const Vec3& length_mm) {
  std::vector<double> values(grid.count());
  for (double& value : values) value = rng.normal();
  // Smoothing white noise with sigma gives a correlation exp(-d^2 / (4 sigma^2)): length = sqrt(2) sigma.
  Vec3 sigma{};
  for (std::size_t axis = 0; axis < 3; ++axis) sigma[axis] = length_mm[axis] / std::sqrt(2.0) / grid.spacing[axis];
  smooth(values, grid, sigma, Border::wrap, true);
  return values;
}

double ramp(double x, double low, double high) {
  const double t = std::clamp((x - low) / (high - low), 0.0, 1.0);
  return t * t * (3.0 - 2.0 * t);
}

}  // namespace radfuse::synthetic
