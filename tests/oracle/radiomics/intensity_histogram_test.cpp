// SPDX-License-Identifier: Apache-2.0
// The intensity histogram against its formulas, from intensities that are binned here too.
#include "direct_statistics.hpp"

namespace radfuse {
namespace {

/// Grey levels and how many there are.
std::pair<std::vector<double>, std::size_t> binned(std::vector<double> x, const DiscretiseParams& p) {
  const double least = *std::min_element(x.begin(), x.end()), most = *std::max_element(x.begin(), x.end());
  double bins = p.bins;
  if (p.method == Discretisation::fixed_bin_size) {
    for (double& v : x) v = std::floor((v - least) / *p.width) + 1;
    bins = *std::max_element(x.begin(), x.end());
  } else if (most == least) {
    std::fill(x.begin(), x.end(), 1);
    bins = 1;
  } else {
    for (double& v : x) v = v == most ? bins : std::floor(bins * (v - least) / (most - least)) + 1;
  }
  return {x, static_cast<std::size_t>(bins)};
}

void expect_histogram(const test::NamedFeatures& f, const std::vector<double>& levels, std::size_t bins,
                      const std::string& which) {
  std::vector<double> counts(bins, 0);
  for (const double level : levels) ++counts[static_cast<std::size_t>(level) - 1];
  const double n = static_cast<double>(levels.size()), mean = test::mean_of(levels);
  double entropy = 0, uniformity = 0, mode = 0;
  for (std::size_t i = 0; i < bins; ++i) {
    const double level = static_cast<double>(i + 1);
    if (counts[i] > 0) entropy -= counts[i] / n * std::log2(counts[i] / n);
    uniformity += counts[i] / n * (counts[i] / n);
    const double best = mode == 0 ? -1 : counts[static_cast<std::size_t>(mode) - 1];
    if (counts[i] > best || (counts[i] == best && std::abs(level - mean) < std::abs(mode - mean) - 1e-9)) mode = level;
  }
  test::expect_same(f["mode"], mode, "mode" + which);
  test::expect_same(f["entropy"], entropy, "entropy" + which);
  test::expect_same(f["uniformity"], uniformity, "uniformity" + which);
  if (bins < 2) return test::expect_same(f["maximum_gradient"], std::nan(""), "gradient" + which);
  std::vector<double> rise(bins);
  rise.front() = counts[1] - counts[0];
  rise.back() = counts[bins - 1] - counts[bins - 2];
  for (std::size_t i = 1; i + 1 < bins; ++i) rise[i] = (counts[i + 1] - counts[i - 1]) / 2;
  const auto up = std::max_element(rise.begin(), rise.end()), down = std::min_element(rise.begin(), rise.end());
  test::expect_same(f["maximum_gradient"], *up, "rise" + which);
  test::expect_same(f["maximum_gradient_intensity"], static_cast<double>(up - rise.begin() + 1), "up" + which);
  test::expect_same(f["minimum_gradient"], *down, "fall" + which);
  test::expect_same(f["minimum_gradient_intensity"], static_cast<double>(down - rise.begin() + 1), "down" + which);
}

TEST(IntensityHistogram, AgreesWithItsDefinition) {
  const DiscretiseParams binnings[] = {{Discretisation::fixed_bin_number, {}, 16},
                                       {Discretisation::fixed_bin_size, 3.0, 32}};
  for (std::uint64_t index = 0; index < test::kSmallRegions; ++index)
    for (const DiscretiseParams& binning : binnings) {
      const auto r = test::small_region(index);
      RadiomicsParams p;
      p.discretise = binning;
      const auto f = test::extracted(r, p, FeatureGroup::intensity_histogram, "intensity_histogram");
      const auto [levels, bins] = binned(r.inside(), binning);
      const std::string which =
          " of region " + std::to_string(index) + " " + std::string(name_of(kDiscretisations, binning.method));
      test::expect_statistics(f, levels, which);
      expect_histogram(f, levels, bins, which);
    }
}

}  // namespace
}  // namespace radfuse
