// SPDX-License-Identifier: Apache-2.0
// The dual of the least enclosing ellipsoid is a D-optimal design (Titterington 1975): weights on the points that
// maximise the determinant of their second moments. Weights move between the point that lies furthest out and the
// weighted one that lies furthest in (vertex exchange, Boehning 1986), the exact best amount at a time; Newton's steps
// settle the weights of the few points that have any; points that no optimum can touch are dropped (Harman and
// Pronzato 2007).
#include "ellipsoid.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <Eigen/Eigenvalues>
#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "radfuse/base/stop.hpp"

namespace radfuse::radiomics {
namespace {

constexpr double kDimensions = 4;  // a point is (x, y, z, 1)
constexpr double kTolerance = 1e-12;
constexpr int kMostRounds = 2000;  // tens are enough; after every one the ellipsoid encloses the points

class Design {
 public:
  explicit Design(const std::vector<HalfPoint>& points) {
    std::array<std::int64_t, 3> low = points.front(), high = low;
    for (const HalfPoint& p : points)
      for (std::size_t a = 0; a < 3; ++a) {
        low[a] = std::min(low[a], p[a]);
        high[a] = std::max(high[a], p[a]);
      }
    // The least ellipsoid goes with any linear map, so the box is made a cube from -1 to 1.
    for (std::size_t a = 0; a < 3; ++a) scale_[a] = std::max(1.0, static_cast<double>(high[a] - low[a]) / 2);
    for (const HalfPoint& p : points) {
      Eigen::Vector4d v(0, 0, 0, 1);
      for (std::size_t a = 0; a < 3; ++a)
        v[static_cast<Eigen::Index>(a)] = static_cast<double>(2 * p[a] - low[a] - high[a]) / 2 / scale_[a];
      points_.push_back(v);
    }
    begin();
  }

  /// False when the points lie in one plane.
  bool solve() {
    for (int round = 0; round < kMostRounds; ++round) {
      if ((round & 1023) == 0) throw_if_stopped();
      add_up();
      if (!measure()) return false;
      if (reach_[far_] <= kDimensions * (1 + kTolerance)) break;
      if ((round & 7) == 7) drop();
      exchange();
      settle();
    }
    return true;
  }

  std::array<double, 3> semi_axes(const std::array<double, 3>& spacing) const {
    // reach - 1 is the squared distance from the weighted mean in units of the weighted covariance.
    const Eigen::Vector3d mean = moments_.topRightCorner<3, 1>();
    Eigen::Matrix3d covariance = moments_.topLeftCorner<3, 3>() - mean * mean.transpose();
    Eigen::Vector3d unit;
    for (std::size_t a = 0; a < 3; ++a) unit[static_cast<Eigen::Index>(a)] = scale_[a] * spacing[a] / 2;
    covariance = (reach_[far_] - 1) * unit.asDiagonal() * covariance * unit.asDiagonal();
    const Eigen::Vector3d v =
        Eigen::SelfAdjointEigenSolver<Eigen::Matrix3d>(covariance, Eigen::EigenvaluesOnly).eigenvalues();
    return {std::sqrt(std::max(0.0, v[2])), std::sqrt(std::max(0.0, v[1])), std::sqrt(std::max(0.0, v[0]))};
  }

 private:
  /// Equal weights on the furthest points along the axes and diagonals of the cube.
  void begin() {
    weights_.assign(points_.size(), 0);
    for (int x = -1; x <= 1; ++x)
      for (int y = -1; y <= 1; ++y)
        for (int z = -1; z <= 1; ++z) {
          if (x == 0 && y == 0 && z == 0) continue;
          const Eigen::Vector4d direction(x, y, z, 0);
          std::size_t best = 0;
          for (std::size_t i = 1; i < points_.size(); ++i)
            if (direction.dot(points_[i]) > direction.dot(points_[best])) best = i;
          weights_[best] += 1.0 / 26;
        }
    reach_.resize(points_.size());
  }

  void add_up() {
    double sum = 0;
    for (const double w : weights_) sum += w;
    moments_.setZero();
    for (std::size_t i = 0; i < points_.size(); ++i)
      if (weights_[i] > 0) {
        weights_[i] /= sum;
        moments_ += weights_[i] * points_[i] * points_[i].transpose();
      }
  }

  bool measure() {
    const Eigen::PartialPivLU<Eigen::Matrix4d> parts(moments_);
    if (!(std::abs(parts.determinant()) > 1e-14)) return false;
    inverse_ = parts.inverse();
    const Eigen::Matrix4d& m = inverse_;
    far_ = near_ = points_.size();
    double most = 0, least = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < points_.size(); ++i) {
      const double x = points_[i][0], y = points_[i][1], z = points_[i][2];
      reach_[i] = m(3, 3) + x * (m(0, 0) * x + 2 * (m(0, 1) * y + m(0, 2) * z + m(0, 3))) +
                  y * (m(1, 1) * y + 2 * (m(1, 2) * z + m(1, 3))) + z * (m(2, 2) * z + 2 * m(2, 3));
      if (reach_[i] > most) {
        most = reach_[i];
        far_ = i;
      }
      if (weights_[i] > 0 && reach_[i] < least) {
        least = reach_[i];
        near_ = i;
      }
    }
    return true;
  }

  void exchange() {
    const Eigen::Vector4d &a = points_[far_], &b = points_[near_];
    const double mixed = a.dot(inverse_ * b), bend = reach_[far_] * reach_[near_] - mixed * mixed;
    const double best = bend > 0 ? (reach_[far_] - reach_[near_]) / (2 * bend) : weights_[near_];
    const double step = std::min(best, weights_[near_]);
    weights_[far_] += step;
    weights_[near_] = step == weights_[near_] ? 0 : weights_[near_] - step;
  }

  /// Newton's method for the points that have weights: the gradient of the log determinant is their reach, its second
  /// derivatives are -(p_i^T moments^-1 p_j)^2. A weight that would become negative stops the step and leaves.
  void settle() {
    for (int step = 0; step < 12; ++step) {
      std::vector<std::size_t> used;
      for (std::size_t i = 0; i < points_.size(); ++i)
        if (weights_[i] > 0) used.push_back(i);
      const auto n = static_cast<Eigen::Index>(used.size());
      Eigen::MatrixXd p(4, n);
      Eigen::VectorXd w(n);
      for (Eigen::Index i = 0; i < n; ++i) {
        p.col(i) = points_[used[static_cast<std::size_t>(i)]];
        w[i] = weights_[used[static_cast<std::size_t>(i)]];
      }
      const auto moments = [&p](const Eigen::VectorXd& v) -> Eigen::Matrix4d {
        return p * v.asDiagonal() * p.transpose();
      };
      const Eigen::Matrix4d now = moments(w);
      const Eigen::MatrixXd mixed = p.transpose() * now.inverse() * p;
      Eigen::MatrixXd bend = mixed.cwiseProduct(mixed);
      bend.diagonal().array() += 1e-12 * bend.diagonal().mean();  // more than ten points are not independent
      const Eigen::LDLT<Eigen::MatrixXd> solver(bend);
      const Eigen::VectorXd reach = mixed.diagonal(), free = solver.solve(reach), ones = Eigen::VectorXd::Ones(n);
      const Eigen::VectorXd level = solver.solve(ones);
      const Eigen::VectorXd change = free - free.sum() / level.sum() * level;  // the weights' sum stays
      double length = 1;
      Eigen::Index stopped = -1;
      for (Eigen::Index i = 0; i < n; ++i)
        if (w[i] + length * change[i] < 0) {
          length = -w[i] / change[i];
          stopped = i;
        }
      const double before = now.determinant();
      double gain = 0;
      for (int half = 0; half < 20; ++half, length /= 2, stopped = -1) {
        gain = moments(w + length * change).determinant() / before - 1;
        if (gain >= 0) break;
      }
      if (!(gain >= 0)) return;
      for (Eigen::Index i = 0; i < n; ++i)
        weights_[used[static_cast<std::size_t>(i)]] = i == stopped ? 0 : std::max(0.0, w[i] + length * change[i]);
      if (stopped < 0 && gain < 1e-15) return;
    }
  }

  /// Points without weight that lie further in than any point of an optimum can.
  void drop() {
    const double excess = std::max(0.0, reach_[far_] - kDimensions);
    const double inner =
        kDimensions * (1 + excess / 2 - std::sqrt(excess * (4 + excess - 4 / kDimensions)) / 2) * (1 - 1e-12);
    std::size_t kept = 0, far = far_, near = near_;
    for (std::size_t i = 0; i < points_.size(); ++i) {
      if (weights_[i] == 0 && reach_[i] < inner) continue;
      if (i == far_) far = kept;
      if (i == near_) near = kept;
      points_[kept] = points_[i];
      weights_[kept] = weights_[i];
      reach_[kept++] = reach_[i];
    }
    points_.resize(kept);
    weights_.resize(kept);
    reach_.resize(kept);
    far_ = far;
    near_ = near;
  }

  std::array<double, 3> scale_{};
  std::vector<Eigen::Vector4d> points_;
  std::vector<double> weights_, reach_;  ///< reach: p^T moments^-1 p; at the optimum at most 4
  Eigen::Matrix4d moments_, inverse_;
  std::size_t far_ = 0, near_ = 0;
};

}  // namespace

std::array<double, 3> enclosing_ellipsoid(const std::vector<HalfPoint>& points, const std::array<double, 3>& spacing) {
  Design design(points);
  if (!design.solve()) return {0, 0, 0};
  return design.semi_axes(spacing);
}

/// With s = alpha*beta and x = (alpha^2+beta^2)/(2s), s^n P_n(x) follows a recurrence that needs no division by s.
double ellipsoid_area(const std::array<double, 3>& semi_axes) {
  const auto [a, b, c] = semi_axes;
  const double alpha2 = 1 - b * b / (a * a), beta2 = 1 - c * c / (a * a);
  const double sx = (alpha2 + beta2) / 2, s2 = alpha2 * beta2;
  double before = 0, term = 1, sum = 0;
  for (int n = 0; n <= 20; ++n) {
    sum += term / (1 - 4.0 * n * n);
    const double next = ((2 * n + 1) * sx * term - n * s2 * before) / (n + 1);
    before = term;
    term = next;
  }
  return 4 * std::numbers::pi * a * b * sum;
}

double ellipsoid_volume(const std::array<double, 3>& semi_axes) {
  return 4 * std::numbers::pi / 3 * semi_axes[0] * semi_axes[1] * semi_axes[2];
}

}  // namespace radfuse::radiomics
