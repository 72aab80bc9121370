// SPDX-License-Identifier: Apache-2.0
// Ten thousand awkward regions: every feature is a finite number or undefined for a stated reason; nothing crashes.
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "radfuse/base/error.hpp"
#include "roi.hpp"

namespace radfuse {
namespace {

using test::Roi;

constexpr int kCases = 10000;
enum Kind {
  empty,
  one_voxel,
  line,
  plane,
  scattered,
  two_blobs,
  whole_image,
  constant,
  two_levels,
  many_levels,
  kKinds
};

double random_spacing(Rng& rng) {
  return std::pow(10, rng.uniform() * 2 - 1);  // 0.1 to 10 mm
}

void keep_only(Mask& mask, auto inside) {
  std::size_t i = 0;
  for (std::int64_t z = 0; z < mask.grid.size[2]; ++z)
    for (std::int64_t y = 0; y < mask.grid.size[1]; ++y)
      for (std::int64_t x = 0; x < mask.grid.size[0]; ++x, ++i) mask.values[i] = inside(x, y, z) ? 1 : 0;
}

Roi awkward(Kind kind, Rng& rng) {
  const auto side = [&rng] { return static_cast<std::int64_t>(1 + rng.below(9)); };
  const std::array<std::int64_t, 3> size{side(), side(), rng.below(4) == 0 ? 1 : side()};
  Roi roi = test::random_roi(rng, size, {random_spacing(rng), random_spacing(rng), random_spacing(rng)},
                             kind == many_levels ? 65535 : 2 + static_cast<int>(rng.below(200)), 0.5);
  const auto at = [&rng, &size](std::size_t a) {
    return static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(size[a])));
  };
  const std::int64_t px = at(0), py = at(1), pz = at(2);
  switch (kind) {
    case empty:
      keep_only(roi.mask, [](auto, auto, auto) { return false; });
      break;
    case one_voxel:
      keep_only(roi.mask, [&](auto x, auto y, auto z) { return x == px && y == py && z == pz; });
      break;
    case line:
      keep_only(roi.mask, [&](auto, auto y, auto z) { return y == py && z == pz; });
      break;
    case plane:
      keep_only(roi.mask, [&](auto x, auto, auto) { return x == px; });
      break;
    case scattered:
      keep_only(roi.mask, [&](auto x, auto y, auto z) { return x % 2 == 0 && y % 2 == 0 && z % 2 == 0; });
      break;
    case two_blobs:
      keep_only(roi.mask, [&](auto x, auto y, auto z) { return (x < 2 && y < 2 && z < 2) || (x > 4 && y > 4); });
      roi.mask.values[0] = 1;
      break;
    case whole_image:
      keep_only(roi.mask, [](auto, auto, auto) { return true; });
      break;
    case constant:
      for (float& v : roi.image.values) v = -3.5f;
      break;
    case two_levels:
      for (float& v : roi.image.values) v = rng.below(2) == 0 ? 0.0f : 1e6f;
      break;
    default:
      break;
  }
  return roi;
}

RadiomicsParams random_params(Kind kind, Rng& rng) {
  RadiomicsParams p = test::everything(2 + static_cast<int>(rng.below(40)));
  if (kind == many_levels) p.discretise->bins = 65535;
  if (rng.below(3) == 0) p.discretise = DiscretiseParams{Discretisation::fixed_bin_size, 0.5 + 30 * rng.uniform(), 32};
  if (rng.below(3) == 0) p.ivh.method = IvhDiscretisation::none;
  if (rng.below(4) == 0) p.resegment = ResegmentParams{std::nullopt, 50 + 100 * rng.uniform(), std::nullopt};
  if (rng.below(4) == 0) {
    if (!p.resegment) p.resegment.emplace();
    p.resegment->outliers_sigma = 0.5 + 3 * rng.uniform();
  }
  if (rng.below(6) == 0) {
    p.resample.emplace();
    p.resample->spacing_mm = {0.7, 1.1, rng.below(2) == 0 ? 0 : 1.6};
    p.resample->interpolator = static_cast<VoxelInterpolation>(rng.below(3));
  }
  p.glcm.distance = 1 + static_cast<int>(rng.below(3));
  p.ngtdm.distance = 1 + static_cast<int>(rng.below(2));
  p.ngldm = {p.ngldm.aggregations, 1 + static_cast<int>(rng.below(2)), static_cast<int>(rng.below(3))};
  return p;
}

TEST(Fuzz, TenThousandRegions) {
  std::size_t extracted = 0, refused = 0, undefined = 0;
  for (int i = 0; i < kCases; ++i) {
    Rng rng(5, "fuzz", static_cast<std::uint64_t>(i));
    const auto kind = static_cast<Kind>(i % kKinds);
    const Roi roi = awkward(kind, rng);
    const RadiomicsParams params = random_params(kind, rng);
    const bool planar = roi.image.grid.size[2] == 1 && rng.below(2) == 0;
    radiomics::Extraction extraction;
    try {
      extraction = radiomics::extract(roi.image, roi.mask, params, planar);
    } catch (const CaseError& error) {
      EXPECT_STRNE(error.what(), "");
      ++refused;
      continue;
    }
    ++extracted;
    const auto names = radiomics::feature_names(params, planar);
    ASSERT_EQ(extraction.values.size(), names.size());
    std::set<std::string> explained;
    for (const auto& [name, reason] : extraction.notes) {
      EXPECT_FALSE(radiomics::explain_reason(reason).empty()) << name << ": " << reason;
      explained.insert(name);
    }
    for (std::size_t f = 0; f < names.size(); ++f) {
      ASSERT_FALSE(std::isinf(extraction.values[f])) << names[f] << " of region " << i;
      ASSERT_EQ(std::isnan(extraction.values[f]), explained.contains(names[f])) << names[f] << " of region " << i;
    }
    undefined += explained.size();
  }
  // Every tenth is empty and refused; re-segmentation and interpolation empty some others.
  EXPECT_GE(refused, static_cast<std::size_t>(kCases / kKinds));
  EXPECT_GT(extracted, static_cast<std::size_t>(kCases) / 2);
  EXPECT_GT(undefined, 0U);
}

}  // namespace
}  // namespace radfuse
