// SPDX-License-Identifier: Apache-2.0
// Interpolation of images and masks on another grid: nearest, linear, cubic B-spline (Unser 1999).
#include "radfuse/volume/resample.hpp"

#include <algorithm>
#include <cmath>

#include "radfuse/base/error.hpp"
#include "radfuse/base/stop.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/volume/roi.hpp"
#include "spline.hpp"

namespace radfuse {
namespace {

/// Voxels kept around the part of the image that is asked for, so that the spline's prefilter (which forgets by a
/// factor 0.268 a voxel) sees nothing of the cut: a change of 4e-12.
constexpr std::int64_t kSplineMargin = 20;

/// Which old voxels, with which weights, make one new value along one axis.
struct Taps {
  std::array<std::int64_t, 4> at{};
  std::array<double, 4> weight{};
  int count = 0;
};

std::int64_t mirrored(std::int64_t i, std::int64_t size) {
  if (size == 1) return 0;
  const std::int64_t period = 2 * (size - 1);
  i = ((i % period) + period) % period;
  return i < size ? i : period - i;
}

/// Positions are snapped to 2^-30 voxel, so that a position meant to lie half-way between two voxels does so whatever
/// the image's origin; beyond the outer voxel centres the edge value goes on.
Taps taps_at(double position, std::int64_t size, Interpolator interpolator) {
  position = std::nearbyint(position * 0x1p30) * 0x1p-30;
  position = std::clamp(position, 0.0, static_cast<double>(size - 1));
  Taps taps;
  if (interpolator == Interpolator::nearest) {
    taps = {{std::min(static_cast<std::int64_t>(std::floor(position + 0.5)), size - 1)}, {1.0}, 1};
    return taps;
  }
  const auto below = static_cast<std::int64_t>(std::floor(position));
  const double t = position - static_cast<double>(below);
  if (interpolator == Interpolator::linear) {
    if (t == 0) return {{below}, {1.0}, 1};
    return {{below, below + 1}, {1 - t, t}, 2};
  }
  if (size == 1) return {{0}, {1.0}, 1};
  const double s = 1 - t;
  taps.count = 4;
  taps.weight = {s * s * s / 6, 2.0 / 3 - t * t * (2 - t) / 2, 2.0 / 3 - s * s * (2 - s) / 2, t * t * t / 6};
  for (std::int64_t k = 0; k < 4; ++k) taps.at[static_cast<std::size_t>(k)] = mirrored(below - 1 + k, size);
  return taps;
}

/// The part of an image that is needed: the image's own samples, or coefficients made of them.
template <class T>
struct Source {
  std::array<std::int64_t, 3> low{}, size{};
  const T* first = nullptr;        ///< sample (0, 0, 0) of the part
  std::size_t row = 0, slice = 0;  ///< samples from one row to the next, from one slice to the next
  std::vector<T> own;              ///< coefficients
  const T* at(std::int64_t y, std::int64_t z) const {
    return first + static_cast<std::size_t>(y) * row + static_cast<std::size_t>(z) * slice;
  }
};

/// Index in the old grid = start + matrix * index in the new grid.
struct Mapping {
  std::array<double, 3> start{};
  std::array<double, 9> matrix{};
  double position(std::size_t axis, double x, double y, double z) const {
    return start[axis] + matrix[axis * 3] * x + matrix[axis * 3 + 1] * y + matrix[axis * 3 + 2] * z;
  }
};

std::array<double, 9> inverse(const std::array<double, 9>& m) {
  const auto minor = [&m](std::size_t a, std::size_t b, std::size_t c, std::size_t d) {
    return m[a] * m[d] - m[b] * m[c];
  };
  const double det = m[0] * minor(4, 5, 7, 8) - m[1] * minor(3, 5, 6, 8) + m[2] * minor(3, 4, 6, 7);
  if (!(std::abs(det) > 1e-6)) throw InputError("the image's axes lie in one plane; its direction matrix is not valid");
  std::array<double, 9> r{minor(4, 5, 7, 8), minor(2, 1, 8, 7), minor(1, 2, 4, 5), minor(5, 3, 8, 6), minor(0, 2, 6, 8),
                          minor(2, 0, 5, 3), minor(3, 4, 6, 7), minor(1, 0, 7, 6), minor(0, 1, 3, 4)};
  for (double& v : r) v /= det;
  return r;
}

Mapping mapping(const Grid& from, const Grid& to) {
  const auto back = inverse(from.direction);
  Mapping map;
  for (std::size_t a = 0; a < 3; ++a) {
    for (std::size_t k = 0; k < 3; ++k) map.start[a] += back[a * 3 + k] * (to.origin[k] - from.origin[k]);
    map.start[a] /= from.spacing[a];
    for (std::size_t b = 0; b < 3; ++b) {
      double dot = 0;
      for (std::size_t k = 0; k < 3; ++k) dot += back[a * 3 + k] * to.direction[k * 3 + b];
      map.matrix[a * 3 + b] = dot * to.spacing[b] / from.spacing[a];
    }
  }
  return map;
}

/// The new grid's axes run along the old one's: one table of taps an axis serves all voxels.
bool is_aligned(const Mapping& map, const Grid& to) {
  for (std::size_t a = 0; a < 3; ++a)
    for (std::size_t b = 0; b < 3; ++b)
      if (a != b && std::abs(map.matrix[a * 3 + b]) * static_cast<double>(to.size[b]) > 1e-6) return false;
  return true;
}

/// The old voxels that the part `box` of the new grid is made of, `margin` more on every side.
template <class T>
Source<T> needed(const Grid& from, const std::vector<T>& values, const Box& box, const Mapping& map,
                 std::int64_t margin) {
  Source<T> source;
  for (std::size_t a = 0; a < 3; ++a) {
    double least = map.start[a], most = map.start[a];
    for (std::size_t b = 0; b < 3; ++b) {
      const double one = map.matrix[a * 3 + b] * static_cast<double>(box.low[b]);
      const double two = map.matrix[a * 3 + b] * static_cast<double>(box.high[b]);
      least += std::min(one, two);
      most += std::max(one, two);
    }
    const double end = static_cast<double>(from.size[a] - 1);
    source.low[a] =
        std::max<std::int64_t>(0, static_cast<std::int64_t>(std::floor(std::clamp(least, 0.0, end))) - margin);
    const auto high = std::min<std::int64_t>(from.size[a] - 1,
                                             static_cast<std::int64_t>(std::ceil(std::clamp(most, 0.0, end))) + margin);
    source.size[a] = high - source.low[a] + 1;
  }
  source.row = static_cast<std::size_t>(from.size[0]);
  source.slice = static_cast<std::size_t>(from.size[0] * from.size[1]);
  source.first = values.data() + from.index(source.low[0], source.low[1], source.low[2]);
  return source;
}

template <class T>
Source<double> coefficients_of(const Source<T>& samples) {
  Source<double> out;
  out.low = samples.low;
  out.size = samples.size;
  const auto [nx, ny, nz] = samples.size;
  out.row = static_cast<std::size_t>(nx);
  out.slice = static_cast<std::size_t>(nx * ny);
  out.own.reserve(static_cast<std::size_t>(nx * ny * nz));
  for (std::int64_t z = 0; z < nz; ++z)
    for (std::int64_t y = 0; y < ny; ++y) out.own.insert(out.own.end(), samples.at(y, z), samples.at(y, z) + nx);
  prefilter(out.own, out.size);
  out.first = out.own.data();
  return out;
}

template <class T>
double weighted(const Source<T>& source, const Taps& x, const Taps& y, const Taps& z) {
  double sum = 0;
  for (std::size_t c = 0; c < static_cast<std::size_t>(z.count); ++c)
    for (std::size_t b = 0; b < static_cast<std::size_t>(y.count); ++b) {
      const T* row = source.at(y.at[b], z.at[c]);
      double along = 0;
      for (std::size_t a = 0; a < static_cast<std::size_t>(x.count); ++a)
        along += x.weight[a] * static_cast<double>(row[x.at[a]]);
      sum += z.weight[c] * y.weight[b] * along;
    }
  return sum;
}

/// out[i] = the weighted sum of the lines that the taps name; line(k) is line k.
template <class Line>
void weigh_lines(Line line, const Taps& taps, std::size_t n, double* out) {
  const auto *a = line(taps.at[0]), *b = line(taps.at[1]), *c = line(taps.at[2]), *d = line(taps.at[3]);
  const auto& w = taps.weight;
  const auto value = [](const auto* p, std::size_t i) { return static_cast<double>(p[i]); };
  if (taps.count == 1)
    for (std::size_t i = 0; i < n; ++i) out[i] = w[0] * value(a, i);
  else if (taps.count == 2)
    for (std::size_t i = 0; i < n; ++i) out[i] = w[0] * value(a, i) + w[1] * value(b, i);
  else
    for (std::size_t i = 0; i < n; ++i)
      out[i] = w[0] * value(a, i) + w[1] * value(b, i) + w[2] * value(c, i) + w[3] * value(d, i);
}

/// When the new grid's axes run along the old one's: slices are weighted first, then rows, then voxels. `put` takes the
/// values in memory order of the part.
template <class T, class Put>
void interpolate_aligned(const Source<T>& source, const std::array<std::vector<Taps>, 3>& table, Put put) {
  const auto row = static_cast<std::size_t>(source.size[0]);
  std::vector<double> plane(row * static_cast<std::size_t>(source.size[1])), line(row);
  for (const Taps& z : table[2]) {
    throw_if_stopped();
    for (std::int64_t y = 0; y < source.size[1]; ++y)
      weigh_lines([&](std::int64_t k) { return source.at(y, k); }, z, row,
                  plane.data() + static_cast<std::size_t>(y) * row);
    for (const Taps& y : table[1]) {
      weigh_lines([&](std::int64_t k) { return plane.data() + static_cast<std::size_t>(k) * row; }, y, row,
                  line.data());
      for (const Taps& x : table[0]) {
        double sum = 0;
        for (std::size_t k = 0; k < static_cast<std::size_t>(x.count); ++k)
          sum += x.weight[k] * line[static_cast<std::size_t>(x.at[k])];
        put(sum);
      }
    }
  }
}

/// Values for the part `box` of the new grid, in memory order of the part.
template <class T, class Put>
void interpolate_from(const Source<T>& source, const Mapping& map, bool aligned, const Box& box,
                      Interpolator interpolator, Put put) {
  const auto taps = [&](std::size_t axis, std::int64_t x, std::int64_t y, std::int64_t z) {
    const double p = map.position(axis, static_cast<double>(x), static_cast<double>(y), static_cast<double>(z));
    return taps_at(p - static_cast<double>(source.low[axis]), source.size[axis], interpolator);
  };
  if (aligned) {
    std::array<std::vector<Taps>, 3> table;
    for (std::size_t axis = 0; axis < 3; ++axis)
      for (std::int64_t i = box.low[axis]; i <= box.high[axis]; ++i)
        table[axis].push_back(taps(axis, axis == 0 ? i : 0, axis == 1 ? i : 0, axis == 2 ? i : 0));
    return interpolate_aligned(source, table, put);
  }
  for (std::int64_t z = box.low[2]; z <= box.high[2]; ++z) {
    throw_if_stopped();
    for (std::int64_t y = box.low[1]; y <= box.high[1]; ++y)
      for (std::int64_t x = box.low[0]; x <= box.high[0]; ++x)
        put(weighted(source, taps(0, x, y, z), taps(1, x, y, z), taps(2, x, y, z)));
  }
}

/// One part of the new grid after the other, so that the coefficients of a spline stay within 32 MiB where they can.
template <class T, class Put>
void interpolate_part(const Grid& from, const std::vector<T>& values, const Grid& to, const Mapping& map,
                      const Box& box, Interpolator interpolator, Put& put) {
  constexpr std::int64_t kMostCoefficients = 1 << 22, kLeastSide = 32;
  const bool spline = interpolator == Interpolator::cubic, aligned = is_aligned(map, to);
  const Source<T> samples = needed(from, values, box, map, spline ? kSplineMargin : 1);
  if (spline && samples.size[0] * samples.size[1] * samples.size[2] > kMostCoefficients) {
    std::size_t longest = 0;
    for (std::size_t a = 1; a < 3; ++a)
      if (box.high[a] - box.low[a] > box.high[longest] - box.low[longest]) longest = a;
    if (const std::int64_t side = box.high[longest] - box.low[longest] + 1; side >= 2 * kLeastSide) {
      Box lower = box, upper = box;
      upper.low[longest] = box.low[longest] + side / 2;
      lower.high[longest] = upper.low[longest] - 1;
      interpolate_part(from, values, to, map, lower, interpolator, put);
      return interpolate_part(from, values, to, map, upper, interpolator, put);
    }
  }
  auto [x, y, z] = box.low;
  const auto in_order = [&](double value) {
    put(to.index(x, y, z), value);
    if (++x <= box.high[0]) return;
    x = box.low[0];
    if (++y <= box.high[1]) return;
    y = box.low[1];
    ++z;
  };
  if (spline)
    interpolate_from(coefficients_of(samples), map, aligned, box, interpolator, in_order);
  else
    interpolate_from(samples, map, aligned, box, interpolator, in_order);
}

/// Calls put(i, value) for every voxel i of `to`.
template <class T, class Put>
void interpolate(const Grid& from, const std::vector<T>& values, const Grid& to, Interpolator interpolator, Put put) {
  if (from.count() == 0 || values.size() != from.count() || to.count() == 0) throw CaseError("the image has no voxels");
  const Box all{{0, 0, 0}, {to.size[0] - 1, to.size[1] - 1, to.size[2] - 1}};
  interpolate_part(from, values, to, mapping(from, to), all, interpolator, put);
}

}  // namespace

Grid resampled_grid(const Grid& from, const std::vector<double>& spacing_mm) {
  Grid to = from;
  std::array<double, 3> first{0, 0, 0};
  for (std::size_t axis = 0; axis < std::min<std::size_t>(3, spacing_mm.size()); ++axis) {
    if (spacing_mm[axis] == 0) continue;
    if (!(spacing_mm[axis] >= 1e-3 && spacing_mm[axis] <= 1e2))
      throw StudyError("a voxel size of " + text::from_double(spacing_mm[axis]) + " mm lies outside 0.001 to 100");
    const double old_size = static_cast<double>(from.size[axis]);
    // Spacings read from files are rounded (0.30000001): a millionth of the size is no further voxel.
    const double new_size = std::ceil(old_size * from.spacing[axis] / spacing_mm[axis] * (1 - 1e-6));
    first[axis] = 0.5 * (old_size - 1) - 0.5 * (new_size - 1) * spacing_mm[axis] / from.spacing[axis];
    to.size[axis] = static_cast<std::int64_t>(new_size);
    to.spacing[axis] = spacing_mm[axis];
  }
  to.origin = from.point(first[0], first[1], first[2]);
  return to;
}

Volume resample(const Volume& image, const Grid& to, Interpolator interpolator) {
  Volume out(to);
  interpolate(image.grid, image.values, to, interpolator,
              [&out](std::size_t i, double value) { out.values[i] = static_cast<float>(value); });
  return out;
}

Mask resample(const Mask& mask, const Grid& to, Interpolator interpolator, double partial_volume) {
  Mask out(to);
  const auto used = interpolator == Interpolator::nearest ? Interpolator::nearest : Interpolator::linear;
  // A value that falls short of the threshold by rounding alone (half-way between two slices) is inside.
  interpolate(mask.grid, mask.values, to, used,
              [&](std::size_t i, double value) { out.values[i] = value >= partial_volume - 1e-6; });
  return out;
}

}  // namespace radfuse
