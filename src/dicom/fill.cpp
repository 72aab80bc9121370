// SPDX-License-Identifier: Apache-2.0
// Decoding, shifting within the plane, and blending of neighbours.
#include "fill.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "radfuse/base/error.hpp"
#include "radfuse/base/stop.hpp"

namespace radfuse::dicom {
namespace {

constexpr float kOutside = std::numeric_limits<float>::quiet_NaN();  // until the lowest value is known

void decode(const Slice& slice, std::span<float> out) {
  throw_if_stopped();
  with_context("slice '" + slice.name + "'", [&] { read_values(slice, out); });
}

/// Where a voxel of the grid lies between two of the slice's; false outside it.
struct Between {
  std::int64_t low = 0;
  double share = 0;
};
bool find(double place, std::int64_t size, Between& between) {
  const double last = static_cast<double>(size - 1);
  if (place < -1e-6 || place > last + 1e-6) return false;
  place = std::clamp(place, 0.0, last);
  between.low = std::min(static_cast<std::int64_t>(place), std::max<std::int64_t>(size - 2, 0));
  between.share = place - static_cast<double>(between.low);
  return true;
}

/// A slice on the upright grid: bilinear, because its shift is a part of a voxel.
void shift(const Slice& slice, const std::array<double, 2>& by, const std::vector<float>& from, const Grid& grid,
           std::span<float> out) {
  const auto at = [&](std::int64_t x, std::int64_t y) {
    return static_cast<double>(
        from[static_cast<std::size_t>(std::min(y, slice.rows - 1) * slice.columns + std::min(x, slice.columns - 1))]);
  };
  for (std::int64_t y = 0; y < grid.size[1]; ++y)
    for (std::int64_t x = 0; x < grid.size[0]; ++x) {
      Between h, v;
      float& value = out[static_cast<std::size_t>(y * grid.size[0] + x)];
      value = kOutside;
      if (!find(static_cast<double>(x) - by[0], slice.columns, h) ||
          !find(static_cast<double>(y) - by[1], slice.rows, v))
        continue;
      const double upper = at(h.low, v.low) * (1 - h.share) + at(h.low + 1, v.low) * h.share;
      const double lower = at(h.low, v.low + 1) * (1 - h.share) + at(h.low + 1, v.low + 1) * h.share;
      value = static_cast<float>(upper * (1 - v.share) + lower * v.share);
    }
}

/// The last two slices that were decoded, on the grid of the volume.
class Planes {
 public:
  explicit Planes(const Stack& stack) : stack_(stack) {}

  void read(std::size_t slice, std::span<float> out) const {
    if (stack_.shifts.empty()) return decode(stack_.slices[slice], out);
    std::vector<float> own(static_cast<std::size_t>(stack_.slices[slice].rows * stack_.slices[slice].columns));
    decode(stack_.slices[slice], own);
    shift(stack_.slices[slice], stack_.shifts[slice], own, stack_.grid, out);
  }
  const std::vector<float>& of(std::size_t slice) {
    for (const Kept& kept : kept_)
      if (kept.slice == slice) return kept.values;
    Kept& oldest = kept_[next_];
    next_ = 1 - next_;
    oldest.slice = slice;
    oldest.values.resize(static_cast<std::size_t>(stack_.grid.size[0] * stack_.grid.size[1]));
    read(slice, oldest.values);
    return oldest.values;
  }

 private:
  struct Kept {
    std::size_t slice = std::numeric_limits<std::size_t>::max();
    std::vector<float> values;
  };
  const Stack& stack_;
  std::array<Kept, 2> kept_;
  std::size_t next_ = 0;
};

void blend(const std::vector<float>& below, const std::vector<float>& above, double share, std::span<float> out) {
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = static_cast<float>(static_cast<double>(below[i]) * (1 - share) + static_cast<double>(above[i]) * share);
}

void fill_outside(Volume& volume, std::vector<std::string>& notes) {
  float lowest = std::numeric_limits<float>::infinity();
  for (const float v : volume.values)
    if (v < lowest) lowest = v;
  std::size_t outside = 0;
  for (float& v : volume.values)
    if (std::isnan(v)) {
      v = lowest;
      ++outside;
    }
  if (outside > 0)
    notes.push_back("places outside the leaning slices got the lowest value, " + text::from_float(lowest));
}

}  // namespace

Volume fill(const Stack& stack, std::vector<std::string>& notes) {
  Volume volume(stack.grid);
  const auto size = static_cast<std::size_t>(stack.grid.size[0] * stack.grid.size[1]);
  const bool blended =
      std::any_of(stack.planes.begin(), stack.planes.end(), [](const Plane& p) { return p.share > 0; });
  Planes planes(stack);
  for (std::size_t z = 0; z < stack.planes.size(); ++z) {
    const Plane& plane = stack.planes[z];
    const std::span<float> out = std::span(volume.values).subspan(z * size, size);
    if (!blended) {
      planes.read(plane.below, out);
    } else if (plane.share == 0) {
      const std::vector<float>& only = planes.of(plane.below);
      std::copy(only.begin(), only.end(), out.begin());
    } else {
      const std::vector<float> below = planes.of(plane.below);  // a copy: the next line may take its place
      blend(below, planes.of(plane.above), plane.share, out);
    }
  }
  if (!stack.shifts.empty()) fill_outside(volume, notes);
  return volume;
}

}  // namespace radfuse::dicom
