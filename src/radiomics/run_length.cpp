// SPDX-License-Identifier: Apache-2.0
// Runs from their starts: a voxel like the next but not like the one before.
#include "run_length.hpp"

#include <algorithm>
#include <utility>

namespace radfuse::radiomics {

RunList RunCounter::list(const LevelTable& levels, std::span<const std::uint32_t> voxels) const {
  RunList list;
  auto many = many_.begin();
  for (std::size_t rank = 1; rank < levels.side(); ++rank) {
    if (voxels[rank] == 0) continue;
    std::uint64_t alone = voxels[rank];
    const std::size_t single = list.size();
    list.push_back({levels.level[rank], 1, 0});
    const auto longer = [&](std::uint64_t length, std::uint32_t count) {
      list.push_back({levels.level[rank], static_cast<int>(length), static_cast<double>(count)});
      alone -= length * count;
    };
    for (std::size_t length = 2; length < kFew; ++length)
      if (few_[rank * kFew + length] != 0) longer(length, few_[rank * kFew + length]);
    for (; many != many_.end() && many->first >> 32 == rank; ++many) longer(many->first & 0xffffffffU, many->second);
    list[single].count = static_cast<double>(alone);
    if (alone == 0) list.erase(list.begin() + static_cast<std::ptrdiff_t>(single));
  }
  return list;
}

void RunCounter::take(RunCounter& other) {
  few_.resize(other.few_.size(), 0);
  for (std::size_t k = 0; k < few_.size(); ++k) few_[k] += std::exchange(other.few_[k], 0U);
  for (const auto& [key, count] : other.many_) many_[key] += count;
  other.many_.clear();
}

RunList count_runs(const Ranks<std::uint16_t>& ranks, const LevelTable& levels, std::size_t direction,
                   std::int64_t first, std::int64_t last) {
  std::vector<std::uint32_t> alone(levels.side(), 0);  // runs of one voxel, by rank
  std::vector<std::uint64_t> keys;                     // of longer ones: rank in the upper half, length in the lower
  const std::ptrdiff_t offset = ranks.offset(direction);
  for (std::int64_t z = first; z < last; ++z)
    for (std::int64_t y = 0; y < ranks.size[1]; ++y) {
      const std::uint16_t* at = ranks.row(y, z);
      for (std::int64_t x = 0; x < ranks.size[0]; ++x, ++at) {
        if (*at == 0 || at[-offset] == *at) continue;
        std::uint64_t length = 1;
        for (const std::uint16_t* next = at + offset; *next == *at; next += offset) ++length;
        if (length == 1)
          ++alone[*at];
        else
          keys.push_back(std::uint64_t(*at) << 32 | length);
      }
    }
  std::sort(keys.begin(), keys.end());
  RunList list;
  std::size_t k = 0;
  for (std::size_t rank = 1; rank < levels.side(); ++rank) {
    if (alone[rank] != 0) list.push_back({levels.level[rank], 1, static_cast<double>(alone[rank])});
    while (k < keys.size() && keys[k] >> 32 == rank) {
      std::size_t end = k + 1;
      while (end < keys.size() && keys[end] == keys[k]) ++end;
      const int length = static_cast<int>(keys[k] & 0xffffffffU);
      list.push_back({levels.level[rank], length, static_cast<double>(end - k)});
      k = end;
    }
  }
  return list;
}

}  // namespace radfuse::radiomics
