// SPDX-License-Identifier: Apache-2.0
// Overlap and surface distances of two masks.
#include "radfuse/network/segmentation_metrics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "radfuse/base/error.hpp"
#include "radfuse/volume/roi.hpp"

namespace radfuse::network {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

Mask surface_of(const Mask& mask) {
  const Grid& g = mask.grid;
  const int axes = g.size[2] == 1 ? 2 : 3;
  Mask surface(g);
  for (std::int64_t z = 0; z < g.size[2]; ++z)
    for (std::int64_t y = 0; y < g.size[1]; ++y)
      for (std::int64_t x = 0; x < g.size[0]; ++x) {
        if (mask.at(x, y, z) == 0) continue;
        for (int axis = 0; axis < axes; ++axis)
          for (const std::int64_t step : {-1, 1}) {
            const std::int64_t nx = x + (axis == 0 ? step : 0), ny = y + (axis == 1 ? step : 0),
                               nz = z + (axis == 2 ? step : 0);
            if (!g.contains(nx, ny, nz) || mask.at(nx, ny, nz) == 0) surface.at(x, y, z) = 1;
          }
      }
  return surface;
}

/// Distances in mm from each point of `from` to the nearest point of `to`, ascending.
std::vector<double> distances(const Mask& from, const Mask& to) {
  const std::vector<double> squared = squared_distance_mm2(to, from.grid.size[2] == 1);
  std::vector<double> all;
  for (std::size_t i = 0; i < squared.size(); ++i)
    if (from.values[i] != 0) all.push_back(std::sqrt(squared[i]));
  std::sort(all.begin(), all.end());
  return all;
}

double percentile95(const std::vector<double>& sorted) {
  const double rank = 0.95 * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(rank);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (rank - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

void measure_surfaces(const Mask& prediction, const Mask& reference, double tolerance, SegmentationMetrics& out) {
  const Mask a = surface_of(prediction), b = surface_of(reference);
  const std::vector<double> there = distances(a, b), back = distances(b, a);
  out.hd95_mm = std::max(percentile95(there), percentile95(back));
  double near = 0, sum = 0;
  for (const auto* side : {&there, &back})
    for (const double d : *side) {
      near += d <= tolerance ? 1 : 0;
      sum += d;
    }
  const double points = static_cast<double>(there.size() + back.size());
  out.nsd = near / points;
  out.mean_distance_mm = sum / points;
}

/// `count` of `from`, evenly spread, ends included where there are two or more.
void spread(const std::vector<std::int64_t>& from, std::size_t count, std::vector<std::int64_t>& to) {
  for (std::size_t i = 0; i < count; ++i)
    to.push_back(from[count == 1 ? from.size() / 2 : i * (from.size() - 1) / (count - 1)]);
}

}  // namespace

SegmentationMetrics compare_masks(const Mask& prediction, const Mask& reference, double nsd_tolerance_mm) {
  if (prediction.grid.size != reference.grid.size)
    throw Error(ExitCode::bug, "compare_masks: prediction and reference are on different grids");
  double a = 0, b = 0, both = 0;
  for (std::size_t i = 0; i < reference.values.size(); ++i) {
    const bool in_a = prediction.values[i] != 0, in_b = reference.values[i] != 0;
    a += in_a ? 1 : 0;
    b += in_b ? 1 : 0;
    both += in_a && in_b ? 1 : 0;
  }
  if (a + b == 0) return {kNaN, kNaN, kNaN, kNaN, kNaN, kNaN, "prediction and reference are both empty"};
  SegmentationMetrics out;
  out.dice = 2 * both / (a + b);
  out.jaccard = both / (a + b - both);
  out.volume_error = b > 0 ? (a - b) / b : kNaN;
  if (a > 0 && b > 0) {
    measure_surfaces(prediction, reference, nsd_tolerance_mm, out);
  } else {
    out.hd95_mm = out.mean_distance_mm = kNaN;
    out.note = a > 0 ? "the reference is empty" : "the prediction is empty";
  }
  return out;
}

Mask mask_of(const Volume& probability, double threshold, bool keep_largest) {
  Mask mask(probability.grid);
  for (std::size_t i = 0; i < mask.values.size(); ++i) mask.values[i] = probability.values[i] >= threshold ? 1 : 0;
  return keep_largest && mask.count() > 0 ? largest_component(mask) : mask;
}

std::vector<std::int64_t> training_slices(const Mask& mask, int most) {
  std::vector<std::int64_t> with, without, chosen;
  for (std::int64_t z = 0; z < mask.grid.size[2]; ++z) {
    const auto first = mask.values.begin() + static_cast<std::ptrdiff_t>(mask.grid.index(0, 0, z));
    const bool crossed =
        std::any_of(first, first + mask.grid.size[0] * mask.grid.size[1], [](auto v) { return v != 0; });
    (crossed ? with : without).push_back(z);
  }
  const auto wanted = std::min(static_cast<std::size_t>(most), with.size() + without.size());
  const std::size_t others = std::min(without.size(), wanted / 2);
  const std::size_t crossing = std::min(with.size(), wanted - others);
  spread(with, crossing, chosen);
  spread(without, std::min(without.size(), wanted - crossing), chosen);
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

}  // namespace radfuse::network
