// SPDX-License-Identifier: Apache-2.0
// Recursive filters along each axis (Unser 1999), run on many lines at a time.
#include "spline.hpp"

#include <algorithm>
#include <cmath>

namespace radfuse {
namespace {

constexpr double kSplinePole = -0.26794919243112270647;  // sqrt(3) - 2

/// Turns samples into B-spline coefficients along one axis, with the image mirrored at its outer voxel centres. Sample
/// k of the `lanes` lines that lie beside each other stands at c[k * lanes].
void prefilter_lines(double* c, std::int64_t n, std::size_t lanes) {
  if (n == 1) return;
  const auto at = [c, lanes](std::int64_t k) { return c + static_cast<std::size_t>(k) * lanes; };
  const auto add = [lanes](double* to, double weight, const double* from) {
    for (std::size_t i = 0; i < lanes; ++i) to[i] += weight * from[i];
  };
  std::vector<double> first(c, c + lanes);
  double power = kSplinePole;
  for (std::int64_t k = 1; k < std::min<std::int64_t>(n, 60); ++k, power *= kSplinePole)
    add(first.data(), power, at(k));
  if (n < 60) {  // the mirrored image comes round again before the powers have died away
    const double turn = std::pow(kSplinePole, static_cast<double>(2 * n - 2));
    double back = std::pow(kSplinePole, static_cast<double>(n));
    for (std::int64_t k = n - 2; k >= 1; --k, back *= kSplinePole) add(first.data(), back, at(k));
    for (double& v : first) v /= 1 - turn;
  }
  std::copy(first.begin(), first.end(), c);
  for (std::int64_t k = 1; k < n; ++k) add(at(k), kSplinePole, at(k - 1));
  double *last = at(n - 1), *before = at(n - 2);
  for (std::size_t i = 0; i < lanes; ++i)
    last[i] = kSplinePole / (kSplinePole * kSplinePole - 1) * (last[i] + kSplinePole * before[i]);
  for (std::int64_t k = n - 1; k-- > 0;) {
    double *here = at(k), *next = at(k + 1);
    for (std::size_t i = 0; i < lanes; ++i) here[i] = kSplinePole * (next[i] - here[i]);
  }
  for (std::size_t i = 0; i < static_cast<std::size_t>(n) * lanes; ++i) c[i] *= 6;
}

}  // namespace

void prefilter(std::vector<double>& samples, const std::array<std::int64_t, 3>& size) {
  const auto [x, y, z] = size;
  double* c = samples.data();
  const auto row = static_cast<std::size_t>(x), slice = static_cast<std::size_t>(x * y);
  for (std::size_t i = 0; i < samples.size(); i += row) prefilter_lines(c + i, x, 1);
  for (std::size_t i = 0; i < samples.size(); i += slice) prefilter_lines(c + i, y, row);
  prefilter_lines(c, z, slice);
}

}  // namespace radfuse
