// SPDX-License-Identifier: Apache-2.0
// With u = (x - mean) inside the region and 0 outside, m the region, q = u^2 and w(d) = 1/|d| (0 for d = 0), the
// sums over pairs are sums over spectra (Parseval): sum w u_i u_j = mean of W |U|^2, sum w = mean of W |M|^2 and
// sum w (u_i - u_j)^2 = 2 mean of W Re(Q conj(M)) - 2 mean of W |U|^2. So nothing is ever transformed back, and the
// last axis' spectra are summed as they come, never stored.
#include "autocorrelation.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "fft.hpp"
#include "radfuse/base/stop.hpp"

namespace radfuse::radiomics {
namespace {

constexpr std::size_t kMostBoxVoxels = std::size_t{1} << 29;
/// Measured: a pair of voxels costs as much as this many places of the padded box.
constexpr double kPlacesPerPair = 0.4;

struct Moments {
  double n = 0, mean = 0, squares = 0;
};
/// squares is 0 exactly when all intensities are equal.
Moments moments_of(const Volume& image, const Mask& mask) {
  Moments m;
  double sum = 0, low = std::numeric_limits<double>::infinity(), high = -low;
  for (std::size_t i = 0; i < mask.values.size(); ++i)
    if (mask.values[i] != 0) {
      const double v = static_cast<double>(image.values[i]);
      sum += v;
      low = std::min(low, v);
      high = std::max(high, v);
      ++m.n;
    }
  m.mean = sum / m.n;
  if (low == high) return m;
  for (std::size_t i = 0; i < mask.values.size(); ++i)
    if (mask.values[i] != 0) {
      const double u = static_cast<double>(image.values[i]) - m.mean;
      m.squares += u * u;
    }
  return m;
}

Autocorrelation result(const Moments& m, double weights, double products, double differences) {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  if (m.squares == 0) return {kNaN, kNaN};
  return {m.n / weights * products / m.squares, (m.n - 1) / (2 * weights) * differences / m.squares};
}

/// One axis of the box, in the order of the transforms: the longest first, as its spectrum is what passes divide.
struct Axis {
  std::size_t n, step;
  double spacing;
};
std::array<Axis, 3> axes_of(const Grid& grid) {
  std::array<Axis, 3> axes{};
  std::size_t step = 1, longest = 0;
  for (std::size_t a = 0; a < 3; ++a) {
    axes[a] = {static_cast<std::size_t>(grid.size[a]), step, grid.spacing[a]};
    step *= axes[a].n;
    if (axes[a].n > axes[longest].n) longest = a;
  }
  std::rotate(axes.begin(), axes.begin() + static_cast<std::ptrdiff_t>(longest),
              axes.begin() + static_cast<std::ptrdiff_t>(longest) + 1);
  return axes;
}

std::size_t round_up(std::size_t n, std::size_t to) {
  return (n + to - 1) / to * to;
}

constexpr std::size_t kRows = 2 * kLanes;

/// Blocks of four frequencies of the first axis; a pass holds some of them.
class FourierSums {
 public:
  FourierSums(const Volume& image, const Mask& mask, double mean, std::size_t budget_bytes)
      : axes_(axes_of(mask.grid)),
        image_(image.values.data()),
        mask_(mask.values.data()),
        mean_(mean),
        fx_(axes_[0].n),
        fy_(axes_[1].n),
        fz_(axes_[2].n),
        pitch_(round_up(axes_[1].n, kRows)),
        blocks_(round_up(fx_.folded(), kLanes) / kLanes) {
    const std::size_t scratch = 3 * axes_[2].n * fy_.size() * sizeof(Lanes);
    const std::size_t block = field_size() * 3 * sizeof(Lanes) + kernel_size() * sizeof(RealLanes);
    const std::size_t fit = budget_bytes > scratch ? (budget_bytes - scratch) / block : 0;
    const std::size_t most = std::clamp<std::size_t>(fit, 1, blocks_);
    const std::size_t passes = (blocks_ + most - 1) / most;
    held_ = (blocks_ + passes - 1) / passes;
    for (std::size_t i = 0; i < fz_.size(); ++i) fold_z_.push_back(static_cast<std::uint32_t>(fz_.folded_frequency(i)));
    planes_.resize(3 * axes_[2].n * fy_.size());
    for (auto& column : columns_) column.resize(fz_.size());
    used_.resize(axes_[2].n);
  }

  /// The sums over all pairs of w u u, w and w u^2 (each pair twice).
  std::array<double, 3> run() {
    for (std::size_t first = 0; first < blocks_; first += held_) {
      const std::size_t count = std::min(held_, blocks_ - first);
      transform_rows(first, count);
      transform_kernel_rows(first, count);
      for (std::size_t b = 0; b < count; ++b) add_block(first + b, b);
    }
    // Spectra were left at twice their value.
    const double scale = 4 * static_cast<double>(fx_.size()) * static_cast<double>(fy_.size() * fz_.size());
    for (double& t : total_) t /= scale;
    return total_;
  }

 private:
  std::size_t field_size() const { return axes_[2].n * pitch_; }
  std::size_t kernel_size() const { return fy_.folded() * fz_.folded(); }
  Lanes* field(std::size_t b, std::size_t f) { return fields_.data() + (3 * b + f) * field_size(); }

  /// Eight rows of the first axis: u + i m of the first four and of the others, and u^2 of the first + i u^2 of the
  /// others. False when there is no voxel.
  bool gather(std::size_t y, std::size_t z, std::array<std::vector<Lanes>, 3>& rows) const {
    const std::size_t count = std::min(kRows, axes_[1].n - y), start = y * axes_[1].step + z * axes_[2].step;
    bool any = false;
    for (std::size_t x = 0; x < axes_[0].n; ++x) {
      double u[kRows] = {}, m[kRows] = {};
      for (std::size_t r = 0; r < count; ++r) {
        const std::size_t i = start + x * axes_[0].step + r * axes_[1].step;
        if (mask_[i] == 0) continue;
        u[r] = static_cast<double>(image_[i]) - mean_;
        m[r] = 1;
        any = true;
      }
      for (std::size_t l = 0; l < kLanes; ++l) {
        rows[0][x].re[l] = u[l];
        rows[0][x].im[l] = m[l];
        rows[1][x].re[l] = u[kLanes + l];
        rows[1][x].im[l] = m[kLanes + l];
        rows[2][x].re[l] = u[l] * u[l];
        rows[2][x].im[l] = u[kLanes + l] * u[kLanes + l];
      }
    }
    return any;
  }

  void transform_rows(std::size_t first, std::size_t count) {
    fields_.assign(3 * count * field_size(), Lanes{});
    std::array<std::vector<Lanes>, 3> rows, spectra;
    for (std::size_t i = 0; i < 3; ++i) {
      rows[i].resize(axes_[0].n);
      spectra[i].resize(fx_.size());
    }
    for (std::size_t z = 0; z < axes_[2].n; ++z) {
      throw_if_stopped();
      for (std::size_t y = 0; y < axes_[1].n; y += kRows) {
        if (!gather(y, z, rows)) continue;
        used_[z] = true;
        for (std::size_t i = 0; i < 3; ++i) fx_.forward(rows[i].data(), 1, spectra[i].data());
        for (std::size_t b = 0; b < count; ++b)
          for (std::size_t k = 0; k < kLanes; ++k) split((first + b) * kLanes + k, spectra, b, k, z * pitch_ + y);
      }
    }
  }

  /// Two real lines a and b ride in one complex one: 2 A(k) = Z(k) + conj(Z(-k)), 2 B(k) = -i (Z(k) - conj(Z(-k))).
  void split(std::size_t k, const std::array<std::vector<Lanes>, 3>& spectra, std::size_t b, std::size_t lane,
             std::size_t at) {
    if (k >= fx_.folded()) return;
    const std::size_t here = fx_.place_of(k), back = fx_.place_of((fx_.size() - k) % fx_.size());
    const auto put = [&](std::size_t i, Lanes* real, Lanes* imaginary) {
      const Lanes &z = spectra[i][here], &y = spectra[i][back];
      for (std::size_t l = 0; l < kLanes; ++l) {
        real[l].re[lane] = z.re[l] + y.re[l];
        real[l].im[lane] = z.im[l] - y.im[l];
        imaginary[l].re[lane] = z.im[l] + y.im[l];
        imaginary[l].im[lane] = y.re[l] - z.re[l];
      }
    };
    Lanes *u = field(b, 0) + at, *m = field(b, 1) + at, *q = field(b, 2) + at;
    put(0, u, m);
    put(1, u + kLanes, m + kLanes);
    put(2, q, q + kLanes);
  }

  /// The weights' octant of offsets that are not negative, transformed along the first axis.
  void transform_kernel_rows(std::size_t first, std::size_t count) {
    kernel_.resize(count * kernel_size());
    const std::size_t ny = fy_.folded(), nz = fz_.folded();
    std::vector<Lanes> line(fx_.folded());
    for (std::size_t z = 0; z < nz; ++z) {
      throw_if_stopped();
      for (std::size_t y = 0; y < ny; y += kRows) {
        double beside[kRows];
        for (std::size_t r = 0; r < kRows; ++r)
          beside[r] = squared(static_cast<double>(y + r) * axes_[1].spacing) +
                      squared(static_cast<double>(z) * axes_[2].spacing);
        for (std::size_t x = 0; x < line.size(); ++x) {
          const double along = squared(static_cast<double>(x) * axes_[0].spacing);
          for (std::size_t l = 0; l < kLanes; ++l) {
            line[x].re[l] = 1 / std::sqrt(along + beside[l]);
            line[x].im[l] = 1 / std::sqrt(along + beside[kLanes + l]);
          }
        }
        if (y == 0 && z == 0) line[0].re[0] = 0;
        fx_.even(line.data());
        for (std::size_t b = 0; b < count; ++b)
          for (std::size_t k = 0; k < kLanes && (first + b) * kLanes + k < line.size(); ++k)
            for (std::size_t r = 0; r < std::min(kRows, ny - y); ++r) {
              const Lanes& at = line[(first + b) * kLanes + k];
              kernel_[b * kernel_size() + (y + r) * nz + z].re[k] = r < kLanes ? at.re[r] : at.im[r - kLanes];
            }
      }
    }
  }
  static double squared(double x) { return x * x; }

  /// Along one further axis: `n` lines, `apart` from each other, of places `step` apart; two lines a time.
  static void transform_kernel(RealLanes* kernel, PaddedFft& fft, std::size_t step, std::size_t n, std::size_t apart) {
    std::vector<Lanes> line(fft.folded());
    for (std::size_t i = 0; i < n; i += 2) {
      RealLanes* a = kernel + i * apart;
      RealLanes* b = i + 1 < n ? a + apart : a;
      for (std::size_t j = 0; j < line.size(); ++j)
        for (std::size_t l = 0; l < kLanes; ++l) {
          line[j].re[l] = a[j * step].re[l];
          line[j].im[l] = b[j * step].re[l];
        }
      fft.even(line.data());
      for (std::size_t j = 0; j < line.size(); ++j)
        for (std::size_t l = 0; l < kLanes; ++l) {
          b[j * step].re[l] = line[j].im[l];
          a[j * step].re[l] = line[j].re[l];
        }
    }
  }

  /// The second and third axes of four frequencies of the first.
  void add_block(std::size_t block, std::size_t b) {
    throw_if_stopped();
    RealLanes* kernel = kernel_.data() + b * kernel_size();
    transform_kernel(kernel, fy_, fz_.folded(), fz_.folded(), 1);
    transform_kernel(kernel, fz_, 1, fy_.folded(), fz_.folded());
    const std::size_t ny = fy_.size(), nz = axes_[2].n;
    for (std::size_t f = 0; f < 3; ++f)
      for (std::size_t z = 0; z < nz; ++z)
        if (used_[z]) fy_.forward(field(b, f) + z * pitch_, 1, planes_.data() + (f * nz + z) * ny);
    SpectralSums sums;
    for (std::size_t y = 0; y < ny; ++y) {
      for (std::size_t f = 0; f < 3; ++f) fz_.forward(planes_.data() + f * nz * ny + y, ny, columns_[f].data());
      add_products(columns_[0].data(), columns_[1].data(), columns_[2].data(),
                   kernel + fy_.folded_frequency(y) * fz_.folded(), fold_z_.data(), fz_.size(), sums);
    }
    for (std::size_t k = 0; k < kLanes; ++k) {
      const std::size_t frequency = block * kLanes + k;
      if (frequency >= fx_.folded()) break;
      // The negative frequencies of a real line mirror the positive ones; zero and the middle have no mirror image.
      const double times = frequency == 0 || 2 * frequency == fx_.size() ? 1 : 2;
      total_[0] += times * sums.uu.re[k];
      total_[1] += times * sums.mm.re[k];
      total_[2] += times * sums.qm.re[k];
    }
  }

  std::array<Axis, 3> axes_;
  const float* image_;
  const std::uint8_t* mask_;
  double mean_;
  PaddedFft fx_, fy_, fz_;
  std::size_t pitch_, blocks_, held_ = 1;
  std::vector<Lanes> fields_, planes_;  ///< [block][u, m, u^2][z][y] and [u, m, u^2][z][frequency in y]
  std::vector<RealLanes> kernel_;       ///< [block][y][z]
  std::array<std::vector<Lanes>, 3> columns_;
  std::vector<std::uint32_t> fold_z_;
  std::vector<bool> used_;  ///< planes with a voxel
  std::array<double, 3> total_{};
};

}  // namespace

Autocorrelation autocorrelation_by_pairs(const Volume& image, const Mask& mask) {
  struct Voxel {
    double x, y, z, u;
  };
  const Grid& g = mask.grid;
  const Moments moments = moments_of(image, mask);
  std::vector<Voxel> voxels;
  for (std::int64_t z = 0; z < g.size[2]; ++z)
    for (std::int64_t y = 0; y < g.size[1]; ++y)
      for (std::int64_t x = 0; x < g.size[0]; ++x)
        if (mask.at(x, y, z) != 0)
          voxels.push_back({static_cast<double>(x) * g.spacing[0], static_cast<double>(y) * g.spacing[1],
                            static_cast<double>(z) * g.spacing[2],
                            static_cast<double>(image.at(x, y, z)) - moments.mean});
  double weights = 0, products = 0, differences = 0;
  for (std::size_t i = 0; i < voxels.size(); ++i) {
    const Voxel& a = voxels[i];
    double weight = 0, product = 0, difference = 0;  // a sum of sums loses less to rounding than one long sum
    for (std::size_t j = 0; j < i; ++j) {
      const Voxel& b = voxels[j];
      const double dx = a.x - b.x, dy = a.y - b.y, dz = a.z - b.z;
      const double w = 2 / std::sqrt(dx * dx + dy * dy + dz * dz);
      weight += w;
      product += w * b.u;
      difference += w * (a.u - b.u) * (a.u - b.u);
    }
    weights += weight;
    products += product * a.u;
    differences += difference;
  }
  return result(moments, weights, products, differences);
}

std::size_t fourier_budget_bytes(std::size_t box_voxels) {
  return (std::size_t{44} << 20) + 3 * box_voxels;
}

Autocorrelation autocorrelation_by_fourier(const Volume& image, const Mask& mask, std::size_t budget_bytes) {
  const Moments moments = moments_of(image, mask);
  if (moments.squares == 0) return result(moments, 1, 0, 0);
  const auto [products, weights, mixed] = FourierSums(image, mask, moments.mean, budget_bytes).run();
  return result(moments, weights, products, 2 * (mixed - products));
}

std::optional<Autocorrelation> autocorrelation(const Volume& image, const Mask& mask) {
  if (mask.grid.count() > kMostBoxVoxels) return std::nullopt;
  const double n = static_cast<double>(mask.count());
  double places = 1;
  for (const std::int64_t size : mask.grid.size)
    if (size > 1) places *= 2 * static_cast<double>(smooth_size(static_cast<std::size_t>(size)));
  if (n * (n - 1) / 2 * kPlacesPerPair <= places) return autocorrelation_by_pairs(image, mask);
  return autocorrelation_by_fourier(image, mask, fourier_budget_bytes(mask.grid.count()));
}

}  // namespace radfuse::radiomics
