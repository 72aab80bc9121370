// SPDX-License-Identifier: Apache-2.0
// Zones by flood fill, distances by breadth-first search from every voxel.
#pragma once

#include <cstdlib>
#include <set>
#include <vector>

#include "random_rois.hpp"

namespace radfuse::test {

using Voxel = std::array<std::int64_t, 3>;

inline std::vector<std::vector<Voxel>> zones_by_flood(const RandomRoi& roi, const Piece& piece) {
  std::vector<std::vector<Voxel>> zones;
  std::set<Voxel> seen;
  for (std::int64_t z = piece.first; z <= piece.last; ++z)
    for (std::int64_t y = 0; y < roi.image.grid.size[1]; ++y)
      for (std::int64_t x = 0; x < roi.image.grid.size[0]; ++x) {
        const int level = roi.level(x, y, z);
        if (level == 0 || !seen.insert({x, y, z}).second) continue;
        std::vector<Voxel> zone = {{x, y, z}};
        for (std::size_t at = 0; at < zone.size(); ++at) {
          const Voxel v = zone[at];
          for (int dz = piece.planar ? 0 : -1; dz <= (piece.planar ? 0 : 1); ++dz)
            for (int dy = -1; dy <= 1; ++dy)
              for (int dx = -1; dx <= 1; ++dx) {
                const Voxel w = {v[0] + dx, v[1] + dy, v[2] + dz};
                if (roi.level(w[0], w[1], w[2]) == level && seen.insert(w).second) zone.push_back(w);
              }
        }
        zones.push_back(std::move(zone));
      }
  return zones;
}

/// Steps over faces until the region is left.
inline std::int64_t steps_to_outside(const RandomRoi& roi, const Voxel& from, bool planar) {
  std::set<Voxel> seen = {from}, front = {from};
  for (std::int64_t steps = 1;; ++steps) {
    std::set<Voxel> next;
    for (const Voxel& v : front)
      for (std::size_t axis = 0; axis < (planar ? 2U : 3U); ++axis)
        for (const int side : {-1, 1}) {
          Voxel w = v;
          w[axis] += side;
          if (!roi.in_region(w[0], w[1], w[2])) return steps;
          if (seen.insert(w).second) next.insert(w);
        }
    front = std::move(next);
  }
}

inline Matrix zone_matrix(const RandomRoi& roi, const Piece& piece, bool by_distance) {
  Matrix m;
  for (const auto& zone : zones_by_flood(roi, piece)) {
    auto number = static_cast<std::int64_t>(zone.size());
    m.voxels += static_cast<double>(number);
    if (by_distance) {
      number = std::numeric_limits<std::int64_t>::max();
      for (const Voxel& v : zone) number = std::min(number, steps_to_outside(roi, v, piece.planar));
    }
    m.cells[{roi.level(zone[0][0], zone[0][1], zone[0][2]), number}] += 1;
  }
  return m;
}

}  // namespace radfuse::test
