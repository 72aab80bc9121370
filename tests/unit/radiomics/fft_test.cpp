// SPDX-License-Identifier: Apache-2.0
// Padded transforms of every small size against the sum that defines them, and the same bits on every processor.
#include "fft.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <complex>
#include <numbers>

#include "radfuse/base/rng.hpp"

namespace radfuse::radiomics {
namespace {

using Complex = std::complex<double>;

std::vector<Lanes> random_lines(std::size_t n, std::uint64_t index) {
  Rng rng(7, "fft", index);
  std::vector<Lanes> lines(n);
  for (Lanes& at : lines)
    for (std::size_t l = 0; l < kLanes; ++l) {
      at.re[l] = rng.uniform() - 0.5;
      at.im[l] = rng.uniform() - 0.5;
    }
  return lines;
}

Complex by_definition(const std::vector<Lanes>& in, std::size_t lane, std::size_t k, std::size_t size) {
  std::complex<long double> sum = 0;
  for (std::size_t j = 0; j < in.size(); ++j)
    sum += std::complex<long double>(in[j].re[lane], in[j].im[lane]) *
           std::polar<long double>(1, -2 * std::numbers::pi_v<long double> * static_cast<long double>(j * k % size) /
                                          static_cast<long double>(size));
  return Complex(sum);
}

TEST(PaddedFft, EverySizeEqualsTheSum) {
  for (std::size_t n = 1; n <= 130; n += n < 50 ? 1 : 10) {
    PaddedFft fft(n);
    ASSERT_GE(fft.size() + 1, 2 * n);
    const auto in = random_lines(n, n);
    std::vector<Lanes> out(fft.size());
    fft.forward(in.data(), 1, out.data());
    for (std::size_t place = 0; place < fft.size(); ++place) {
      EXPECT_EQ(fft.place_of(fft.frequency(place)), place);
      for (std::size_t l = 0; l < kLanes; ++l) {
        const Complex expected = by_definition(in, l, fft.frequency(place), fft.size());
        ASSERT_NEAR(out[place].re[l], expected.real(), 1e-13) << n << " " << place;
        ASSERT_NEAR(out[place].im[l], expected.imag(), 1e-13) << n << " " << place;
      }
    }
  }
}

TEST(PaddedFft, ReadsLinesAcrossMemory) {
  const auto in = random_lines(3 * 7, 1);
  std::vector<Lanes> apart, a(PaddedFft(7).size()), b(a.size());
  for (std::size_t i = 0; i < 7; ++i) apart.push_back(in[3 * i]);
  PaddedFft(7).forward(in.data(), 3, a.data());
  PaddedFft(7).forward(apart.data(), 1, b.data());
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_EQ(a[i].re[2], b[i].re[2]);
}

TEST(PaddedFft, EvenLinesHaveRealSpectra) {
  for (const std::size_t n : {1U, 2U, 5U, 7U, 16U, 45U, 87U}) {
    PaddedFft fft(n);
    const auto half = random_lines(fft.folded(), n);
    std::vector<Lanes> whole(fft.size()), line = half;
    for (std::size_t j = 0; j < fft.size(); ++j) whole[j] = half[std::min(j, fft.size() - j)];
    fft.even(line.data());
    for (std::size_t k = 0; k < fft.folded(); ++k)
      for (std::size_t l = 0; l < kLanes; ++l) {
        const Complex both = by_definition(whole, l, k, fft.size());
        EXPECT_NEAR(line[k].re[l], both.real(), 1e-13) << n;
        EXPECT_NEAR(line[k].im[l], both.imag(), 1e-13) << n;
      }
  }
}

TEST(PaddedFft, EveryProcessorGivesTheSameBits) {
  for (const std::size_t n : {2U, 9U, 50U, 87U, 128U}) {
    PaddedFft best(n), portable(n, true);
    const auto in = random_lines(n, n);
    std::vector<Lanes> a(best.size()), b(best.size());
    best.forward(in.data(), 1, a.data());
    portable.forward(in.data(), 1, b.data());
    for (std::size_t i = 0; i < a.size(); ++i)
      for (std::size_t l = 0; l < kLanes; ++l) {
        EXPECT_EQ(std::bit_cast<std::uint64_t>(a[i].re[l]), std::bit_cast<std::uint64_t>(b[i].re[l]));
        EXPECT_EQ(std::bit_cast<std::uint64_t>(a[i].im[l]), std::bit_cast<std::uint64_t>(b[i].im[l]));
      }
  }
}

TEST(PaddedFft, ProductsAreSummedByLane) {
  const auto u = random_lines(5, 1), m = random_lines(5, 2), q = random_lines(5, 3);
  std::vector<RealLanes> weights(3);
  for (std::size_t i = 0; i < 3; ++i)
    for (std::size_t l = 0; l < kLanes; ++l) weights[i].re[l] = static_cast<double>(i + l);
  const std::vector<std::uint32_t> at{0, 2, 1, 2, 0};
  SpectralSums sums;
  add_products(u.data(), m.data(), q.data(), weights.data(), at.data(), 5, sums);
  for (std::size_t l = 0; l < kLanes; ++l) {
    double uu = 0, mm = 0, qm = 0;
    for (std::size_t i = 0; i < 5; ++i) {
      const Complex a(u[i].re[l], u[i].im[l]), b(m[i].re[l], m[i].im[l]), c(q[i].re[l], q[i].im[l]);
      uu += weights[at[i]].re[l] * std::norm(a);
      mm += weights[at[i]].re[l] * std::norm(b);
      qm += weights[at[i]].re[l] * (c * std::conj(b)).real();
    }
    EXPECT_NEAR(sums.uu.re[l], uu, 1e-13);
    EXPECT_NEAR(sums.mm.re[l], mm, 1e-13);
    EXPECT_NEAR(sums.qm.re[l], qm, 1e-13);
  }
}

}  // namespace
}  // namespace radfuse::radiomics
