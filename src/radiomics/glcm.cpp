// SPDX-License-Identifier: Apache-2.0
// Grey level co-occurrence matrix (IBSI LFYI): 25 features of a symmetric matrix, in six ways of aggregating.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "cooccurrence.hpp"
#include "family.hpp"
#include "radfuse/base/error.hpp"

namespace radfuse::radiomics {
namespace {

constexpr FeatureDef kFeatures[] = {
    {"joint_maximum", "GYBY", "cm_joint_max", "share of the most frequent pair of grey levels"},
    {"joint_average", "60VM", "cm_joint_avg", "mean grey level of the pairs"},
    {"joint_variance", "UR99", "cm_joint_var", "variance of the grey levels of the pairs"},
    {"joint_entropy", "TU9B", "cm_joint_entr", "disorder of the pairs, in bits"},
    {"difference_average", "TF7R", "cm_diff_avg", "mean difference within a pair"},
    {"difference_variance", "D3YU", "cm_diff_var", "variance of the differences"},
    {"difference_entropy", "NTRS", "cm_diff_entr", "disorder of the differences, in bits"},
    {"sum_average", "ZGXS", "cm_sum_avg", "mean sum of a pair"},
    {"sum_variance", "OEEB", "cm_sum_var", "variance of the sums"},
    {"sum_entropy", "P6QZ", "cm_sum_entr", "disorder of the sums, in bits"},
    {"angular_second_moment", "8ZQL", "cm_energy", "sum of squared shares: high when few pairs dominate"},
    {"contrast", "ACUI", "cm_contrast", "mean squared difference within a pair"},
    {"dissimilarity", "8S9J", "cm_dissimilarity", "mean difference within a pair"},
    {"inverse_difference", "IB1Z", "cm_inv_diff", "high when pairs are alike"},
    {"normalised_inverse_difference", "NDRX", "cm_inv_diff_norm", "the same, relative to the number of grey levels"},
    {"inverse_difference_moment", "WF0Z", "cm_inv_diff_mom", "high when pairs are alike, by squared difference"},
    {"normalised_inverse_difference_moment", "1QCO", "cm_inv_diff_mom_norm",
     "the same, relative to the number of grey levels"},
    {"inverse_variance", "E8JP", "cm_inv_var", "sum of shares over squared difference, equal pairs left out"},
    {"correlation", "NI2N", "cm_corr", "how far one grey level of a pair predicts the other"},
    {"autocorrelation", "QWB0", "cm_auto_corr", "mean product of a pair"},
    {"cluster_tendency", "DG8W", "cm_clust_tend", "spread of the sums: second central moment"},
    {"cluster_shade", "7NFM", "cm_clust_shade", "asymmetry of the sums: third central moment"},
    {"cluster_prominence", "AE86", "cm_clust_prom", "tails of the sums: fourth central moment"},
    {"information_correlation_1", "R8DG", "cm_info_corr1", "mutual information relative to the larger entropy"},
    {"information_correlation_2", "JN9H", "cm_info_corr2", "mutual information as a correlation"},
};
constexpr std::size_t kCount = std::size(kFeatures);
static_assert(kCount == 25);
using Values = std::array<double, kCount>;

double entropy_of(const std::vector<double>& shares) {
  double e = 0;
  for (const double p : shares)
    if (p > 0) e -= p * std::log2(p);
  return std::abs(e);
}

/// Central moments and the like of a one-dimensional distribution over 0, 1, 2, ...
struct Line {
  double mean = 0, variance = 0, third = 0, fourth = 0;
};
Line line_of(const std::vector<double>& shares) {
  Line l;
  for (std::size_t k = 0; k < shares.size(); ++k) l.mean += static_cast<double>(k) * shares[k];
  for (std::size_t k = 0; k < shares.size(); ++k) {
    const double x = static_cast<double>(k) - l.mean, x2 = x * x;
    l.variance += x2 * shares[k];
    l.third += x2 * x * shares[k];
    l.fourth += x2 * x2 * shares[k];
  }
  return l;
}

/// In the order of kFeatures; `levels` is the number of bins of the discretisation. `pairs` is not empty.
Values features_of(const PairList& pairs, int levels) {
  double total = 0;
  for (const Pair& p : pairs) total += p.count;
  const auto bins = static_cast<std::size_t>(levels);
  std::vector<double> marginal(bins + 1, 0), difference(bins, 0), sum(2 * bins + 1, 0);
  double largest = 0, joint_entropy = 0, energy = 0, product = 0;
  for (const Pair& p : pairs) {
    const double share = p.count / total;  // of both orders together
    const double cells = p.i == p.j ? 1 : 2, cell = share / cells;
    marginal[static_cast<std::size_t>(p.i)] += share / 2;
    marginal[static_cast<std::size_t>(p.j)] += share / 2;
    difference[static_cast<std::size_t>(p.j - p.i)] += share;
    sum[static_cast<std::size_t>(p.j + p.i)] += share;
    largest = std::max(largest, cell);
    joint_entropy -= share * std::log2(cell);
    energy += share * cell;
    product += share * p.i * p.j;
  }
  joint_entropy = std::abs(joint_entropy);
  const Line level = line_of(marginal), apart = line_of(difference), together = line_of(sum);
  double contrast = 0, alike = 0, alike_norm = 0, moment = 0, moment_norm = 0, inverse_variance = 0;
  for (std::size_t k = 0; k < difference.size(); ++k) {
    const double d = static_cast<double>(k), share = difference[k], relative = d / levels;
    contrast += d * d * share;
    alike += share / (1 + d);
    alike_norm += share / (1 + relative);
    moment += share / (1 + d * d);
    moment_norm += share / (1 + relative * relative);
    if (k > 0) inverse_variance += share / (d * d);
  }
  double covariance = 0;
  for (const Pair& p : pairs) covariance += p.count / total * (p.i - level.mean) * (p.j - level.mean);
  // The matrix is symmetric: both marginals are equal, and HXY1 = HXY2 = twice their entropy.
  const double one = entropy_of(marginal), shared = std::max(0.0, 2 * one - joint_entropy);
  return {largest,
          level.mean,
          level.variance,
          joint_entropy,
          apart.mean,
          apart.variance,
          entropy_of(difference),
          together.mean,
          together.variance,
          entropy_of(sum),
          energy,
          contrast,
          apart.mean,
          alike,
          alike_norm,
          moment,
          moment_norm,
          inverse_variance,
          covariance / level.variance,
          product,
          together.variance,
          together.third,
          together.fourth,
          -shared / one,
          std::sqrt(1 - std::exp(-2 * shared))};
}

/// The mean over matrices; those without pairs have no features and do not count, nor does one without a value.
class Average {
 public:
  void add(const PairList& pairs, int levels) {
    if (pairs.empty()) return;
    const Values v = features_of(pairs, levels);
    any_ = true;
    for (std::size_t k = 0; k < kCount; ++k)
      if (std::isfinite(v[k])) {
        sum_[k] += v[k];
        ++n_[k];
      }
  }
  void store(Cells& cells) const {
    const std::string_view reason = any_ ? "one_grey_level" : "no_neighbours";
    for (std::size_t k = 0; k < kCount; ++k) cells.set(k, sum_[k] / n_[k], reason);
  }

 private:
  bool any_ = false;
  Values sum_{}, n_{};
};

}  // namespace

constinit const FamilyDef kGlcm{"glcm",
                                "LFYI",
                                FeatureGroup::glcm,
                                true,
                                true,
                                true,
                                "grey level co-occurrence: which grey levels lie beside each other",
                                kFeatures};

void glcm(const Context& context, std::span<Cells> cells) {
  if (!context.prepared.grey) throw StudyError("radiomics.discretise is missing: glcm needs it");
  const int levels = context.prepared.grey->count;
  const auto aggregations = aggregations_for(context.params.glcm.aggregations, context.two_dimensional, "glcm");
  const auto wants = [&aggregations](Aggregation a) {
    return std::find(aggregations.begin(), aggregations.end(), a) != aggregations.end();
  };
  CooccurrenceWish wish;
  wish.by_slice = wants(Aggregation::average_2d) || wants(Aggregation::slice_merged_2d);
  wish.by_direction = wants(Aggregation::direction_merged_2_5d) || wants(Aggregation::average_3d);
  wish.in_depth = wants(Aggregation::average_3d) || wants(Aggregation::merged_3d);
  Average by_slice_and_direction, by_slice;
  const Cooccurrence counted =
      count_pairs(context.prepared, context.params.glcm.distance, wish, [&](const std::vector<PairList>& directions) {
        if (wants(Aggregation::average_2d))
          for (const PairList& list : directions) by_slice_and_direction.add(list, levels);
        if (wants(Aggregation::slice_merged_2d)) by_slice.add(merged(directions), levels);
      });
  for (std::size_t a = 0; a < cells.size(); ++a) {
    if (counted.too_large) {
      cells[a].undefined_rest("too_many_grey_levels");
      continue;
    }
    Average all;
    switch (aggregations[a]) {
      case Aggregation::average_2d:
        all = by_slice_and_direction;
        break;
      case Aggregation::slice_merged_2d:
        all = by_slice;
        break;
      case Aggregation::direction_merged_2_5d:
        for (const PairList& list : counted.in_plane) all.add(list, levels);
        break;
      case Aggregation::merged_2_5d:
        all.add(merged(counted.in_plane), levels);
        break;
      case Aggregation::average_3d:
        for (const PairList& list : counted.in_volume) all.add(list, levels);
        break;
      case Aggregation::merged_3d:
        all.add(merged(counted.in_volume), levels);
        break;
    }
    all.store(cells[a]);
  }
}

}  // namespace radfuse::radiomics
