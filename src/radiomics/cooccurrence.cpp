// SPDX-License-Identifier: Apache-2.0
// Pairs of grey levels by sorting: memory follows the number of voxels, not the square of the number of levels.
#include "cooccurrence.hpp"

#include <algorithm>
#include <utility>

namespace radfuse::radiomics {
namespace {

/// Sorts by 16 bits of the key, smaller than `side`, leaving equals in order.
void sort_by(const std::vector<std::uint32_t>& from, std::vector<std::uint32_t>& to, std::vector<std::uint32_t>& first,
             int shift) {
  std::fill(first.begin(), first.end(), 0U);
  for (const std::uint32_t key : from) ++first[(key >> shift & 0xffffU) + 1];
  for (std::size_t k = 1; k < first.size(); ++k) first[k] += first[k - 1];
  for (const std::uint32_t key : from) to[first[key >> shift & 0xffffU]++] = key;
}

void sort_keys(std::vector<std::uint32_t>& keys, std::size_t side) {
  if (keys.size() < side) {
    std::sort(keys.begin(), keys.end());
    return;
  }
  std::vector<std::uint32_t> other(keys.size()), first(side + 1);
  sort_by(keys, other, first, 0);
  sort_by(other, keys, first, 16);
}

}  // namespace

PairList count_pairs(const Ranks<std::uint16_t>& ranks, const LevelTable& levels, std::size_t direction,
                     std::int64_t first, std::int64_t last, bool symmetric) {
  std::vector<std::uint32_t> keys;  // two ranks, the first in the upper half
  if (last - first == ranks.size[2]) keys.reserve(levels.voxels);
  const std::ptrdiff_t offset = ranks.offset(direction);
  for (std::int64_t z = first; z < last; ++z)
    for (std::int64_t y = 0; y < ranks.size[1]; ++y) {
      const std::uint16_t* at = ranks.row(y, z);
      for (std::int64_t x = 0; x < ranks.size[0]; ++x, ++at) {
        std::uint32_t a = *at, b = at[offset];
        if (a == 0 || b == 0) continue;
        if (symmetric && b < a) std::swap(a, b);
        keys.push_back(a << 16 | b);
      }
    }
  sort_keys(keys, levels.side());
  PairList list;
  for (std::size_t k = 0; k < keys.size();) {
    std::size_t end = k + 1;
    while (end < keys.size() && keys[end] == keys[k]) ++end;
    list.push_back({levels.level[keys[k] >> 16], levels.level[keys[k] & 0xffffU], static_cast<double>(end - k)});
    k = end;
  }
  return list;
}

}  // namespace radfuse::radiomics
