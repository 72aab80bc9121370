// SPDX-License-Identifier: Apache-2.0
// A grey level matrix as the list of its cells that are not zero: level by size of zone, by distance or by dependence.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace radfuse::radiomics {

/// One cell: how often `number` (1...) occurs with this grey level.
struct Count {
  int level;
  std::int64_t number;
  double count;
};
using CountList = std::vector<Count>;  ///< ascending in (level, number)

/// Counts cells. Small numbers go to a table, which never has more entries than there are voxels (and levels); the rest
/// is sorted now and then.
class CountTable {
 public:
  /// `levels` grey levels, at most `most` counts; numbers up to `usual` are the frequent ones.
  CountTable(int levels, std::size_t most, std::size_t usual);
  void add(int level, std::int64_t number) {
    const auto n = static_cast<std::size_t>(number);
    if (n < width_)
      ++table_[static_cast<std::size_t>(level) * width_ + n];
    else
      add_rare(level, number);
  }
  /// What was counted; the table is empty afterwards.
  CountList take();

 private:
  struct Cell {
    std::uint64_t key;  ///< level above bit 40, number below
    std::uint64_t count;
  };
  void add_rare(int level, std::int64_t number);
  void sort_rare();

  std::size_t width_;
  std::vector<std::uint32_t> table_;
  std::vector<std::uint64_t> unsorted_;
  std::vector<Cell> sorted_;
};

}  // namespace radfuse::radiomics
