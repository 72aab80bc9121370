// SPDX-License-Identifier: Apache-2.0
// Lengths of the directions, and the ranks of the grey levels that occur.
#include "directions.hpp"

#include <cstdlib>

namespace radfuse::radiomics {

std::array<double, 13> weight_exponents(DistanceWeighting norm, int distance) {
  std::array<double, 13> exponents{};
  for (std::size_t d = 0; d < kDirections.size(); ++d) {
    int axes = 0;  // components are 0 or 1 in size
    for (const int component : kDirections[d]) axes += std::abs(component);
    const double square = static_cast<double>(distance) * distance;
    switch (norm) {
      case DistanceWeighting::none:
        break;
      case DistanceWeighting::manhattan:
        exponents[d] = square * axes * axes;
        break;
      case DistanceWeighting::euclidean:
        exponents[d] = square * axes;
        break;
      case DistanceWeighting::infinity:
        exponents[d] = square;
        break;
    }
  }
  return exponents;
}

LevelTable level_table(const GreyLevels& grey) {
  LevelTable table;
  table.rank_of.assign(static_cast<std::size_t>(grey.count) + 1, 0);
  for (const std::uint16_t level : grey.levels) {
    table.rank_of[level] = 1;
    table.voxels += level != 0;
  }
  table.rank_of[0] = 0;
  table.level.push_back(0);
  for (std::size_t level = 1; level < table.rank_of.size(); ++level)
    if (table.rank_of[level] != 0) {
      table.rank_of[level] = static_cast<std::uint16_t>(table.level.size());
      table.level.push_back(static_cast<int>(level));
    }
  return table;
}

}  // namespace radfuse::radiomics
