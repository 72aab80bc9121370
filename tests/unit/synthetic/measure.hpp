// SPDX-License-Identifier: Apache-2.0
// Simple statistics and image measurements, independent of how the cohort is drawn.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "radfuse/volume/volume.hpp"

namespace radfuse::synthetic::test {

inline double mean(const std::vector<double>& x) {
  double sum = 0;
  for (const double v : x) sum += v;
  return sum / static_cast<double>(x.size());
}
inline double sd(const std::vector<double>& x) {
  const double m = mean(x);
  double sum = 0;
  for (const double v : x) sum += (v - m) * (v - m);
  return std::sqrt(sum / static_cast<double>(x.size()));
}
inline double correlation(const std::vector<double>& x, const std::vector<double>& y) {
  const double mx = mean(x), my = mean(y);
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) sum += (x[i] - mx) * (y[i] - my);
  return sum / static_cast<double>(x.size()) / (sd(x) * sd(y));
}
inline double auc(const std::vector<double>& score, const std::vector<int>& y) {
  double wins = 0, pairs = 0;
  for (std::size_t i = 0; i < y.size(); ++i)
    for (std::size_t j = 0; j < y.size(); ++j)
      if (y[i] == 1 && y[j] == 0) {
        wins += score[i] > score[j] ? 1.0 : score[i] == score[j] ? 0.5 : 0.0;
        pairs += 1;
      }
  return wins / pairs;
}
inline double dice(const Mask& a, const Mask& b) {
  double both = 0, sum = 0;
  for (std::size_t i = 0; i < a.values.size(); ++i) {
    both += 2.0 * (a.values[i] & b.values[i]);
    sum += a.values[i] + b.values[i];
  }
  return both / sum;
}

struct Seen {
  double rim_contrast;   ///< mean 1 to 2.5 mm outside the mask, less the mean 5 to 7 mm outside, over the latter's SD
  double irregularity;   ///< in the slice with most of the lesion: edge pixels over the square root of the area
  double heterogeneity;  ///< variation coefficient of 3x3 means inside the lesion's slice
};

// In the slice with the most mask voxels; distances by brute force over the mask's edge.
inline Seen measure(const Volume& image, const Mask& mask) {
  const Grid& g = image.grid;
  std::int64_t z_best = 0;
  double most = -1;
  for (std::int64_t z = 0; z < g.size[2]; ++z) {
    double inside = 0;
    for (std::int64_t y = 0; y < g.size[1]; ++y)
      for (std::int64_t x = 0; x < g.size[0]; ++x) inside += mask.at(x, y, z);
    if (inside > most) most = inside, z_best = z;
  }
  const auto in = [&](std::int64_t x, std::int64_t y) {
    return g.contains(x, y, z_best) && mask.at(x, y, z_best) != 0;
  };
  std::vector<std::pair<std::int64_t, std::int64_t>> edge;
  std::vector<double> patches, near, far;
  double faces = 0;
  for (std::int64_t y = 0; y < g.size[1]; ++y)
    for (std::int64_t x = 0; x < g.size[0]; ++x) {
      if (!in(x, y)) continue;
      const int open = !in(x - 1, y) + !in(x + 1, y) + !in(x, y - 1) + !in(x, y + 1);
      faces += open;
      if (open > 0) edge.emplace_back(x, y);
      bool whole = true;
      double sum = 0;
      for (std::int64_t dy = -1; dy <= 1; ++dy)
        for (std::int64_t dx = -1; dx <= 1; ++dx) {
          whole = whole && in(x + 2 * dx, y + 2 * dy);
          if (g.contains(x + dx, y + dy, z_best)) sum += image.at(x + dx, y + dy, z_best) / 9.0;
        }
      if (whole) patches.push_back(sum);
    }
  for (std::int64_t y = 0; y < g.size[1]; ++y)
    for (std::int64_t x = 0; x < g.size[0]; ++x) {
      if (in(x, y)) continue;
      double nearest = 1e9;
      for (const auto& [ex, ey] : edge)
        nearest = std::min(nearest, std::hypot(static_cast<double>(x - ex) * g.spacing[0],
                                               static_cast<double>(y - ey) * g.spacing[1]));
      if (nearest > 1.0 && nearest <= 2.5) near.push_back(image.at(x, y, z_best));
      if (nearest > 5.0 && nearest <= 7.0) far.push_back(image.at(x, y, z_best));
    }
  double area = 0;
  for (std::int64_t y = 0; y < g.size[1]; ++y)
    for (std::int64_t x = 0; x < g.size[0]; ++x) area += in(x, y);
  std::sort(far.begin(), far.end());  // the median: vessels, fluid and bone lie there, too
  const double beyond = far[far.size() / 2];
  return {(mean(near) - beyond) / std::abs(mean(patches) + 100.0), faces / std::sqrt(area), sd(patches)};
}

// Mean absolute second difference along y over the mean level's scale: what changes from pixel to pixel.
inline double fine_noise(const Volume& image) {
  const Grid& g = image.grid;
  std::vector<double> differences;
  for (std::int64_t z = 0; z < g.size[2]; ++z)
    for (std::int64_t y = 1; y + 1 < g.size[1]; ++y)
      for (std::int64_t x = 0; x < g.size[0]; ++x)
        differences.push_back(std::abs(static_cast<double>(image.at(x, y - 1, z)) - 2.0 * image.at(x, y, z) +
                                       static_cast<double>(image.at(x, y + 1, z))));
  std::nth_element(differences.begin(), differences.begin() + static_cast<std::ptrdiff_t>(differences.size() / 2),
                   differences.end());
  return differences[differences.size() / 2];
}

}  // namespace radfuse::synthetic::test
