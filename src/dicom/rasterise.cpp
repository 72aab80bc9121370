// SPDX-License-Identifier: Apache-2.0
// Scan conversion by parity, and tracing along pixel edges.
#include "rasterise.hpp"

#include <algorithm>
#include <cmath>

namespace radfuse::dicom {
namespace {

constexpr std::int64_t kOne = 1 << 24;
__extension__ typedef __int128 Wide;  // products of two differences of fixed numbers: 110 bits

/// The four directions along pixel edges, turning from +x to +y.
constexpr std::array<std::array<std::int64_t, 2>, 4> kSteps{{{1, 0}, {0, 1}, {-1, 0}, {0, -1}}};

/// Directed edges between pixel corners, the inside always on the same hand; every corner has as many edges that leave
/// as arrive.
class Edges {
 public:
  Edges(std::span<const std::uint8_t> pixels, std::int64_t width, std::int64_t height)
      : pixels_(pixels), width_(width), height_(height) {
    leaving_.assign(static_cast<std::size_t>((width + 1) * (height + 1)), 0);
    for (std::int64_t y = 0; y < height; ++y)
      for (std::int64_t x = 0; x < width; ++x) {
        if (!set(x, y)) continue;
        if (!set(x, y - 1)) at(x, y) |= 1;
        if (!set(x + 1, y)) at(x + 1, y) |= 2;
        if (!set(x, y + 1)) at(x + 1, y + 1) |= 4;
        if (!set(x - 1, y)) at(x, y + 1) |= 8;
      }
  }
  std::uint8_t& at(std::int64_t x, std::int64_t y) { return leaving_[static_cast<std::size_t>(y * (width_ + 1) + x)]; }

 private:
  bool set(std::int64_t x, std::int64_t y) const {
    return x >= 0 && y >= 0 && x < width_ && y < height_ && pixels_[static_cast<std::size_t>(y * width_ + x)] != 0;
  }
  std::span<const std::uint8_t> pixels_;
  std::int64_t width_, height_;
  std::vector<std::uint8_t> leaving_;  ///< bit d: an edge leaves in direction d
};

/// Takes the edges of one loop away. Where two pixels touch at a corner it turns towards its own pixel, so that each
/// keeps an outline that does not cross itself.
Polygon follow(Edges& edges, std::int64_t x, std::int64_t y) {
  Polygon loop;
  std::size_t direction = 4;
  while (edges.at(x, y) != 0) {
    std::size_t next = 0;
    if (direction == 4)
      while ((edges.at(x, y) >> next & 1) == 0) ++next;
    else
      for (const std::size_t turn : {1U, 0U, 3U}) {
        next = (direction + turn) % 4;
        if ((edges.at(x, y) >> next & 1) != 0) break;
      }
    edges.at(x, y) = static_cast<std::uint8_t>(edges.at(x, y) & ~(1U << next));
    if (next != direction) loop.push_back({static_cast<double>(x) - 0.5, static_cast<double>(y) - 0.5});
    direction = next;
    x += kSteps[direction][0];
    y += kSteps[direction][1];
    if (!loop.empty() && static_cast<double>(x) - 0.5 == loop[0][0] && static_cast<double>(y) - 0.5 == loop[0][1])
      break;
  }
  return loop;
}

}  // namespace

SliceRaster::SliceRaster(std::int64_t width, std::int64_t height)
    : width_(width),
      height_(height),
      lowest_(height),
      highest_(-1),
      toggles_(static_cast<std::size_t>((width + 1) * height), 0) {}

void SliceRaster::add(const Polygon& polygon) {
  if (polygon.size() < 3) return;
  Fixed before = fixed(polygon.back());
  for (const PlanePoint& point : polygon) {
    const Fixed here = fixed(point);
    add_edge(before, here);
    before = here;
  }
}

SliceRaster::Fixed SliceRaster::fixed(const PlanePoint& point) {
  return {std::llround(point[0] * static_cast<double>(kOne)), std::llround(point[1] * static_cast<double>(kOne))};
}

/// Rows y with a.y <= y < b.y; the lower end comes first, whichever way round the edge is drawn.
void SliceRaster::add_edge(Fixed a, Fixed b) {
  if (a.y > b.y) std::swap(a, b);
  const auto row_from = [&](std::int64_t y) { return std::clamp<std::int64_t>((y + kOne - 1) >> 24, 0, height_); };
  const std::int64_t first = row_from(a.y), end = row_from(b.y);
  if (first >= end) return;
  lowest_ = std::min(lowest_, first);
  highest_ = std::max(highest_, end - 1);
  for (std::int64_t y = first; y < end; ++y)
    toggles_[static_cast<std::size_t>(y * (width_ + 1) + first_right_of(a, b, y))] ^= 1;
}

std::int64_t SliceRaster::first_right_of(Fixed a, Fixed b, std::int64_t y) const {
  const double part = static_cast<double>(y * kOne - a.y) / static_cast<double>(b.y - a.y);
  const double x = (static_cast<double>(a.x) + part * static_cast<double>(b.x - a.x)) / static_cast<double>(kOne);
  if (!(x > 0)) {
    if (x < -0.5) return 0;
  } else if (x > static_cast<double>(width_)) {
    return width_;
  }
  const double nearest = std::nearbyint(x);
  if (std::abs(x - nearest) > 1e-5) return static_cast<std::int64_t>(std::ceil(x));
  const auto pixel = static_cast<std::int64_t>(nearest);
  const Wide side =
      static_cast<Wide>(pixel * kOne - a.x) * (b.y - a.y) - static_cast<Wide>(y * kOne - a.y) * (b.x - a.x);
  return std::clamp<std::int64_t>(side >= 0 ? pixel : pixel + 1, 0, width_);
}

void SliceRaster::take(std::span<std::uint8_t> pixels) {
  std::fill(pixels.begin(), pixels.end(), std::uint8_t{0});
  for (std::int64_t y = lowest_; y <= highest_; ++y) {
    std::uint8_t inside = 0;
    for (std::int64_t x = 0; x < width_; ++x) {
      std::uint8_t& toggle = toggles_[static_cast<std::size_t>(y * (width_ + 1) + x)];
      inside = static_cast<std::uint8_t>(inside ^ toggle);
      pixels[static_cast<std::size_t>(y * width_ + x)] = inside;
      toggle = 0;
    }
    toggles_[static_cast<std::size_t>(y * (width_ + 1) + width_)] = 0;
  }
  lowest_ = height_;
  highest_ = -1;
}

std::vector<Polygon> outlines(std::span<const std::uint8_t> pixels, std::int64_t width, std::int64_t height) {
  Edges edges(pixels, width, height);
  std::vector<Polygon> loops;
  for (std::int64_t y = 0; y <= height; ++y)
    for (std::int64_t x = 0; x <= width; ++x)
      while (edges.at(x, y) != 0) loops.push_back(follow(edges, x, y));
  return loops;
}

}  // namespace radfuse::dicom
