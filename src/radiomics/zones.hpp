// SPDX-License-Identifier: Apache-2.0
// Zones: connected voxels of one grey level, with their size and their distance to the region's border.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>

#include "family.hpp"
#include "zone_features.hpp"

namespace radfuse::radiomics {

struct Zone {
  int level;
  std::int64_t size;      ///< voxels
  std::int64_t distance;  ///< least number of steps over faces from a voxel outside the region; 1 for a border voxel
};

/// A box of voxels, x fastest: grey levels (0 outside the intensity mask) and the morphological mask around them. What
/// lies beyond the box is outside.
struct ZoneInput {
  const std::uint16_t* levels;
  const std::uint8_t* region;
  std::array<std::int64_t, 3> size;
  bool planar;  ///< one slice by itself: what lies above and below does not count as border
};

/// Zones over 26 neighbours (8 in one slice), in no particular order. Takes 4 bytes a voxel of the box. `size_bits`
/// bits hold sizes in the first pass; larger zones cost a second one. 0: as many as there are left.
void find_zones(const ZoneInput& input, const std::function<void(const Zone&)>& each, unsigned size_bits = 0);
/// Whether find_zones can number the voxels.
bool zones_fit(const std::array<std::int64_t, 3>& size);

/// The features of GLSZM and GLDZM, which come from one search.
struct ZoneTables {
  struct Matrix {
    std::array<double, kZoneFeatures> sizes, distances;
  };
  std::array<std::optional<Matrix>, std::size(kZoneAggregations)> of;  ///< by ZoneAggregation; those asked for
};

/// The tables for every aggregation that either family is asked for; null when the region is too large. Kept in
/// Context::shared for the family that comes second.
const ZoneTables* zone_tables(const Context& context);

}  // namespace radfuse::radiomics
