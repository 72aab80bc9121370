// SPDX-License-Identifier: Apache-2.0
// Intensity statistics against their formulas.
#include "direct_statistics.hpp"

namespace radfuse {
namespace {

TEST(IntensityStatistics, AgreeWithTheirDefinition) {
  for (std::uint64_t index = 0; index < test::kSmallRegions; ++index) {
    const auto r = test::small_region(index);
    const auto f = test::extracted(r, {}, FeatureGroup::intensity_statistics, "intensity_statistics");
    const std::string which = " of region " + std::to_string(index);
    const auto x = r.inside();
    test::expect_statistics(f, x, which);
    double energy = 0;
    for (const double v : x) energy += v * v;
    test::expect_same(f["energy"], energy, "energy" + which);
    test::expect_same(f["root_mean_square"], std::sqrt(energy / static_cast<double>(x.size())), "rms" + which);
  }
}

}  // namespace
}  // namespace radfuse
