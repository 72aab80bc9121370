// SPDX-License-Identifier: Apache-2.0
// Fourier transforms of four lines at a time, each line padded with zeros to twice its length, for sums over all pairs
// of voxels (autocorrelation.cpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace radfuse::radiomics {

inline constexpr std::size_t kLanes = 4;
/// The same place of four lines: one cache line of memory.
struct alignas(64) Lanes {
  double re[kLanes] = {}, im[kLanes] = {};
};

/// The least size of at least n whose only prime factors are 2, 3 and 5.
std::size_t smooth_size(std::size_t n);

/// exp(-2 pi i k / n)
struct Root {
  double re, im;
};

/// One step of a transform: `count` butterflies of `radix` points, each on `stride` neighbouring places.
struct FftStage {
  std::size_t radix, count, stride;
  std::vector<Root> roots;  ///< radix - 1 for each butterfly
};

/// The transform of n points as two of half = smooth_size(n) points: frequencies 0, 2, 4, ... of the line itself, and
/// 1, 3, 5, ... of the line turned by half a step. The zeros are never touched. A single point stays a single one.
class PaddedFft {
 public:
  /// `portable`: by the instructions that every processor has, to test that the others give the same bits.
  explicit PaddedFft(std::size_t n, bool portable = false);
  std::size_t points() const { return points_; }        ///< that a line has
  std::size_t size() const { return size_; }            ///< of the padded line: at least 2 n - 1
  std::size_t folded() const { return size_ / 2 + 1; }  ///< frequencies that a real, even line has
  /// Which frequency stands at a place of forward()'s output.
  std::size_t frequency(std::size_t place) const { return place < half_ ? 2 * place : 2 * (place - half_) + 1; }
  /// The same without its sign: 0 to size() / 2.
  std::size_t folded_frequency(std::size_t place) const {
    const std::size_t k = frequency(place);
    return k <= size_ / 2 ? k : size_ - k;
  }
  std::size_t place_of(std::size_t frequency) const { return frequency % 2 * half_ + frequency / 2; }

  /// `in`: points() places, `step` apart; `out`: size() places in the order that frequency() tells.
  void forward(const Lanes* in, std::size_t step, Lanes* out);
  /// Of real, even lines (two in each lane, the second as imaginary part): `line` holds folded() places and gets their
  /// spectrum, real too, by frequency.
  void even(Lanes* line);

 private:
  void transform(Lanes* out);
  std::size_t points_, half_, size_;
  bool wide_;
  std::vector<FftStage> stages_;
  std::vector<Root> turns_;
  std::vector<Lanes> work_, other_, spectrum_;
};

/// A real number for each of four lines.
struct alignas(32) RealLanes {
  double re[kLanes] = {};
};
/// Adds, lane by lane, w |u|^2, w |m|^2 and w Re(q conj(m)) over `n` places; w of place i stands at weights[at[i]].
struct SpectralSums {
  RealLanes uu, mm, qm;
};
void add_products(const Lanes* u, const Lanes* m, const Lanes* q, const RealLanes* weights, const std::uint32_t* at,
                  std::size_t n, SpectralSums& sums);

}  // namespace radfuse::radiomics
