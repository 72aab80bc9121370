// SPDX-License-Identifier: Apache-2.0
// t-SNE: gradient descent with momentum from the first two principal components, by the customs of the field: early
// exaggeration (van der Maaten 2014), gains of each coordinate (Jacobs 1988), the learning rate that grows with the
// rows (Belkina et al. 2019).
#include "radfuse/stats/tsne.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "radfuse/base/error.hpp"
#include "radfuse/base/stop.hpp"
#include "radfuse/stats/pca.hpp"
#include "tsne_parts.hpp"

namespace radfuse::stats {
namespace {

constexpr double kExaggeration = 12;
constexpr int kExaggerated = 250;  // rounds
constexpr double kSpread = 1e-4;   // standard deviation of the first axis at the first start

// All at the origin when no column varies; on a line when the rows are.
Places first_places(const Eigen::Ref<const Eigen::MatrixXd>& x, double spread) {
  const auto n = static_cast<std::size_t>(x.rows());
  Places at{std::vector<double>(n, 0), std::vector<double>(n, 0)};
  const Pca pca = fit_pca(x);
  // What differs by less than rounding does not differ.
  if (pca.variance.size() == 0 || !(pca.variance[0] > 1e-24 * pca.mean.squaredNorm())) return at;
  const double n_over = static_cast<double>(n) / static_cast<double>(n - 1);  // from (n - 1) to 1 / n
  const double scale = spread / std::sqrt(pca.variance[0] / n_over);
  const Eigen::MatrixXd scores = scale * ((x.rowwise() - pca.mean.transpose()) *
                                          pca.loadings.leftCols(std::min<Eigen::Index>(2, pca.loadings.cols())));
  for (std::size_t i = 0; i < n; ++i) {
    at.x[i] = scores(static_cast<Eigen::Index>(i), 0);
    if (scores.cols() > 1) at.y[i] = scores(static_cast<Eigen::Index>(i), 1);
  }
  return at;
}

// One axis of the descent.
struct Axis {
  std::vector<double> step, gain;
  explicit Axis(std::size_t n) : step(n, 0), gain(n, 1) {}
  void go(const std::vector<double>& gradient, double rate, double momentum, std::vector<double>& at) {
    for (std::size_t i = 0; i < at.size(); ++i) {
      gain[i] = step[i] * gradient[i] < 0 ? gain[i] + 0.2 : std::max(gain[i] * 0.8, 0.01);
      step[i] = momentum * step[i] - rate * gain[i] * gradient[i];
      at[i] += step[i];
    }
  }
};

void centre(std::vector<double>& values) {
  double sum = 0;
  for (const double v : values) sum += v;
  for (double& v : values) v -= sum / static_cast<double>(values.size());
}

// `rounds` of the descent; each of its two parts starts from rest.
void descend(const NeighbourPairs& pairs, const TsneOptions& options, Places& at) {
  const std::size_t n = at.x.size();
  const double rate = std::max(static_cast<double>(n) / kExaggeration / 4, 50.0);
  Places gradient;
  int round = 0;
  for (const bool early : {true, false}) {
    Axis along(n), across(n);
    for (const int end = early ? std::min(kExaggerated, options.rounds) : options.rounds; round < end; ++round) {
      if (round % 16 == 0) throw_if_stopped();
      divergence_gradient(pairs, at, options.theta, early ? kExaggeration : 1, gradient);
      along.go(gradient.x, rate, early ? 0.5 : 0.8, at.x);
      across.go(gradient.y, rate, early ? 0.5 : 0.8, at.y);
    }
  }
  centre(at.x);
  centre(at.y);
}

}  // namespace

TsneMap fit_tsne(const Eigen::Ref<const Eigen::MatrixXd>& x, const TsneOptions& options) {
  if (x.rows() < 4)
    throw InputError("a map of " + std::to_string(x.rows()) + " cases says nothing: t-SNE needs four or more");
  TsneMap map{.at = Eigen::MatrixXd::Zero(x.rows(), 2),
              .perplexity = std::min(options.perplexity, static_cast<double>(x.rows() - 1) / 3),
              .divergence = std::numeric_limits<double>::infinity()};
  const NeighbourPairs pairs = neighbour_pairs(x, map.perplexity);
  for (int start = 1; start <= options.starts; ++start) {
    Places at = first_places(x, kSpread / start);
    descend(pairs, options, at);
    const double found = divergence(pairs, at);
    if (!(found < map.divergence)) continue;
    map.divergence = found;
    for (Eigen::Index i = 0; i < x.rows(); ++i)
      map.at.row(i) << at.x[static_cast<std::size_t>(i)], at.y[static_cast<std::size_t>(i)];
  }
  return map;
}

}  // namespace radfuse::stats
