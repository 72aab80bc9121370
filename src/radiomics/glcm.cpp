// SPDX-License-Identifier: Apache-2.0
// Grey level co-occurrence matrix (IBSI LFYI): 25 features, of symmetric matrices or of those of one order.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "directional.hpp"
#include "family.hpp"

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

bool has_two(const std::vector<double>& shares) {
  return std::count_if(shares.begin(), shares.end(), [](double p) { return p > 0; }) > 1;
}

/// The distributions that a matrix has in its margins and diagonals.
struct Margins {
  std::vector<double> first, second, difference, sum;  ///< by grey level, |i - j|, i + j
  double largest = 0, joint_entropy = 0, energy = 0, product = 0;
};

Margins margins_of(const PairList& pairs, std::size_t bins, double total, bool symmetric) {
  Margins m;
  m.first.assign(bins + 1, 0);
  m.second.assign(bins + 1, 0);
  m.difference.assign(bins, 0);
  m.sum.assign(2 * bins + 1, 0);
  for (const Pair& p : pairs) {
    const double share = p.count / total;  // of both orders together when symmetric
    const bool two_cells = symmetric && p.i != p.j;
    const double cell = two_cells ? share / 2 : share;
    m.first[static_cast<std::size_t>(p.i)] += cell;
    m.second[static_cast<std::size_t>(p.j)] += cell;
    if (two_cells) {
      m.first[static_cast<std::size_t>(p.j)] += cell;
      m.second[static_cast<std::size_t>(p.i)] += cell;
    }
    m.difference[static_cast<std::size_t>(std::abs(p.j - p.i))] += share;
    m.sum[static_cast<std::size_t>(p.j + p.i)] += share;
    m.largest = std::max(m.largest, cell);
    if (cell > 0) m.joint_entropy -= share * std::log2(cell);
    m.energy += share * cell;
    m.product += share * p.i * p.j;
  }
  m.joint_entropy = std::abs(m.joint_entropy);
  return m;
}

/// In the order of kFeatures; `levels` is the number of bins of the discretisation. `pairs` is not empty.
Values features_of(const PairList& pairs, int levels, bool symmetric) {
  double total = 0;
  for (const Pair& p : pairs) total += p.count;
  const Margins m = margins_of(pairs, static_cast<std::size_t>(levels), total, symmetric);
  const Line first = line_of(m.first), second = line_of(m.second), apart = line_of(m.difference),
             together = line_of(m.sum);
  double contrast = 0, alike = 0, alike_norm = 0, moment = 0, moment_norm = 0, inverse_variance = 0;
  for (std::size_t k = 0; k < m.difference.size(); ++k) {
    const double d = static_cast<double>(k), share = m.difference[k], relative = d / levels;
    contrast += d * d * share;
    alike += share / (1 + d);
    alike_norm += share / (1 + relative);
    moment += share / (1 + d * d);
    moment_norm += share / (1 + relative * relative);
    if (k > 0) inverse_variance += share / (d * d);
  }
  double covariance = 0;
  for (const Pair& p : pairs) {
    const double there = (p.i - first.mean) * (p.j - second.mean), back = (p.j - first.mean) * (p.i - second.mean);
    covariance += p.count / total * (symmetric ? (there + back) / 2 : there);
  }
  // HXY1 and HXY2 are both the sum of the margins' entropies: the logarithm of a product. What of it the matrix does
  // not have is the mutual information; of independent grey levels rounding alone is left, which the root of the second
  // measure would blow up to 1e-8.
  const double entropy_1 = entropy_of(m.first), entropy_2 = entropy_of(m.second), both = entropy_1 + entropy_2;
  const double mutual = both - m.joint_entropy > 1e-13 * both ? both - m.joint_entropy : 0;
  // A variance of 0 may not come out as 0.
  const double correlation = has_two(m.first) && has_two(m.second)
                                 ? covariance / std::sqrt(first.variance * second.variance)
                                 : std::numeric_limits<double>::quiet_NaN();
  return {m.largest,
          first.mean,
          first.variance,
          m.joint_entropy,
          apart.mean,
          apart.variance,
          entropy_of(m.difference),
          together.mean,
          together.variance,
          entropy_of(m.sum),
          m.energy,
          contrast,
          apart.mean,
          alike,
          alike_norm,
          moment,
          moment_norm,
          inverse_variance,
          correlation,
          m.product,
          together.variance,
          together.third,
          together.fourth,
          -mutual / std::max(entropy_1, entropy_2),
          std::sqrt(1 - std::exp(-2 * mutual))};
}

}  // namespace

constinit const FamilyDef kGlcm{"glcm",
                                "LFYI",
                                FeatureGroup::glcm,
                                true,
                                true,
                                true,
                                "grey level co-occurrence: which grey levels lie beside each other",
                                kFeatures};

GlcmAggregate glcm_aggregate(const Context& context) {
  const GlcmParams& p = context.params.glcm;
  const int levels = context.prepared.grey->count;
  return {aggregations_for(p.aggregations, context.two_dimensional, "radiomics.glcm.aggregations"),
          [levels, symmetric = p.symmetric](const PairList& pairs, const MatrixFacts&) {
            return features_of(pairs, levels, symmetric);
          },
          weight_exponents(p.weighting, p.distance)};
}

void glcm(const Context& context, std::span<Cells> cells) {
  const DirectionalFeatures& features = directional_features(context);
  const auto aggregations =
      aggregations_for(context.params.glcm.aggregations, context.two_dimensional, "radiomics.glcm.aggregations");
  for (std::size_t a = 0; a < cells.size(); ++a)
    features.glcm->store(aggregations[a], cells[a],
                         features.levels_present == 1 ? "one_grey_level" : "zero_denominator");
}

}  // namespace radfuse::radiomics
