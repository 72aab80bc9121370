// SPDX-License-Identifier: Apache-2.0
// The profile likelihood of lambda, maximised by golden sections: it has one maximum.
#include "radfuse/stats/yeo_johnson.hpp"

#include <cmath>

namespace radfuse::stats {
namespace {

double log_likelihood(const Eigen::Ref<const Eigen::VectorXd>& x, double lambda) {
  const auto n = static_cast<double>(x.size());
  double sum = 0, jacobian = 0;
  for (const double v : x) {
    sum += yeo_johnson(v, lambda);
    jacobian += std::copysign(std::log1p(std::abs(v)), v);
  }
  double squares = 0;
  for (const double v : x) squares += std::pow(yeo_johnson(v, lambda) - sum / n, 2);
  return -n / 2 * std::log(squares / n) + (lambda - 1) * jacobian;
}

}  // namespace

double yeo_johnson(double x, double lambda) {
  constexpr double kZero = 1e-12;  // below, the power is its limit
  if (x >= 0) return std::abs(lambda) < kZero ? std::log1p(x) : std::expm1(lambda * std::log1p(x)) / lambda;
  const double other = 2 - lambda;
  return std::abs(other) < kZero ? -std::log1p(-x) : -std::expm1(other * std::log1p(-x)) / other;
}

double yeo_johnson_lambda(const Eigen::Ref<const Eigen::VectorXd>& x) {
  constexpr double kGolden = 0.6180339887498949, kPrecision = 1e-8;
  double low = -5, high = 5;
  double left = high - kGolden * (high - low), right = low + kGolden * (high - low);
  double at_left = log_likelihood(x, left), at_right = log_likelihood(x, right);
  while (high - low > kPrecision) {
    // Overflow at the ends counts as worst.
    if (at_left > at_right || std::isnan(at_right)) {
      high = right;
      right = left;
      at_right = at_left;
      left = high - kGolden * (high - low);
      at_left = log_likelihood(x, left);
    } else {
      low = left;
      left = right;
      at_left = at_right;
      right = low + kGolden * (high - low);
      at_right = log_likelihood(x, right);
    }
  }
  return (low + high) / 2;
}

}  // namespace radfuse::stats
