// SPDX-License-Identifier: Apache-2.0
// Neighbourhood grey tone difference matrix (IBSI IPET): 5 features of how voxels differ from their neighbours' mean.
#include <algorithm>
#include <cmath>
#include <map>

#include "family.hpp"
#include "neighbourhood.hpp"
#include "radfuse/base/error.hpp"
#include "zone_features.hpp"

namespace radfuse::radiomics {
namespace {

constexpr FeatureDef kFeatures[] = {
    {"coarseness", "QCDE", "ngt_coarseness",
     "high when intensities change little from voxel to voxel; 1000000 when not at all"},
    {"contrast", "65HE", "ngt_contrast", "high when grey levels are far apart and change often; 0 for one grey level"},
    {"busyness", "NQ30", "ngt_busyness", "high when intensities change rapidly; 0 for one grey level"},
    {"complexity", "HDEZ", "ngt_complexity", "high when there are many rapid, uneven changes"},
    {"strength", "1X9X", "ngt_strength", "high when patches are easy to tell apart; 0 when nothing changes"},
};
constexpr std::size_t kCount = std::size(kFeatures);
static_assert(kCount == 5);
using Values = std::array<double, kCount>;

/// The IBSI's upper bound of coarseness, whose denominator is 0 in a flat region.
constexpr double kMostCoarse = 1e6;

/// A grey level that occurs.
struct Level {
  double level, count, difference;
};

/// Sum over ordered pairs of |a_i - a_j|.
double spread(std::vector<double> a) {
  std::sort(a.begin(), a.end());
  double sum = 0, below = 0;
  for (std::size_t k = 0; k < a.size(); ++k) {
    sum += static_cast<double>(k) * a[k] - below;
    below += a[k];
  }
  return 2 * sum;
}

/// Sum over ordered pairs of |i - j| (n_i s_i + n_j s_j) / (n_i + n_j). Levels with equal counts n_j = n share the
/// denominator: for each such group one pass over all levels, with sums over those of the group below and above.
double complexity_sum(const std::vector<Level>& all) {
  std::map<double, std::vector<const Level*>> groups;
  for (const Level& one : all) groups[one.count].push_back(&one);
  double total = 0;
  for (const auto& [n, group] : groups) {
    struct Sums {
      double number = 0, level = 0, difference = 0, product = 0;
    } below, whole;
    for (const Level* j : group) {
      ++whole.number;
      whole.level += j->level;
      whole.difference += j->difference;
      whole.product += j->level * j->difference;
    }
    auto next = group.begin();
    for (const Level& i : all) {
      for (; next != group.end() && (*next)->level <= i.level; ++next) {
        ++below.number;
        below.level += (*next)->level;
        below.difference += (*next)->difference;
        below.product += (*next)->level * (*next)->difference;
      }
      const double apart = i.level * (2 * below.number - whole.number) - (2 * below.level - whole.level);
      const double weighted = i.level * (2 * below.difference - whole.difference) - (2 * below.product - whole.product);
      total += (i.count * i.difference * apart + n * weighted) / (i.count + n);
    }
  }
  return total;
}

/// NaN throughout when no voxel has a neighbour.
Values features_of(const std::vector<Tone>& by_level) {
  std::vector<Level> all;
  double voxels = 0, differences = 0, weighted = 0, mean = 0;
  for (std::size_t level = 1; level < by_level.size(); ++level) {
    const Tone& tone = by_level[level];
    if (tone.count == 0) continue;
    const auto n = static_cast<double>(tone.count);
    all.push_back({static_cast<double>(level), n, tone.difference});
    voxels += n;
    differences += tone.difference;
    weighted += n * tone.difference;
    mean += n * static_cast<double>(level);
  }
  Values f;
  f.fill(std::numeric_limits<double>::quiet_NaN());
  if (all.empty()) return f;
  weighted /= voxels;  // sum of p_i s_i
  mean /= voxels;
  const auto levels = static_cast<double>(all.size());
  // Sums over pairs of squared differences are moments; taken about the mean they keep their digits.
  double variance = 0, first = 0, second = 0;
  std::vector<double> products;
  for (const Level& i : all) {
    const double x = i.level - mean;
    variance += i.count / voxels * x * x;
    first += x;
    second += x * x;
    products.push_back(i.level * i.count);
  }
  const bool flat = all.size() == 1;
  f[0] = weighted > 0 ? std::min(1 / weighted, kMostCoarse) : kMostCoarse;
  f[1] = flat ? 0 : 2 * variance / (levels * (levels - 1)) * differences / voxels;
  f[2] = flat ? 0 : weighted / (spread(products) / voxels);
  f[3] = complexity_sum(all) / voxels;
  // Sum of (p_i + p_j)(i - j)^2 = 2 sum of p_i (levels x_i^2 - 2 x_i first + second), where the mean of x_i is 0.
  f[4] = differences > 0 ? 2 * (levels * variance + second) / differences : 0;
  return f;
}

}  // namespace

constinit const FamilyDef kNgtdm{"ngtdm",
                                 "IPET",
                                 FeatureGroup::ngtdm,
                                 true,
                                 true,
                                 true,
                                 "neighbourhood grey tone difference: how voxels differ from their surroundings",
                                 kFeatures};

void ngtdm(const Context& context, std::span<Cells> cells) {
  if (!context.prepared.grey) throw StudyError("radiomics.discretise is missing: ngtdm needs it");
  const GreyLevels& grey = *context.prepared.grey;
  const auto& size = context.prepared.image.grid.size;
  const int distance = context.params.ngtdm.distance;
  const auto aggregations = aggregations_for(context.params.ngtdm.aggregations, context.two_dimensional, "ngtdm");
  const std::vector<Tone> none(static_cast<std::size_t>(grey.count) + 1);
  const auto wants = [&aggregations](ZoneAggregation a) {
    return std::find(aggregations.begin(), aggregations.end(), a) != aggregations.end();
  };
  SliceMean<kCount> by_slice;
  std::vector<Tone> merged = none;
  if (wants(ZoneAggregation::slices_averaged) || wants(ZoneAggregation::slices_merged)) {
    const auto area = static_cast<std::size_t>(size[0] * size[1]);
    for (std::size_t z = 0; z < static_cast<std::size_t>(size[2]); ++z) {
      std::vector<Tone> slice = none;
      add_tones(grey.levels.data() + z * area, {size[0], size[1], 1}, distance, slice);
      by_slice.add(features_of(slice));
      for (std::size_t level = 0; level < slice.size(); ++level) {
        merged[level].difference += slice[level].difference;
        merged[level].count += slice[level].count;
      }
    }
  }
  for (std::size_t a = 0; a < cells.size(); ++a) {
    Values f = by_slice.mean();
    if (aggregations[a] == ZoneAggregation::slices_merged) f = features_of(merged);
    if (aggregations[a] == ZoneAggregation::volume) {
      std::vector<Tone> volume = none;
      add_tones(grey.levels.data(), size, distance, volume);
      f = features_of(volume);
    }
    // Coarseness is defined wherever any voxel has a neighbour.
    store(f, std::isnan(f[0]) ? "no_neighbours" : "zero_denominator", cells[a]);
  }
}

}  // namespace radfuse::radiomics
