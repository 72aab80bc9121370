// SPDX-License-Identifier: Apache-2.0
// With u = (x - mean) inside the region and 0 outside, m the region, q = u^2 and w(d) = 1/|d| (0 for d = 0), the
// sums over pairs are products of spectra: sum w u_i u_j = mean of W |U|^2, sum w = mean of W |M|^2 and
// sum w (u_i - u_j)^2 = 2 mean of W Re(Q conj(M)) - 2 mean of W |U|^2.
#include "autocorrelation.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <unsupported/Eigen/FFT>
#include <vector>

#include "radfuse/base/stop.hpp"

namespace radfuse::radiomics {
namespace {

using Complex = std::complex<double>;

constexpr std::size_t kMostFourierVoxels = std::size_t{1} << 26;
constexpr std::size_t kFewVoxels = 2500;

double mean_inside(const Volume& image, const Mask& mask) {
  double sum = 0, n = 0;
  for (std::size_t i = 0; i < mask.values.size(); ++i)
    if (mask.values[i] != 0) {
      sum += static_cast<double>(image.values[i]);
      ++n;
    }
  return sum / n;
}

Autocorrelation result(double n, double squares, double weights, double products, double differences) {
  return {n / weights * products / squares, (n - 1) / (2 * weights) * differences / squares};
}

/// The next size whose only prime factors are 2, 3 and 5.
std::int64_t smooth(std::int64_t n) {
  for (;; ++n) {
    std::int64_t rest = n;
    for (const std::int64_t p : {2, 3, 5})
      while (rest % p == 0) rest /= p;
    if (rest == 1) return n;
  }
}

struct Box3 {
  std::array<std::int64_t, 3> size{};
  std::size_t count() const { return static_cast<std::size_t>(size[0] * size[1] * size[2]); }
  std::size_t index(std::int64_t x, std::int64_t y, std::int64_t z) const {
    return static_cast<std::size_t>((z * size[1] + y) * size[0] + x);
  }
};

/// Lines gathered together, so that a cache line is read once for all of them.
constexpr std::int64_t kBatch = 8;

void transform(std::vector<Complex>& values, const Box3& box) {
  Eigen::FFT<double> fft;
  const std::array<std::size_t, 3> step{1, static_cast<std::size_t>(box.size[0]),
                                        static_cast<std::size_t>(box.size[0] * box.size[1])};
  std::array<std::vector<Complex>, kBatch> lines;
  std::vector<Complex> spectrum;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const std::size_t n = static_cast<std::size_t>(box.size[axis]);
    if (n == 1) continue;
    const std::size_t b = axis == 0 ? 1 : 0, c = axis == 2 ? 1 : 2;
    for (auto& line : lines) line.resize(n);
    spectrum.resize(n);
    for (std::int64_t k = 0; k < box.size[c]; ++k) {
      throw_if_stopped();
      for (std::int64_t first = 0; first < box.size[b]; first += kBatch) {
        const auto count = static_cast<std::size_t>(std::min(kBatch, box.size[b] - first));
        Complex* start =
            values.data() + static_cast<std::size_t>(first) * step[b] + static_cast<std::size_t>(k) * step[c];
        std::array<bool, kBatch> used{};
        for (std::size_t i = 0; i < n; ++i)
          for (std::size_t l = 0; l < count; ++l) {
            lines[l][i] = start[i * step[axis] + l * step[b]];
            used[l] = used[l] || lines[l][i] != Complex(0);
          }
        for (std::size_t l = 0; l < count; ++l) {
          if (!used[l]) continue;
          fft.fwd(spectrum.data(), lines[l].data(), static_cast<Eigen::Index>(n));
          lines[l].swap(spectrum);
        }
        for (std::size_t i = 0; i < n; ++i)
          for (std::size_t l = 0; l < count; ++l)
            if (used[l]) start[i * step[axis] + l * step[b]] = lines[l][i];
      }
    }
  }
}

/// Inverse distance of the offset (x, y, z), which runs round the box: indices past the middle are negative offsets.
double weight_at(const Box3& box, const std::array<double, 3>& spacing, std::int64_t x, std::int64_t y,
                 std::int64_t z) {
  const std::array<std::int64_t, 3> at{x, y, z};
  double squared = 0;
  for (std::size_t a = 0; a < 3; ++a) {
    const double d = static_cast<double>(std::min(at[a], box.size[a] - at[a])) * spacing[a];
    squared += d * d;
  }
  return squared == 0 ? 0 : 1 / std::sqrt(squared);
}

}  // namespace

Autocorrelation autocorrelation_by_pairs(const Volume& image, const Mask& mask) {
  struct Voxel {
    double x, y, z, u;
  };
  const Grid& g = mask.grid;
  const double mean = mean_inside(image, mask);
  std::vector<Voxel> voxels;
  double squares = 0;
  for (std::int64_t z = 0; z < g.size[2]; ++z)
    for (std::int64_t y = 0; y < g.size[1]; ++y)
      for (std::int64_t x = 0; x < g.size[0]; ++x) {
        if (mask.at(x, y, z) == 0) continue;
        const double u = static_cast<double>(image.at(x, y, z)) - mean;
        squares += u * u;
        voxels.push_back({static_cast<double>(x) * g.spacing[0], static_cast<double>(y) * g.spacing[1],
                          static_cast<double>(z) * g.spacing[2], u});
      }
  double weights = 0, products = 0, differences = 0;
  for (std::size_t i = 0; i < voxels.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) {
      const Voxel &a = voxels[i], &b = voxels[j];
      const double dx = a.x - b.x, dy = a.y - b.y, dz = a.z - b.z;
      const double w = 2 / std::sqrt(dx * dx + dy * dy + dz * dz);
      weights += w;
      products += w * a.u * b.u;
      differences += w * (a.u - b.u) * (a.u - b.u);
    }
  return result(static_cast<double>(voxels.size()), squares, weights, products, differences);
}

std::optional<Autocorrelation> autocorrelation_by_fourier(const Volume& image, const Mask& mask) {
  const Grid& g = mask.grid;
  Box3 box;
  for (std::size_t a = 0; a < 3; ++a) box.size[a] = g.size[a] == 1 ? 1 : smooth(2 * g.size[a] - 1);
  if (box.count() > kMostFourierVoxels) return std::nullopt;
  const double mean = mean_inside(image, mask);
  double squares = 0, n = 0;
  // Two real images ride in one complex one: u + i m, and q + i w.
  std::vector<Complex> um(box.count()), qw(box.count());
  for (std::int64_t z = 0; z < box.size[2]; ++z)
    for (std::int64_t y = 0; y < box.size[1]; ++y)
      for (std::int64_t x = 0; x < box.size[0]; ++x) {
        double u = 0, m = 0;
        if (g.contains(x, y, z) && mask.at(x, y, z) != 0) {
          u = static_cast<double>(image.at(x, y, z)) - mean;
          m = 1;
          squares += u * u;
          ++n;
        }
        um[box.index(x, y, z)] = {u, m};
        qw[box.index(x, y, z)] = {u * u, weight_at(box, g.spacing, x, y, z)};
      }
  transform(um, box);
  transform(qw, box);
  double weights = 0, products = 0, mixed = 0;
  for (std::int64_t z = 0; z < box.size[2]; ++z)
    for (std::int64_t y = 0; y < box.size[1]; ++y)
      for (std::int64_t x = 0; x < box.size[0]; ++x) {
        const std::size_t k = box.index(x, y, z);
        const std::size_t back = box.index((box.size[0] - x) % box.size[0], (box.size[1] - y) % box.size[1],
                                           (box.size[2] - z) % box.size[2]);
        const Complex a = um[k], a_back = std::conj(um[back]), b = qw[k], b_back = std::conj(qw[back]);
        const Complex u = (a + a_back) / 2.0, m = Complex(0, -0.5) * (a - a_back), q = (b + b_back) / 2.0;
        const double w = (Complex(0, -0.5) * (b - b_back)).real();
        weights += w * std::norm(m);
        products += w * std::norm(u);
        mixed += w * (q.real() * m.real() + q.imag() * m.imag());
      }
  const double count = static_cast<double>(box.count());
  return result(n, squares, weights / count, products / count, 2 * (mixed - products) / count);
}

std::optional<Autocorrelation> autocorrelation(const Volume& image, const Mask& mask) {
  if (mask.count() <= kFewVoxels) return autocorrelation_by_pairs(image, mask);
  return autocorrelation_by_fourier(image, mask);
}

}  // namespace radfuse::radiomics
