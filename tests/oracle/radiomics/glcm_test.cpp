// SPDX-License-Identifier: Apache-2.0
// Co-occurrence by definition: all pairs of voxels, and sums over the whole matrix.
#include "directional_oracle.hpp"

namespace radfuse {
namespace {

using test::Matrix;
using test::RandomRegion;
using test::Step;

Matrix count(const RandomRegion& r, const Step& step, int distance, bool symmetric) {
  std::vector<Step> voxels;
  const auto [nx, ny, nz] = r.mask.grid.size;
  for (std::int64_t z = 0; z < nz; ++z)
    for (std::int64_t y = 0; y < ny; ++y)
      for (std::int64_t x = 0; x < nx; ++x)
        if (r.mask.at(x, y, z) != 0) voxels.push_back({x, y, z});
  Matrix m;
  for (const Step& a : voxels)
    for (const Step& b : voxels) {
      if (b[0] - a[0] != distance * step[0] || b[1] - a[1] != distance * step[1] || b[2] - a[2] != distance * step[2])
        continue;
      const int i = static_cast<int>(r.image.at(a[0], a[1], a[2])), j = static_cast<int>(r.image.at(b[0], b[1], b[2]));
      ++m[{i, j}];
      if (symmetric) ++m[{j, i}];
    }
  return m;
}

using Line = std::map<int, long double>;

long double entropy(const Line& shares) {
  long double e = 0;
  for (const auto& [k, p] : shares) e -= p * std::log2(p);
  return e;
}
long double moment(const Line& shares, long double centre, int power) {
  long double sum = 0;
  for (const auto& [k, p] : shares) sum += p * std::pow(k - centre, power);
  return sum;
}

test::Values features(const Matrix& m, int levels) {
  test::Values v;
  long double total = 0;
  for (const auto& [cell, n] : m) total += n;
  Line first, second, difference, sum;
  for (const auto& [cell, n] : m) {
    const long double p = n / total, i = cell.first, j = cell.second, d = std::abs(i - j);
    first[cell.first] += p;
    second[cell.second] += p;
    difference[std::abs(cell.first - cell.second)] += p;
    sum[cell.first + cell.second] += p;
    v["joint_maximum"] = std::max(v["joint_maximum"], p);
    v["joint_average"] += p * i;
    v["joint_entropy"] -= p * std::log2(p);
    v["angular_second_moment"] += p * p;
    v["contrast"] += p * d * d;
    v["dissimilarity"] += p * d;
    v["inverse_difference"] += p / (1 + d);
    v["normalised_inverse_difference"] += p / (1 + d / levels);
    v["inverse_difference_moment"] += p / (1 + d * d);
    v["normalised_inverse_difference_moment"] += p / (1 + d * d / (static_cast<long double>(levels) * levels));
    v["inverse_variance"] += d > 0 ? p / (d * d) : 0;
    v["autocorrelation"] += p * i * j;
  }
  const long double mean_1 = moment(first, 0, 1), mean_2 = moment(second, 0, 1);
  long double entropy_crossed = 0, entropy_product = 0, product = 0;
  for (const auto& [cell, n] : m) {
    const long double p = n / total, i = cell.first, j = cell.second;
    v["joint_variance"] += p * (i - v["joint_average"]) * (i - v["joint_average"]);
    v["cluster_tendency"] += p * std::pow(i + j - mean_1 - mean_2, 2);
    v["cluster_shade"] += p * std::pow(i + j - mean_1 - mean_2, 3);
    v["cluster_prominence"] += p * std::pow(i + j - mean_1 - mean_2, 4);
    product += p * (i - mean_1) * (j - mean_2);
    entropy_crossed -= p * std::log2(first[cell.first] * second[cell.second]);
  }
  for (const auto& [i, p] : first)
    for (const auto& [j, q] : second) entropy_product -= p * q * std::log2(p * q);
  v["difference_average"] = moment(difference, 0, 1);
  v["difference_variance"] = moment(difference, v["difference_average"], 2);
  v["difference_entropy"] = entropy(difference);
  v["sum_average"] = moment(sum, 0, 1);
  v["sum_variance"] = moment(sum, v["sum_average"], 2);
  v["sum_entropy"] = entropy(sum);
  const long double undefined = std::nanl("");
  v["correlation"] = first.size() > 1 && second.size() > 1
                         ? product / std::sqrt(moment(first, mean_1, 2) * moment(second, mean_2, 2))
                         : undefined;
  const long double larger = std::max(entropy(first), entropy(second));
  v["information_correlation_1"] = m.size() > 1 ? (v["joint_entropy"] - entropy_crossed) / larger : undefined;
  v["information_correlation_2"] =
      std::sqrt(1 - std::exp(-2 * std::max<long double>(0, entropy_product - v["joint_entropy"])));
  return v;
}

TEST(Glcm, EqualsItsDefinitionOnRandomRegions) {
  for (std::uint64_t trial = 0; trial < 200; ++trial) {
    const RandomRegion r = test::random_region(trial);
    RadiomicsParams p = test::params_of();
    p.families = {FeatureGroup::glcm};
    if (trial % 2 == 0) p.families.push_back(FeatureGroup::glrlm);
    for (const auto& row : kAggregations) p.glcm.aggregations.push_back(row.value);
    p.glcm.distance = trial % 3 == 0 ? 2 : trial % 11 == 0 ? 5 : 1;
    p.glcm.symmetric = trial % 4 < 2;
    p.glcm.weighting = kDistanceWeightings[trial / 4 % 4].value;
    float levels = 1;
    for (std::size_t k = 0; k < r.mask.values.size(); ++k)
      if (r.mask.values[k] != 0) levels = std::max(levels, r.image.values[k]);
    const test::Definition definition{
        [&p](const RandomRegion& region, const Step& step) {
          return count(region, step, p.glcm.distance, p.glcm.symmetric);
        },
        [levels](const Matrix& m, long double) { return features(m, static_cast<int>(levels)); },
        [&p](const Step& step) { return test::weight_of(step, p.glcm.distance, p.glcm.weighting); }};
    const auto computed = test::features_of(r.image, r.mask, p);
    for (const auto& row : kAggregations)
      test::expect_agreement(computed, test::aggregated(r, definition, row.value), "glcm", std::string(row.name),
                             " in trial " + std::to_string(trial));
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace radfuse
