// SPDX-License-Identifier: Apache-2.0
// Stockham's transform (no reordering of the output) with radices 4, 2, 3 and 5. With `half` >= n points and
// N = 2 half, X(2k) = sum x_j exp(-2 pi i j k / half) and X(2k+1) the same of x_j exp(-2 pi i j / N).
#include "fft.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#pragma GCC diagnostic ignored "-Wpsabi"  // vectors never cross from one object file to another

namespace radfuse::radiomics {
namespace {

#if defined(__x86_64__)
#define RADFUSE_FFT_AVX2
// AVX2 without FMA: a multiplication and an addition round as they do everywhere else.
#pragma GCC push_options
#pragma GCC target("avx2,no-fma")
namespace avx2 {
typedef double Vector __attribute__((vector_size(32), may_alias));
#include "fft_kernels.hpp"
}  // namespace avx2
#pragma GCC pop_options
#endif
namespace plain {
typedef double Vector __attribute__((vector_size(16), may_alias));
#include "fft_kernels.hpp"
}  // namespace plain

bool has_avx2() {
#ifdef RADFUSE_FFT_AVX2
  static const bool has = __builtin_cpu_supports("avx2") != 0;
  return has;
#else
  return false;
#endif
}

#ifdef RADFUSE_FFT_AVX2
#define RADFUSE_FFT_CALL(wide, function, ...) (wide ? avx2::function(__VA_ARGS__) : plain::function(__VA_ARGS__))
#else
#define RADFUSE_FFT_CALL(wide, function, ...) plain::function(__VA_ARGS__)
#endif

Root root(std::size_t k, std::size_t n) {
  const double angle = -2 * std::numbers::pi * static_cast<double>(k % n) / static_cast<double>(n);
  return {std::cos(angle), std::sin(angle)};
}

std::vector<FftStage> stages_of(std::size_t n) {
  std::vector<FftStage> stages;
  std::size_t rest = n, stride = 1;
  for (const std::size_t radix : {4, 2, 3, 5})
    while (rest % radix == 0 && rest > 1) {
      FftStage stage{radix, rest / radix, stride, {}};
      for (std::size_t p = 0; p < stage.count; ++p)
        for (std::size_t k = 1; k < radix; ++k) stage.roots.push_back(root(p * k, rest));
      stages.push_back(std::move(stage));
      rest /= radix;
      stride *= radix;
    }
  return stages;
}

}  // namespace

std::size_t smooth_size(std::size_t n) {
  for (;; ++n) {
    std::size_t rest = n;
    for (const std::size_t p : {2, 3, 5})
      while (rest % p == 0) rest /= p;
    if (rest == 1) return n;
  }
}

PaddedFft::PaddedFft(std::size_t n, bool portable)
    : points_(n),
      half_(smooth_size(n)),
      size_(n == 1 ? 1 : 2 * half_),
      wide_(!portable && has_avx2()),
      stages_(stages_of(half_)) {
  for (std::size_t j = 0; j < half_; ++j) turns_.push_back(root(j, size_));
  work_.resize(half_);
  other_.resize(half_);
  spectrum_.resize(size_);
}

/// From work_, which it uses up.
void PaddedFft::transform(Lanes* out) {
  if (stages_.empty()) out[0] = work_[0];
  Lanes *from = work_.data(), *to = other_.data();
  for (std::size_t s = 0; s < stages_.size(); ++s) {
    if (s + 1 == stages_.size()) to = out;
    RADFUSE_FFT_CALL(wide_, run_stage, stages_[s], from, to);
    std::swap(from, to);
  }
}

void PaddedFft::forward(const Lanes* in, std::size_t step, Lanes* out) {
  for (std::size_t i = 0; i < points_; ++i) work_[i] = in[i * step];
  std::fill(work_.begin() + static_cast<std::ptrdiff_t>(points_), work_.end(), Lanes{});
  transform(out);
  if (size_ == 1) return;
  RADFUSE_FFT_CALL(wide_, turn, in, step, turns_.data(), points_, work_.data());
  std::fill(work_.begin() + static_cast<std::ptrdiff_t>(points_), work_.end(), Lanes{});
  transform(out + half_);
}

void PaddedFft::even(Lanes* line) {
  if (size_ == 1) return;
  // Place half_ + j of the whole line is place half_ - j: both fold onto place j of the two halves.
  for (std::size_t j = 0; j < half_; ++j)
    for (std::size_t l = 0; l < kLanes; ++l) {
      work_[j].re[l] = line[j].re[l] + line[half_ - j].re[l];
      work_[j].im[l] = line[j].im[l] + line[half_ - j].im[l];
    }
  transform(spectrum_.data());
  for (std::size_t j = 0; j < half_; ++j)
    for (std::size_t l = 0; l < kLanes; ++l) {
      const double re = line[j].re[l] - line[half_ - j].re[l], im = line[j].im[l] - line[half_ - j].im[l];
      work_[j].re[l] = re * turns_[j].re - im * turns_[j].im;
      work_[j].im[l] = re * turns_[j].im + im * turns_[j].re;
    }
  transform(spectrum_.data() + half_);
  for (std::size_t k = 0; k < folded(); ++k) line[k] = spectrum_[place_of(k)];
}

void add_products(const Lanes* u, const Lanes* m, const Lanes* q, const RealLanes* weights, const std::uint32_t* at,
                  std::size_t n, SpectralSums& sums) {
  RADFUSE_FFT_CALL(has_avx2(), products, u, m, q, weights, at, n, sums);
}

}  // namespace radfuse::radiomics
