// SPDX-License-Identifier: Apache-2.0
// One search for zones, counted by size and by distance, in every aggregation that either family is asked for.
#include <algorithm>
#include <memory>

#include "zones.hpp"

namespace radfuse::radiomics {
namespace {

/// Most zones of noise are smaller than this; larger ones are counted as rare.
constexpr std::size_t kUsual = 63;

/// Both matrices of a family pair as counts.
struct Counter {
  CountTable sizes, distances;
  Counter(int levels, std::size_t voxels) : sizes(levels, voxels, kUsual), distances(levels, voxels, kUsual) {}
  void add(const Zone& zone) {
    sizes.add(zone.level, zone.size);
    distances.add(zone.level, zone.distance);
  }
  ZoneTables::Matrix features(double voxels) {
    return {zone_features(sizes.take(), voxels), zone_features(distances.take(), voxels)};
  }
};

ZoneTables tables_of(const Prepared& prepared, bool by_slice, bool merged, bool volume) {
  const GreyLevels& grey = *prepared.grey;
  const auto& size = prepared.image.grid.size;
  const std::size_t all = prepared.intensity.count();
  const std::uint8_t* region = prepared.morphological.values.data();
  ZoneTables tables;
  if (by_slice || merged) {
    const auto area = static_cast<std::size_t>(size[0] * size[1]);
    Counter of_slice(grey.count, by_slice ? std::min(all, area) : 0), of_all(grey.count, merged ? all : 0);
    SliceMean<kZoneFeatures> sizes, distances;
    for (std::size_t z = 0; z < static_cast<std::size_t>(size[2]); ++z) {
      const std::uint16_t* levels = grey.levels.data() + z * area;
      const auto outside = std::count(levels, levels + area, std::uint16_t{0});
      const auto voxels = static_cast<std::ptrdiff_t>(area) - outside;
      if (voxels == 0) continue;
      find_zones({levels, region + z * area, {size[0], size[1], 1}, true}, [&](const Zone& zone) {
        if (by_slice) of_slice.add(zone);
        if (merged) of_all.add(zone);
      });
      if (!by_slice) continue;
      const auto features = of_slice.features(static_cast<double>(voxels));
      sizes.add(features.sizes);
      distances.add(features.distances);
    }
    const auto place = [&tables](ZoneAggregation a) -> auto& {
      return tables.of[static_cast<std::size_t>(a)];
    };
    if (by_slice) place(ZoneAggregation::slices_averaged) = ZoneTables::Matrix{sizes.mean(), distances.mean()};
    if (merged) place(ZoneAggregation::slices_merged) = of_all.features(static_cast<double>(all));
  }
  if (volume) {
    Counter counter(grey.count, all);
    find_zones({grey.levels.data(), region, size, false}, [&counter](const Zone& zone) { counter.add(zone); });
    tables.of[static_cast<std::size_t>(ZoneAggregation::volume)] = counter.features(static_cast<double>(all));
  }
  return tables;
}

}  // namespace

const ZoneTables* zone_tables(const Context& context) {
  if (!zones_fit(context.prepared.image.grid.size)) return nullptr;
  if (!context.shared.zones) {
    std::array<bool, std::size(kZoneAggregations)> wanted{};
    const auto& p = context.params;
    const auto want = [&](FeatureGroup group, const ZoneParams& params, const char* key) {
      if (std::find(p.families.begin(), p.families.end(), group) == p.families.end()) return;
      for (const ZoneAggregation a : aggregations_for(params.aggregations, context.two_dimensional, key))
        wanted[static_cast<std::size_t>(a)] = true;
    };
    want(FeatureGroup::glszm, p.glszm, "radiomics.glszm.aggregations");
    want(FeatureGroup::gldzm, p.gldzm, "radiomics.gldzm.aggregations");
    const auto wants = [&wanted](ZoneAggregation a) { return wanted[static_cast<std::size_t>(a)]; };
    context.shared.zones = std::make_shared<const ZoneTables>(
        tables_of(context.prepared, wants(ZoneAggregation::slices_averaged), wants(ZoneAggregation::slices_merged),
                  wants(ZoneAggregation::volume)));
  }
  return context.shared.zones.get();
}

}  // namespace radfuse::radiomics
