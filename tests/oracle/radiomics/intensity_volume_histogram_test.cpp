// SPDX-License-Identifier: Apache-2.0
// The intensity-volume histogram against its definition, level by level, for every binning.
#include <algorithm>
#include <limits>
#include <set>

#include "small_regions.hpp"

namespace radfuse {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

struct Direct {
  double v10 = kNaN, v90 = kNaN, i10 = kNaN, i90 = kNaN, area = 0;
};

/// `levels` ascending; `first` and `last` are the ends of the intensity range.
Direct from_levels(const std::vector<double>& levels, const std::vector<double>& values, double first, double last) {
  const auto share = [&values](double level) {
    const auto n = std::count_if(values.begin(), values.end(), [level](double v) { return v >= level; });
    return static_cast<double>(n) / static_cast<double>(values.size());
  };
  Direct d;
  if (last > first) d.v10 = d.v90 = 0;
  for (auto level = levels.rbegin(); level != levels.rend(); ++level) {
    const double gamma = (*level - first) / (last - first), nu = share(*level);
    if (gamma >= 0.1) d.v10 = std::max(d.v10, nu);
    if (gamma >= 0.9) d.v90 = std::max(d.v90, nu);
    if (nu <= 0.1) d.i10 = *level;
    if (nu <= 0.9) d.i90 = *level;
  }
  for (std::size_t i = 1; i < levels.size(); ++i)
    d.area += (share(levels[i - 1]) + share(levels[i])) / 2 * (levels[i] - levels[i - 1]) / (last - first);
  return d;
}

Direct direct(const test::SmallRegion& r, const IvhParams& ivh, bool ranged) {
  std::vector<double> values = r.inside();
  const double least = *std::min_element(values.begin(), values.end());
  const double most = *std::max_element(values.begin(), values.end());
  const double low = ranged ? -350 : least, high = ranged ? 350 : most;
  std::vector<double> levels;
  if (ivh.method == IvhDiscretisation::none) {
    if (r.whole) {
      for (double level = low; level <= high; ++level) levels.push_back(level);
    } else {
      std::set<double> present(values.begin(), values.end());
      if (ranged) present.insert(low);
      levels.assign(present.begin(), present.end());
    }
    return from_levels(levels, values, low, high);
  }
  const bool sized = ivh.method == IvhDiscretisation::fixed_bin_size;
  const double bins = sized ? std::max(1.0, std::ceil((high - low) / *ivh.width)) : most > least ? ivh.bins : 1;
  for (double bin = 1; bin <= bins; ++bin) levels.push_back(bin);
  for (double& v : values)
    v = sized          ? std::min(bins, std::floor((v - low) / *ivh.width) + 1)
        : most > least ? std::min(bins, std::floor(bins * (v - least) / (most - least)) + 1)
                       : 1;
  Direct d = from_levels(levels, values, 1, bins);
  if (sized) {
    d.i10 = low + (d.i10 - 0.5) * *ivh.width;
    d.i90 = low + (d.i90 - 0.5) * *ivh.width;
  }
  return d;
}

TEST(IntensityVolumeHistogram, AgreesWithItsDefinition) {
  const IvhParams binnings[] = {{IvhDiscretisation::none, {}, 1000},
                                {IvhDiscretisation::fixed_bin_size, 2.5, 1000},
                                {IvhDiscretisation::fixed_bin_number, {}, 100}};
  for (std::uint64_t index = 0; index < test::kSmallRegions; ++index)
    for (const bool ranged : {false, true})
      for (const IvhParams& ivh : binnings) {
        const auto r = test::small_region(index);
        RadiomicsParams p;
        p.ivh = ivh;
        if (ranged) p.resegment = ResegmentParams{-350, 350, {}};
        const Direct d = direct(r, ivh, ranged);
        const auto f = test::extracted(r, p, FeatureGroup::intensity_volume_histogram, "intensity_volume_histogram");
        const std::string which = " of region " + std::to_string(index) + " binning " +
                                  std::string(name_of(kIvhDiscretisations, ivh.method)) + (ranged ? " ranged" : "");
        test::expect_same(f["volume_fraction_at_10_intensity"], d.v10, "v10" + which);
        test::expect_same(f["volume_fraction_at_90_intensity"], d.v90, "v90" + which);
        test::expect_same(f["intensity_at_10_volume"], d.i10, "i10" + which);
        test::expect_same(f["intensity_at_90_volume"], d.i90, "i90" + which);
        test::expect_same(f["volume_fraction_difference_10_90"], d.v10 - d.v90, "v" + which);
        test::expect_same(f["intensity_difference_10_90"], d.i10 - d.i90, "i" + which);
        test::expect_same(f["area_under_curve"], d.area, "area" + which);
      }
}

}  // namespace
}  // namespace radfuse
