// SPDX-License-Identifier: Apache-2.0
// The dual of the support vector machine, two multipliers at a time (Platt 1998), the pair chosen by how much the dual
// gains (Fan, Chen and Lin 2005).
#include "radfuse/stats/svm.hpp"

#include <algorithm>
#include <limits>

#include "radfuse/base/stop.hpp"

namespace radfuse::stats {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kLeastCurvature = 1e-12;  // of a pair of equal rows

// Minimises a' Q a / 2 - sum(a), 0 <= a <= c, y' a = 0, Q_ij = y_i y_j x_i' x_j, y of -1 and 1.
struct Dual {
  Eigen::MatrixXd kernel;
  Eigen::VectorXd sign, alpha, gradient;
  double c = 1;

  bool may_rise(Eigen::Index i) const { return sign[i] > 0 ? alpha[i] < c : alpha[i] > 0; }  // y_i a_i
  bool may_fall(Eigen::Index i) const { return sign[i] > 0 ? alpha[i] > 0 : alpha[i] < c; }

  struct Pair {
    Eigen::Index up = -1, down = -1;
    double gap = 0;
  };
  Pair worst() const {
    Pair pair;
    double highest = -kInfinity, lowest = kInfinity, best = 0;
    for (Eigen::Index i = 0; i < sign.size(); ++i)
      if (may_rise(i) && -sign[i] * gradient[i] > highest) {
        highest = -sign[i] * gradient[i];
        pair.up = i;
      }
    for (Eigen::Index i = 0; pair.up >= 0 && i < sign.size(); ++i) {
      if (!may_fall(i)) continue;
      const double value = -sign[i] * gradient[i];
      lowest = std::min(lowest, value);
      const double away = highest - value;
      if (!(away > 0)) continue;
      const double gain = away * away / curvature(pair.up, i);
      if (gain > best) {
        best = gain;
        pair.down = i;
      }
    }
    pair.gap = highest - lowest;
    return pair;
  }
  double curvature(Eigen::Index i, Eigen::Index j) const {
    return std::max(kLeastCurvature, kernel(i, i) + kernel(j, j) - 2 * kernel(i, j));
  }
  // y_i a_i rises and y_j a_j falls by the same amount, as far as the dual gains and the box allows.
  void move(Eigen::Index i, Eigen::Index j) {
    double step = (-sign[i] * gradient[i] + sign[j] * gradient[j]) / curvature(i, j);
    step = std::min(step, sign[i] > 0 ? c - alpha[i] : alpha[i]);
    step = std::min(step, sign[j] > 0 ? alpha[j] : c - alpha[j]);
    const auto set = [&](Eigen::Index k, double value) { alpha[k] = std::clamp(value, 0.0, c); };
    set(i, alpha[i] + sign[i] * step);
    set(j, alpha[j] - sign[j] * step);
    gradient.array() += step * sign.array() * (kernel.col(i) - kernel.col(j)).array();
  }
};

// Free multipliers lie on the margin, where the intercept is known; without any it lies between the bounds.
double intercept_of(const Dual& dual) {
  double sum = 0, count = 0, highest = -kInfinity, lowest = kInfinity;
  for (Eigen::Index i = 0; i < dual.sign.size(); ++i) {
    const double value = -dual.sign[i] * dual.gradient[i];
    if (dual.may_rise(i) && dual.may_fall(i)) {
      sum += value;
      ++count;
    }
    if (dual.may_rise(i)) highest = std::max(highest, value);
    if (dual.may_fall(i)) lowest = std::min(lowest, value);
  }
  return count > 0 ? sum / count : (highest + lowest) / 2;
}

}  // namespace

SvmFit fit_linear_svm(const Eigen::Ref<const Eigen::MatrixXd>& x, const Eigen::Ref<const Eigen::VectorXi>& y, double c,
                      double tolerance) {
  const Eigen::Index n = x.rows();
  Dual dual;
  dual.kernel.noalias() = x * x.transpose();
  dual.sign = 2 * y.cast<double>().array() - 1;
  dual.alpha = Eigen::VectorXd::Zero(n);
  dual.gradient = Eigen::VectorXd::Constant(n, -1);
  dual.c = c;
  SvmFit fit;
  const long most = std::max(10000000L, 100L * n);
  for (long step = 0; step < most; ++step) {
    if (step % 1024 == 0) throw_if_stopped();
    const Dual::Pair pair = dual.worst();
    fit.gap = pair.gap;
    fit.converged = pair.down < 0 || pair.gap < tolerance;
    if (fit.converged) break;
    dual.move(pair.up, pair.down);
  }
  fit.coefficients = x.transpose() * dual.alpha.cwiseProduct(dual.sign);
  fit.intercept = intercept_of(dual);
  return fit;
}

}  // namespace radfuse::stats
