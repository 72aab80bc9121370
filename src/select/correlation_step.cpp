// SPDX-License-Identifier: Apache-2.0
// correlation: of features that say the same, one stays. Features are taken in order of merit; each is compared with
// those that stay so far.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "radfuse/stats/descriptive.hpp"
#include "working.hpp"

namespace radfuse {
namespace {

// Features that are compared with those kept so far by one matrix product.
constexpr Eigen::Index kBlock = 128;

std::vector<Eigen::Index> by_merit(const Eigen::MatrixXd& x, const Eigen::VectorXi& outcome, CorrelationKeep keep) {
  std::vector<Eigen::Index> order(static_cast<std::size_t>(x.cols()));
  std::iota(order.begin(), order.end(), Eigen::Index{0});
  if (keep != CorrelationKeep::higher_relevance) return order;
  Eigen::VectorXd relevance(x.cols());
  for (Eigen::Index j = 0; j < x.cols(); ++j) relevance[j] = std::abs(stats::auc(outcome, x.col(j)) - 0.5);
  std::stable_sort(order.begin(), order.end(),
                   [&](Eigen::Index a, Eigen::Index b) { return relevance[a] > relevance[b]; });
  return order;
}

struct Twin {
  Eigen::Index feature = -1;  // the kept one, of those before it, that it is most correlated with
  double correlation = 0;
  bool goes = false;
};

// For each feature its twin, or none.
std::vector<Twin> find_twins(const Eigen::MatrixXd& scores, const std::vector<Eigen::Index>& order, double threshold) {
  std::vector<Twin> twins(order.size());
  Eigen::MatrixXd kept(scores.rows(), scores.cols());
  std::vector<Eigen::Index> kept_features;
  for (std::size_t first = 0; first < order.size(); first += kBlock) {
    const auto width = std::min<Eigen::Index>(kBlock, static_cast<Eigen::Index>(order.size() - first));
    const std::vector<Eigen::Index> block(order.begin() + static_cast<std::ptrdiff_t>(first),
                                          order.begin() + static_cast<std::ptrdiff_t>(first) + width);
    const Eigen::MatrixXd candidates = scores(Eigen::all, block);
    const auto before = static_cast<Eigen::Index>(kept_features.size());
    const Eigen::MatrixXd with_kept = (kept.leftCols(before).transpose() * candidates).cwiseAbs();
    const Eigen::MatrixXd within = (candidates.transpose() * candidates).cwiseAbs();
    std::vector<Eigen::Index> stays;  // columns of `candidates`
    for (Eigen::Index k = 0; k < width; ++k) {
      Twin twin;
      for (Eigen::Index i = 0; i < before; ++i)
        if (with_kept(i, k) > twin.correlation) twin = {kept_features[static_cast<std::size_t>(i)], with_kept(i, k)};
      for (const Eigen::Index i : stays)
        if (within(i, k) > twin.correlation) twin = {block[static_cast<std::size_t>(i)], within(i, k)};
      // Copies of one feature may differ by rounding.
      twin.goes = twin.feature >= 0 && twin.correlation >= threshold - 1e-12;
      twins[static_cast<std::size_t>(block[static_cast<std::size_t>(k)])] = twin;
      if (twin.goes) continue;
      kept.col(static_cast<Eigen::Index>(kept_features.size())) = candidates.col(k);
      kept_features.push_back(block[static_cast<std::size_t>(k)]);
      stays.push_back(k);
    }
  }
  return twins;
}

// caret's findCorrelation(exact = TRUE): pair by pair, features in the order of their mean correlation with the others
// that are left, the one with the larger mean goes.
std::vector<Twin> drop_by_mean(const Eigen::MatrixXd& scores, double threshold) {
  Eigen::MatrixXd r = (scores.transpose() * scores).cwiseAbs();
  r.diagonal().setZero();
  const Eigen::Index p = r.cols();
  std::vector<Eigen::Index> order(static_cast<std::size_t>(p));
  std::iota(order.begin(), order.end(), Eigen::Index{0});
  const Eigen::VectorXd sums = r.colwise().sum();
  std::stable_sort(order.begin(), order.end(), [&](Eigen::Index a, Eigen::Index b) { return sums[a] > sums[b]; });
  std::vector<bool> gone(static_cast<std::size_t>(p), false);
  std::vector<Twin> twins(static_cast<std::size_t>(p));
  Eigen::VectorXd left_sum = sums;
  double all = sums.sum();
  auto left = static_cast<double>(p);
  const auto drop = [&](Eigen::Index j, Eigen::Index twin) {
    gone[static_cast<std::size_t>(j)] = true;
    twins[static_cast<std::size_t>(j)] = {twin, r(j, twin), true};
    all -= 2 * left_sum[j];
    left_sum -= r.col(j);
    left_sum[j] = 0;
    for (Eigen::Index k = 0; k < p; ++k) r(k, j) = r(j, k) = 0;
    --left;
  };
  for (std::size_t a = 0; a < order.size(); ++a)
    for (std::size_t b = a + 1; b < order.size() && !gone[static_cast<std::size_t>(order[a])]; ++b) {
      const Eigen::Index i = order[a], j = order[b];
      if (gone[static_cast<std::size_t>(j)] || r(i, j) < threshold - 1e-12) continue;
      // The mean of i with the others left, against that of all rows but j's.
      const double mean_i = left_sum[i] / (left - 1), mean_rest = (all - left_sum[j]) / ((left - 1) * (left - 1));
      if (mean_i > mean_rest)
        drop(i, j);
      else
        drop(j, i);
    }
  return twins;
}

}  // namespace

void fit_step(const CorrelationParams& params, Working& working) {
  const auto positions = working.varying_scope(params.on);
  if (positions.size() < 2) return;

  Eigen::MatrixXd x = working.values_of(positions);
  const auto order = by_merit(x, working.outcome(), params.keep);
  const bool spearman = params.method == CorrelationMethod::spearman;
  if (spearman)
    for (Eigen::Index j = 0; j < x.cols(); ++j) x.col(j) = stats::ranks(x.col(j)).eval();
  const Eigen::MatrixXd scores = stats::correlation_scores(x);
  x.resize(0, 0);  // large tables: what is not needed goes
  const auto twins = params.keep == CorrelationKeep::largest_mean ? drop_by_mean(scores, params.threshold)
                                                                  : find_twins(scores, order, params.threshold);
  const auto names = working.names_of(positions);
  Reasons dropped;
  for (std::size_t k = 0; k < twins.size(); ++k) {
    const Measured measured = {spearman ? "|rho|" : "|r|",
                               twins[k].feature < 0 ? Measured::kNone : std::min(twins[k].correlation, 1.0)};
    if (twins[k].goes)
      dropped[positions[k]] = {measured.what + " = " + fixed(measured.value, 3) + " with " +
                                   names[static_cast<std::size_t>(twins[k].feature)],
                               measured};
    else
      working.pass(positions[k], measured);
  }
  working.drop(dropped);
}

}  // namespace radfuse
