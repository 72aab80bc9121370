// SPDX-License-Identifier: Apache-2.0
// Random changes of training images.
#include "augment.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace radfuse::network {
namespace {

std::size_t at(const Patch& p, int c, int y, int x) {
  return (static_cast<std::size_t>(c) * static_cast<std::size_t>(p.height) + static_cast<std::size_t>(y)) *
             static_cast<std::size_t>(p.width) +
         static_cast<std::size_t>(x);
}

/// A block's slices are changed alike, as further channels would be.
int planes(const Patch& p) {
  return p.channels * p.depth;
}

void mirror(Patch& p) {
  for (int c = 0; c < planes(p); ++c)
    for (int y = 0; y < p.height; ++y)
      std::reverse(p.values.begin() + static_cast<std::ptrdiff_t>(at(p, c, y, 0)),
                   p.values.begin() + static_cast<std::ptrdiff_t>(at(p, c, y, 0)) + p.width);
}

/// From a new pixel's offset from the centre to the old one's: a turn, a scale and a shift.
struct Motion {
  double cosine = 1, sine = 0, shift_x = 0, shift_y = 0;
};

float bilinear(const Patch& p, int c, double y, double x) {
  y = std::clamp(y, 0.0, p.height - 1.0);
  x = std::clamp(x, 0.0, p.width - 1.0);
  const int y0 = static_cast<int>(y), x0 = static_cast<int>(x);
  const int y1 = std::min(y0 + 1, p.height - 1), x1 = std::min(x0 + 1, p.width - 1);
  const double fy = y - y0, fx = x - x0;
  return static_cast<float>((1 - fy) * ((1 - fx) * p.values[at(p, c, y0, x0)] + fx * p.values[at(p, c, y0, x1)]) +
                            fy * ((1 - fx) * p.values[at(p, c, y1, x0)] + fx * p.values[at(p, c, y1, x1)]));
}

Patch moved(const Patch& p, const Motion& m) {
  Patch out = p;
  const double cy = (p.height - 1) / 2.0, cx = (p.width - 1) / 2.0;
  for (int c = 0; c < planes(p); ++c)
    for (int y = 0; y < p.height; ++y)
      for (int x = 0; x < p.width; ++x)
        out.values[at(out, c, y, x)] =
            bilinear(p, c, cy + m.sine * (x - cx) + m.cosine * (y - cy) + m.shift_y * p.height,
                     cx + m.cosine * (x - cx) - m.sine * (y - cy) + m.shift_x * p.width);
  return out;
}

Patch blurred(const Patch& p) {
  Patch out = p;
  constexpr double kWeights[3] = {0.25, 0.5, 0.25};
  for (int c = 0; c < planes(p); ++c)
    for (int y = 0; y < p.height; ++y)
      for (int x = 0; x < p.width; ++x) {
        double sum = 0;
        for (int dy = -1; dy <= 1; ++dy)
          for (int dx = -1; dx <= 1; ++dx)
            sum += kWeights[dy + 1] * kWeights[dx + 1] *
                   p.values[at(p, c, std::clamp(y + dy, 0, p.height - 1), std::clamp(x + dx, 0, p.width - 1))];
        out.values[at(out, c, y, x)] = static_cast<float>(sum);
      }
  return out;
}

template <class Change>
void change(Patch& p, Change&& f) {
  for (float& v : p.values) v = static_cast<float>(std::clamp(f(static_cast<double>(v)), 0.0, 1.0));
}

void relight(Patch& image, Rng& rng) {
  const double contrast = rng.uniform(0.75, 1.25), brightness = rng.uniform(-0.1, 0.1);
  change(image, [&](double v) { return (v - 0.5) * contrast + 0.5 + brightness; });
}

Motion any_motion(Rng& rng) {
  const double angle = rng.uniform(-20, 20) * std::numbers::pi / 180, scale = std::exp(rng.uniform(-0.223, 0.223));
  const double shift_x = rng.uniform(-0.05, 0.05), shift_y = rng.uniform(-0.05, 0.05);
  return {std::cos(angle) / scale, std::sin(angle) / scale, shift_x, shift_y};
}

}  // namespace

void augment(Patch& image, Patch& mask, Rng& rng) {
  if (rng.uniform() < 0.5) {
    mirror(image);
    mirror(mask);
  }
  if (rng.uniform() < 0.7) {
    const Motion motion = any_motion(rng);
    image = moved(image, motion);
    mask = moved(mask, motion);
    for (float& v : mask.values) v = v >= 0.5F ? 1.0F : 0.0F;
  }
  if (rng.uniform() < 0.5) relight(image, rng);
  if (rng.uniform() < 0.3) {
    const double gamma = std::exp(rng.uniform(std::log(0.7), std::log(1.5)));
    change(image, [&](double v) { return std::pow(std::clamp(v, 0.0, 1.0), gamma); });
  }
  if (rng.uniform() < 0.2) image = blurred(image);
  if (rng.uniform() < 0.3) {
    const double deviation = rng.uniform(0, 0.05);
    change(image, [&](double v) { return v + deviation * rng.normal(); });
  }
}

void augment_lightly(Patch& image, Rng& rng) {
  if (rng.uniform() < 0.5) mirror(image);
  if (rng.uniform() < 0.5) relight(image, rng);
}

void augment_alone(Patch& image, Rng& rng) {
  if (rng.uniform() < 0.5) mirror(image);
  if (rng.uniform() < 0.7) image = moved(image, any_motion(rng));
  if (rng.uniform() < 0.5) relight(image, rng);
}

}  // namespace radfuse::network
