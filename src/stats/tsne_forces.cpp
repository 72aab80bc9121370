// SPDX-License-Identifier: Apache-2.0
// The forces between points of a t-SNE map: neighbours draw each other together, all points push each other apart, far
// ones through a tree of squares (Barnes and Hut 1986).
#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "tsne_parts.hpp"

namespace radfuse::stats {
namespace {

// A square of the plane. Squares stand in the order of a walk that enters a square before those inside it.
struct Square {
  double x, y;           // mean of its points
  double reach;          // squared width over theta squared: from farther away it counts as one point
  double count;          // of points
  std::size_t beyond;    // the next square that is not inside this one
  std::size_t from, to;  // its points
  bool leaf;
};

class Tree {
 public:
  Tree(const Places& at, double theta) : theta_(theta), order_(at.x.size()), spare_(at.x.size()) {
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    const auto [left, right] = std::minmax_element(at.x.begin(), at.x.end());
    const auto [low, high] = std::minmax_element(at.y.begin(), at.y.end());
    divide(at, 0, order_.size(), (*left + *right) / 2, (*low + *high) / 2, std::max(*right - *left, *high - *low), 0);
    for (const std::size_t i : order_) {
      x_.push_back(at.x[i]);
      y_.push_back(at.y[i]);
    }
  }

  // Points in the order of the tree, so that neighbours' data lie side by side.
  const std::vector<std::size_t>& order() const { return order_; }

  // Adds the push on the k-th point of order(); returns the sum of q.
  double push(std::size_t k, double& force_x, double& force_y) const {
    const double x = x_[k], y = y_[k];
    double sum = 0, fx = 0, fy = 0;
    for (std::size_t s = 0; s < squares_.size();) {
      const Square& square = squares_[s];
      const double dx = x - square.x, dy = y - square.y, d = dx * dx + dy * dy;
      if (d > square.reach) {
        const double q = 1 / (1 + d), weight = square.count * q;
        sum += weight;
        fx += weight * q * dx;
        fy += weight * q * dy;
        s = square.beyond;
      } else if (square.leaf) {
        for (std::size_t j = square.from; j < square.to; ++j) {
          const double ex = x - x_[j], ey = y - y_[j], q = 1 / (1 + ex * ex + ey * ey);
          sum += q;
          fx += q * q * ex;
          fy += q * q * ey;
        }
        if (square.from <= k && k < square.to) sum -= 1;  // itself
        s = square.beyond;
      } else {
        ++s;
      }
    }
    force_x = fx;
    force_y = fy;
    return sum;
  }

 private:
  static constexpr std::size_t kLeaf = 6;  // points that are taken one by one
  static constexpr int kMostLevels = 48;   // then they differ by rounding alone

  void divide(const Places& at, std::size_t from, std::size_t to, double x, double y, double width, int level) {
    const std::size_t here = squares_.size();
    Square square{0, 0, width * width / (theta_ * theta_), static_cast<double>(to - from), 0, from, to, false};
    for (std::size_t k = from; k < to; ++k) {
      square.x += at.x[order_[k]];
      square.y += at.y[order_[k]];
    }
    square.x /= square.count;
    square.y /= square.count;
    square.leaf = to - from <= kLeaf || level == kMostLevels;
    squares_.push_back(square);
    if (!square.leaf) {
      const std::array<std::size_t, 5> ends = sort_into_quarters(at, from, to, x, y);
      for (std::size_t quarter = 0; quarter < 4; ++quarter)
        if (ends[quarter] < ends[quarter + 1])
          divide(at, ends[quarter], ends[quarter + 1], x + (quarter % 2 == 0 ? -width : width) / 4,
                 y + (quarter < 2 ? -width : width) / 4, width / 2, level + 1);
    }
    squares_[here].beyond = squares_.size();
  }

  std::array<std::size_t, 5> sort_into_quarters(const Places& at, std::size_t from, std::size_t to, double x,
                                                double y) {
    const auto quarter_of = [&](std::size_t i) {
      return static_cast<std::size_t>(at.x[i] >= x) + 2 * static_cast<std::size_t>(at.y[i] >= y);
    };
    std::array<std::size_t, 5> ends{};
    for (std::size_t k = from; k < to; ++k) ++ends[quarter_of(order_[k]) + 1];
    ends[0] = from;
    for (std::size_t q = 0; q < 4; ++q) ends[q + 1] += ends[q];
    std::array<std::size_t, 5> next = ends;
    for (std::size_t k = from; k < to; ++k) spare_[next[quarter_of(order_[k])]++] = order_[k];
    std::copy(spare_.begin() + static_cast<std::ptrdiff_t>(from), spare_.begin() + static_cast<std::ptrdiff_t>(to),
              order_.begin() + static_cast<std::ptrdiff_t>(from));
    return ends;
  }

  double theta_;
  std::vector<std::size_t> order_, spare_;
  std::vector<double> x_, y_;
  std::vector<Square> squares_;
};

double push_each_pair(const Places& at, Places& force) {
  double sum = 0;
  for (std::size_t i = 0; i < at.x.size(); ++i) {
    force.x[i] = force.y[i] = 0;
    for (std::size_t j = 0; j < at.x.size(); ++j) {
      if (j == i) continue;
      const double dx = at.x[i] - at.x[j], dy = at.y[i] - at.y[j], q = 1 / (1 + dx * dx + dy * dy);
      sum += q;
      force.x[i] += q * q * dx;
      force.y[i] += q * q * dy;
    }
  }
  return sum;
}

}  // namespace

double push_apart(const Places& at, double theta, Places& force) {
  force.x.resize(at.x.size());
  force.y.resize(at.y.size());
  if (theta == 0) return push_each_pair(at, force);
  const Tree tree(at, theta);
  double sum = 0;
  for (std::size_t k = 0; k < at.x.size(); ++k) {
    const std::size_t i = tree.order()[k];
    sum += tree.push(k, force.x[i], force.y[i]);
  }
  return sum;
}

void divergence_gradient(const NeighbourPairs& pairs, const Places& at, double theta, double exaggeration,
                         Places& gradient) {
  const double apart = -4 / push_apart(at, theta, gradient), together = 4 * exaggeration;
  for (double& v : gradient.x) v *= apart;
  for (double& v : gradient.y) v *= apart;
  for (std::size_t i = 0; i + 1 < pairs.first.size(); ++i) {
    double fx = 0, fy = 0;
    for (std::size_t k = pairs.first[i]; k < pairs.first[i + 1]; ++k) {
      const auto j = static_cast<std::size_t>(pairs.other[k]);
      const double dx = at.x[i] - at.x[j], dy = at.y[i] - at.y[j];
      const double pull = together * pairs.p[k] / (1 + dx * dx + dy * dy);
      fx += pull * dx;
      fy += pull * dy;
      gradient.x[j] -= pull * dx;
      gradient.y[j] -= pull * dy;
    }
    gradient.x[i] += fx;
    gradient.y[i] += fy;
  }
}

double divergence(const NeighbourPairs& pairs, const Places& at) {
  Places unused;
  const double all = push_apart(at, 0, unused);
  double sum = 0;
  for (std::size_t i = 0; i + 1 < pairs.first.size(); ++i)
    for (std::size_t k = pairs.first[i]; k < pairs.first[i + 1]; ++k) {
      const auto j = static_cast<std::size_t>(pairs.other[k]);
      const double dx = at.x[i] - at.x[j], dy = at.y[i] - at.y[j];
      if (pairs.p[k] > 0) sum += 2 * pairs.p[k] * std::log(pairs.p[k] * all * (1 + dx * dx + dy * dy));
    }
  return sum;
}

}  // namespace radfuse::stats
